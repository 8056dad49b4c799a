/** Starts the worker that lays pictures out. In the page as one file, web/one-file/spawn-layout.ts is in the place of this. */
export function spawnLayout(): Worker {
  return new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
}
