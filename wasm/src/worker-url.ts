/** Starts the package's worker; see core-url.ts. */
export function spawnWorker(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}
