import LayoutWorker from '../src/folder/layout-worker.ts?worker&inline';

/** Browsers start no module workers from a file: the worker is a classic script in a Blob. */
export function spawnLayout(): Worker {
  return new LayoutWorker();
}
