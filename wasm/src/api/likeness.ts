import { host } from '#host';
import type { CollectionStore } from '../binding/collection-store.js';
import type { Analysis, AnalysisOptions, EngineCalls } from '../engine/engine.js';
import type { CoreFile, EngineAssets, PreparedImage } from '../engine/environment.js';
import { asLikenessError, LikenessError, throwIfAborted, withContext } from '../errors.js';
import type {
  CallOptions,
  CompareOptions,
  Comparison,
  DraftOptions,
  EmbedAllOptions,
  Embedding,
  EmbeddingIndex,
  EmbedOptions,
  EmbedResult,
  ExplainedComparison,
  ImageOptions,
  ImageSource,
  Likeness,
  LikenessOptions,
  LoadProgress,
  MemoryUse,
  ModelInfo,
  Neighbour,
  PictureDetail,
  Region,
  RuntimeInfo,
  Similarity,
  Tensor,
} from '../types.js';
import { embedAll } from './embed-all.js';
import { HostedIndex } from './embedding-index.js';
import type { HostEnvironment } from './host.js';
import { BackendLadder } from './ladder.js';
import { checkedRegion, type Plan, planFrom } from './options.js';
import { EnginePool } from './pool.js';
import { prepareImage } from './prepare.js';
import { forwardOnly } from './progress.js';

export { DEFAULT_LIMITS, DEFAULT_MODEL } from './read-options.js';

/**
 * Loads a model and makes everything ready for the first answer. In a browser the work happens in
 * module workers, in Node in this thread or in worker threads.
 * @throws LikenessError `invalid-argument` for an unknown model or a bad option,
 *   `wasm-load-failed`, `model-load-failed`, `model-hash-mismatch`, `backend-failed`, `aborted`
 */
export function createLikeness(options: LikenessOptions = {}): Promise<Likeness> {
  return startLikeness(options, host);
}

/**
 * As `createLikeness`, with engines where they are wanted.
 * @param place where engines run
 * @param atOnce how many engines start with it, if so many may start at all; the others start when they are needed
 */
export async function startLikeness(
  options: LikenessOptions,
  place: HostEnvironment,
  atOnce = 1,
): Promise<Likeness> {
  const { signal } = options;
  throwIfAborted(signal);
  const plan = planFrom(options, place);
  const onProgress = forwardOnly(options.onProgress);
  const assets = loadAssets(plan, place, onProgress, signal);
  const { placement, read, threads } = plan;
  const ladder = new BackendLadder(
    (backend, stop) => place.launch({ ...read, threads, backend }, assets, placement, stop),
    plan.backends,
  );
  const loaded = assets.then(() => {
    throwIfAborted(signal);
    onProgress({ phase: 'session', loaded: 0, total: 1 });
  });
  const starting = EnginePool.start(ladder, placement.workers, atOnce, signal);
  const [, pool] = await bothSettled(loaded, starting);
  onProgress({ phase: 'session', loaded: 1, total: 1 });
  return new PooledLikeness(pool);
}

/** Reads core, model and ONNX Runtime side by side, once for all engines. */
async function loadAssets(
  { supply, placement }: Plan,
  host: HostEnvironment,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal | undefined,
): Promise<EngineAssets> {
  const loadCore = async (): Promise<CoreFile> => {
    const core = await host.readCore(supply.core, signal);
    if (core instanceof Uint8Array) {
      onProgress({ phase: 'core', loaded: core.byteLength, total: core.byteLength });
    }
    return core;
  };
  const loadRuntime = async (): Promise<Uint8Array | undefined> =>
    supply.runtime && host.readRuntime(supply.runtime, onProgress, signal);
  const [[core, runtime], { bytes, sha256 }] = await bothSettled(
    bothSettled(loadCore(), loadRuntime()),
    host.readModel(supply, onProgress, signal),
  );
  const share = (file: Uint8Array): Uint8Array | Blob => host.share(file, placement.workers);
  return { core, model: share(bytes), runtime: runtime && share(runtime), sha256 };
}

class PooledLikeness implements Likeness {
  /** Indexes and collections: they live in the engines and are freed with them. */
  private readonly stores = new Set<HostedIndex | CollectionStore>();
  private disposed = false;

