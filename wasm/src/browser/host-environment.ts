import { spawnWorker } from '#assets/worker';
import type { HostEnvironment, Placement } from '../api/host.js';
import { startRemoteEngine } from '../bridge/remote-engine.js';
import type { PreparedImage } from '../engine/environment.js';
import { asLikenessError, LikenessError } from '../errors.js';
import { readCore } from '../files/read-core.js';
import { readRuntime } from '../files/read-runtime.js';
import { urlFrom } from '../files/url-from.js';
import { readModel } from './read-model.js';
import { BITMAP_OPTIONS } from './canvas.js';
import { kindOf } from '../realms.js';
import type { Backend } from '../types.js';
import { browserPort } from './worker.js';

/** The two images of a comparison; more would cost memory that few pages have use for. */
const MOST_DEFAULT_WORKERS = 2;

/** Browser: engines run in module workers. */
export const host: HostEnvironment = {
  fewestWorkers: 1,
  findsRuntime: false,
  takesWorkerFactory: true,
  defaultWorkers: (cores) => Math.min(cores, MOST_DEFAULT_WORKERS),
  hasThreads: () => globalThis.crossOriginIsolated === true,
  cores: () => globalThis.navigator?.hardwareConcurrency || 1,
  readCore,
  readModel,
  readRuntime,
  // A Blob is shared by all who hold it, and the browser may keep it on disk.
  share: (bytes) => new Blob([bytes as Uint8Array<ArrayBuffer>]),
  async launch(config, assets, placement, signal) {
    const workerFactory = workerFactoryFor(config.backend, placement);
    // Before there is anything for it to do, a worker would take the network from what it waits for.
    const loaded = await assets;
    return startRemoteEngine(browserPort(makeWorker(workerFactory)), config, loaded, signal);
  },
  isPostable: () => true,
  prepareDrawable,
  resolveModelBase: (base) =>
    base === undefined ? urlFrom('./models/', baseAddress()) : resolveUrl(base),
  resolveUrl,
  resolveImageUrl: (text) => urlFrom(text, baseAddress()),
};

/** The page's address, or the script's where the package itself runs in a worker; servers have none. */
function baseAddress(): string | undefined {
  return typeof document === 'undefined' ? globalThis.location?.href : document.baseURI;
}

function resolveUrl(url: string | URL): string {
  const absolute = urlFrom(url, baseAddress());
  if (absolute !== undefined) return absolute;
  throw new LikenessError('invalid-argument', `"${url}" is no URL here. Pass an absolute one.`);
}

function workerFactoryFor(backend: Backend, { workerFactory, runtime }: Placement): () => Worker {
  if (workerFactory !== undefined) return workerFactory;
  if (backend === 'core') return spawnWorker;
  if (runtime !== undefined) return runtime.spawnWorker;
  throw new LikenessError(
    'backend-failed',
    `The backend "${backend}" needs ONNX Runtime Web: install onnxruntime-web, import { onnxRuntime } from 'image-likeness/onnxruntime${backend === 'wasm' ? '' : '/webgpu'}' and pass it as the option runtime.`,
  );
}

function makeWorker(workerFactory: () => Worker): Worker {
  if (typeof Worker === 'undefined') {
    throw new LikenessError(
      'backend-failed',
      "Nothing can start workers here (a service worker, a shared worker, a server). Import createLikeness from 'image-likeness/in-thread': it computes in the thread that calls it.",
    );
  }
  try {
    return workerFactory();
  } catch (error) {
    throw asLikenessError(error, 'backend-failed', 'The worker could not be made');
  }
}

/** Unless transferred, the picture is copied, so that the copy can be moved to the worker. */
async function prepareDrawable(
  image: object,
  transfer: boolean,
): Promise<PreparedImage | undefined> {
  if (!isDrawable(image)) return undefined;
  if (transfer && isA('ImageBitmap', image)) {
    return { kind: 'bitmap', bitmap: image as ImageBitmap };
  }
  try {
    if (isA('HTMLImageElement', image)) await (image as HTMLImageElement).decode();
    return { kind: 'bitmap', bitmap: await createImageBitmap(image, BITMAP_OPTIONS) };
  } catch (error) {
    throw asLikenessError(
      error,
      'invalid-argument',
      'This element has no readable image (not loaded, empty, or from another origin without CORS)',
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

/** Elements do not exist in workers, and not every browser has every other kind. */
const DRAWABLES = [
  'HTMLImageElement',
  'HTMLCanvasElement',
  'HTMLVideoElement',
  'OffscreenCanvas',
  'ImageBitmap',
  'VideoFrame',
];

function isDrawable(image: object): image is Drawable {
  return DRAWABLES.some((name) => isA(name, image));
}

function isA(name: string, image: object): boolean {
  return kindOf(image) === name;
}
