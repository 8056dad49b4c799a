import { asLikenessError } from '../errors.js';
import type { PreparedImage } from '../realm.js';
import { BITMAP_OPTIONS } from './canvas.js';
import type { Platform } from './host.js';
import { WorkerHost } from './worker-host.js';

/** Browser: the engine runs in a module worker of its own. */
export const platform: Platform = {
  startEngine: (config, onProgress, signal) =>
    WorkerHost.start(spawnWorker, config, onProgress, signal),
  prepareDrawable,
  resolveModelBase: (base = './models/') => new URL(base, document.baseURI).href,
};

function spawnWorker(): Worker {
  return new Worker(new URL('../worker.js', import.meta.url), { type: 'module' });
}

/** The copy is the package's own, so that it can be moved to the worker. */
async function prepareDrawable(image: object): Promise<PreparedImage | undefined> {
  if (!isDrawable(image)) return undefined;
  try {
    if (image instanceof HTMLImageElement) await image.decode();
    return { kind: 'bitmap', bitmap: await createImageBitmap(image, BITMAP_OPTIONS) };
  } catch (error) {
    throw asLikenessError(
      error,
      'invalid-argument',
      'This element has no readable picture (not loaded, empty, or from another origin without CORS)',
    );
  }
}

type Drawable =
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement
  | OffscreenCanvas
  | ImageBitmap
  | VideoFrame;

function isDrawable(image: object): image is Drawable {
  return (
    image instanceof HTMLImageElement ||
    image instanceof HTMLCanvasElement ||
    image instanceof HTMLVideoElement ||
    image instanceof OffscreenCanvas ||
    image instanceof ImageBitmap ||
    (typeof VideoFrame !== 'undefined' && image instanceof VideoFrame)
  );
}