  constructor(private readonly pool: EnginePool) {}

  get model(): ModelInfo {
    return this.pool.info.model;
  }

  get info(): RuntimeInfo {
    return this.pool.info.info;
  }

  async embed(image: ImageSource, options: EmbedOptions = {}): Promise<Embedding> {
    const { detail = false, sketch = false, draft = false } = options;
    const region = checkedRegion(options.region);
    return (await this.analyse(image, { region, draft, detail, sketch }, options)).embedding;
  }

  async detail(image: ImageSource, options: DraftOptions = {}): Promise<PictureDetail> {
    const { draft = false, signal } = options;
    return this.withImage(image, options, (engine, prepared) =>
      engine.detail(prepared, { draft }, signal),
    );
  }

  embedAll(
    images: Iterable<ImageSource> | AsyncIterable<ImageSource>,
    { signal, transfer = false, sketch = false }: EmbedAllOptions = {},
  ): AsyncGenerator<EmbedResult, void, undefined> {
    const embed = (image: ImageSource, stop: AbortSignal): Promise<Embedding> =>
      this.embed(image, { signal: stop, transfer, sketch });
    return embedAll(images, embed, this.info.workers + 1, signal);
  }

  compare(
    a: ImageSource,
    b: ImageSource,
    options: CompareOptions & { readonly explain: true },
  ): Promise<ExplainedComparison>;
  compare(a: ImageSource, b: ImageSource, options?: CompareOptions): Promise<Comparison>;
  async compare(a: ImageSource, b: ImageSource, options: CompareOptions = {}): Promise<Comparison> {
    const start = performance.now();
    const { orientations: turned = false, explain: features = false, transfer, signal } = options;
    const [regionA, regionB] = regionsOf(options);
    const wantedA = { region: regionA, detail: true, features };
    const wantedB = { region: regionB, detail: true, features, turned };
    let [first, second] = await bothSettled(
      ofFirst(this.analyse(a, wantedA, options)),
      ofSecond(this.analyse(b, wantedB, options)),
    );
    let moved = false;
    const { similarity, matchMap } = await this.run(async (engine) => {
      if (moved) {
        // The first engine was lost, and what was known of the images with it.
        const [imageA, imageB] = await bothSettled(prepareImage(a, false), prepareImage(b, false));
        first = await ofFirst(engine.analyse(imageA, wantedA, signal));
        second = await ofSecond(engine.analyse(imageB, wantedB, signal));
      }
      // Images that were given away can't be read again, so that what is known of them is kept.
      moved = transfer !== true;
      return engine.relate(
        first.embedding,
        second.embedding,
        {
          turned: second.turned,
          features: first.features && second.features && [first.features, second.features],
          transfer: moved,
        },
        signal,
      );
    }, signal);
    const { evidence } = similarity;
    if (evidence === undefined) throw new TypeError('The engine left out the evidence.');
    return {
      ...similarity,
      evidence,
      model: first.embedding.model,
      timings: {
        decode: first.timings.decode + second.timings.decode,
        preprocess: first.timings.preprocess + second.timings.preprocess,
        inference: first.timings.inference + second.timings.inference,
        total: performance.now() - start,
      },
      ...(matchMap && { matchMap }),
    };
  }

  async similarity(a: Embedding, b: Embedding, { signal }: CallOptions = {}): Promise<Similarity> {
    return (await this.run((engine) => engine.relate(a, b, {}, signal), signal)).similarity;
  }

  async createIndex(
    embeddings: Iterable<Embedding> = [],
    options: CallOptions = {},
  ): Promise<EmbeddingIndex> {
    const store = await this.run((engine) => engine.openIndex(), options.signal);
    const index = new HostedIndex(store, () => this.stores.delete(index));
    this.stores.add(index);
    try {
      await index.add(embeddings, options);
      return index;
    } catch (error) {
      await index.dispose();
      throw error;
    }
  }

  nearest(
    query: Embedding,
    embeddings: Iterable<Embedding>,
    k: number,
    options: CallOptions = {},
  ): Promise<Neighbour[]> {
    return this.withIndex(embeddings, options, (index) => index.nearest(query, k, options));
  }

