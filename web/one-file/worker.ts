import PackageWorker from 'image-likeness/worker?worker&inline';

/**
 * In the place of `#assets/worker`. Browsers start no module workers from a file: the worker is a classic
 * script in a Blob.
 */
export function spawnWorker(): Worker {
  return new PackageWorker();
}
