/** What is called from other threads: the engine, and what lives beside it. */
import { type CollectionStore, disposedCollectionError } from '../binding/collection-store.js';
import { disposedIndexError, type IndexStore } from '../binding/index-store.js';
import type { EngineCalls, EngineConfig, EngineInfo } from '../engine/engine.js';
import type { EngineAssets, PreparedImage } from '../engine/environment.js';
import { isBlob } from '../realms.js';
import { copy, move, type Posted, type Service } from './messages.js';

export const INDEX: Service<IndexStore> = {
  add: { post: move },
  keepFirst: {},
  nearest: { post: move, awaitsStop: true },
  pairwise: { awaitsStop: true },
  bytes: {},
  dispose: { ends: disposedIndexError },
};

export const COLLECTION: Service<CollectionStore> = {
  add: {},
  search: {},
  candidates: {},
  verify: {},
  groups: {},
  nearest: {},
  matrix: {},
  pairsFrom: {},
  beginSimilar: {},
  continueSimilar: {},
  similarFrom: {},
  similarPairs: {},
  dispose: { ends: disposedCollectionError },
};

/** An engine in a worker, which starts with the first call and ends with the worker. */
export interface WorkerEngine extends Omit<EngineCalls, 'info' | 'dispose'> {
  /** @throws LikenessError `wasm-load-failed`, `backend-failed`, `aborted` */
  start(config: EngineConfig, assets: EngineAssets, signal?: AbortSignal): Promise<EngineInfo>;
}

export const ENGINE: Service<WorkerEngine> = {
  start: {},
  analyse: { post: withImage },
  detail: { post: withImage },
  preprocess: { post: withImage },
  relate: { post: (args) => (args[2].transfer ? move(args) : copy(args)) },
  openIndex: { opens: INDEX },
  openCollection: { opens: COLLECTION },
  memory: {},
};

/** Moves an image that comes first, or a copy of it where it is the caller's. */
function withImage<A extends readonly unknown[]>([image, ...rest]: readonly [
  PreparedImage,
  ...A,
]): Posted<[PreparedImage, ...A]> {
  const own = ownImage(image);
  const transfer = own.kind === 'bitmap' ? [own.bitmap] : move([own]).transfer;
  return { args: [own, ...rest], transfer };
}

/** A view is cut out, or its whole buffer would be copied. */
function ownImage(image: PreparedImage): PreparedImage {
  switch (image.kind) {
    case 'bitmap':
    case 'url':
      return image;
    case 'file': {
      const { file, transfer = false } = image;
      if (isBlob(file) || transfer) return { kind: 'file', file };
      return { kind: 'file', file: new Uint8Array(file) };
    }
    case 'pixels': {
      const { width, height, data, transfer = false } = image;
      return { kind: 'pixels', width, height, data: transfer ? data : new Uint8ClampedArray(data) };
    }
  }
}