  pairwise(embeddings: Iterable<Embedding>, options: CallOptions = {}): Promise<Float32Array> {
    return this.withIndex(embeddings, options, (index) => index.pairwise(options));
  }

  async preprocess(image: ImageSource, options: EmbedOptions = {}): Promise<Tensor> {
    const region = checkedRegion(options.region);
    return this.withImage(image, options, (engine, prepared) =>
      engine.preprocess(prepared, region, options.signal),
    );
  }

  async openCollection({ signal }: CallOptions = {}): Promise<CollectionStore> {
    const store = await this.run((engine) => engine.openCollection(), signal);
    const free = store.dispose.bind(store);
    const dispose = (): Promise<void> => {
      this.stores.delete(store);
      return free();
    };
    this.stores.add(store);
    return Object.assign(store, { dispose });
  }

  memory({ signal }: CallOptions = {}): Promise<MemoryUse> {
    return this.whileAlive(async () => {
      throwIfAborted(signal);
      return this.pool.memory();
    });
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    const freed = [...this.stores].map((store) => store.dispose());
    await this.pool.dispose();
    await Promise.all(freed);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private async withIndex<T>(
    embeddings: Iterable<Embedding>,
    options: CallOptions,
    call: (index: EmbeddingIndex) => Promise<T>,
  ): Promise<T> {
    const index = await this.createIndex(embeddings, options);
    try {
      return await call(index);
    } finally {
      await index.dispose();
    }
  }

  private analyse(
    image: ImageSource,
    wanted: AnalysisOptions,
    options: ImageOptions,
  ): Promise<Analysis> {
    return this.withImage(image, options, (engine, prepared) =>
      engine.analyse(prepared, wanted, options.signal),
    );
  }

  /**
   * Drawn at once, since a canvas or a video may change before an engine is free; drawn again where
   * the picture was lost together with an engine.
   */
  private async withImage<T>(
    image: ImageSource,
    { signal, transfer = false }: ImageOptions,
    call: (engine: EngineCalls, prepared: PreparedImage) => Promise<T>,
  ): Promise<T> {
    this.assertAlive();
    throwIfAborted(signal);
    const first = await prepareImage(image, transfer);
    let attempts = 0;
    try {
      return await this.run(async (engine) => {
        attempts += 1;
        if (attempts === 1) return call(engine, first);
        if (transfer) throw lostWithItsImage();
        return call(engine, await prepareImage(image, false));
      }, signal);
    } finally {
      if (first.kind === 'bitmap') first.bitmap.close();
    }
  }

  private run<T>(
    call: (engine: EngineCalls) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    return this.whileAlive(async () => {
      try {
        const result = await this.pool.run(call, signal);
        throwIfAborted(signal);
        return result;
      } catch (error) {
        throw asLikenessError(error, 'invalid-argument', 'The call could not be handed over');
      }
    });
  }

  private async whileAlive<T>(call: () => Promise<T>): Promise<T> {
    this.assertAlive();
    try {
      return await call();
    } finally {
      this.assertAlive();
    }
  }

  private assertAlive(): void {
    if (!this.disposed) return;
    throw new LikenessError('disposed', 'This Likeness was disposed of. Create a new one.');
  }
}

function ofFirst<T>(work: Promise<T>): Promise<T> {
  return withContext('First image', work, 0);
}

function ofSecond<T>(work: Promise<T>): Promise<T> {
  return withContext('Second image', work, 1);
}

/** @throws LikenessError `invalid-argument` */
function regionsOf({ region }: CompareOptions): [Region | undefined, Region | undefined] {
  const [a, b] = isPair(region) ? region : [region, region];
  return [checkedRegion(a), checkedRegion(b)];
}

function isPair(
  region: CompareOptions['region'],
): region is readonly [Region | undefined, Region | undefined] {
  return Array.isArray(region);
}

function lostWithItsImage(): LikenessError {
  return new LikenessError(
    'backend-failed',
    'The worker was lost together with the image that had been transferred to it. Call again with another copy.',
  );
}

/** Both results, or the first error, once both have settled. */
async function bothSettled<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}
