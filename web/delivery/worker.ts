/** The page's own worker, in the place of `#assets/worker`. */
export function spawnWorker(): Worker {
  return new Worker(new URL('../src/worker.ts', import.meta.url), { type: 'module' });
}
