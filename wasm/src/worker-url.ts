import type { Assets } from './assets.js';

/** Starts the package's worker; see core-url.ts. */
export const spawnWorker: Assets['spawnWorker'] = () =>
  new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
