import type { Assets } from '../assets.js';

/**
 * A worker that runs this same file. Browsers start workers from the page's own origin only, but let a
 * module import from any origin that allows it: so the worker's own script is one line in a Blob.
 */
export const spawnWorker: Assets['spawnWorker'] = () => {
  const source = `import { runWorker } from ${JSON.stringify(import.meta.url)}; runWorker();`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module' });
  const release = (): void => URL.revokeObjectURL(url);
  worker.addEventListener('message', release, { once: true });
  worker.addEventListener('error', release, { once: true });
  return worker;
};
