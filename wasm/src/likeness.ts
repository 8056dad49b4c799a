import { platform } from '#platform';
import type { Analysis, EngineConfig, Wanted } from './engine.js';
import { LikenessError, throwIfAborted, withContext } from './errors.js';
import { findModel } from './models/manifest.js';
import type { EngineHost } from './platform/host.js';
import { prepareImage } from './prepare.js';
import type {
  CallOptions,
  CompareOptions,
  Comparison,
  Embedding,
  ImageSource,
  Likeness,
  LikenessOptions,
  Limits,
  MatchMap,
  MemoryUse,
  ModelInfo,
  RuntimeInfo,
  Similarity,
} from './types.js';

/** Limits that hold unless the caller sets others. */
export const DEFAULT_LIMITS: Limits = {
  maxFileBytes: 128 * 1024 * 1024,
  maxPixels: 100_000_000,
};

/** The model that answers unless the caller names another: the one inside the package. */
export const DEFAULT_MODEL = 'mobilenetv2-lite';

/**
 * Loads a model and makes everything ready for the first answer. In a browser the work happens in
 * a module worker, in Node in this process.
 * @throws LikenessError `invalid-argument` for an unknown model or a bad option,
 *   `wasm-load-failed`, `model-load-failed`, `model-hash-mismatch`, `backend-failed`, `aborted`
 */
export async function createLikeness(options: LikenessOptions = {}): Promise<Likeness> {
  throwIfAborted(options.signal);
  const host = await platform.startEngine(
    toConfig(options),
    options.onProgress ?? (() => undefined),
    options.signal,
  );
  return new HostedLikeness(host);
}

function toConfig(options: LikenessOptions): EngineConfig {
  const background = options.background ?? [255, 255, 255];
  if (background.length !== 3 || !background.every(isByte)) {
    throw new LikenessError(
      'invalid-argument',
      'background must be three whole numbers from 0 to 255.',
    );
  }
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new LikenessError('invalid-argument', `limits.${name} must be a whole number above 0.`);
    }
  }
  return {
    entry: findModel(options.model ?? DEFAULT_MODEL),
    modelBaseUrl: platform.resolveModelBase(options.modelBaseUrl),
    limits,
    background,
    pixelRoad: options.pixelRoad ?? 'auto',
  };
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}

class HostedLikeness implements Likeness {
  private disposed = false;

  constructor(private readonly host: EngineHost) {}

  get model(): ModelInfo {
    return this.host.info.model;
  }

  get info(): RuntimeInfo {
    return this.host.info.info;
  }

  async embed(image: ImageSource, options: CallOptions = {}): Promise<Embedding> {
    return (await this.analyse(image, {}, options)).embedding;
  }

  async compare(a: ImageSource, b: ImageSource, options: CompareOptions = {}): Promise<Comparison> {
    const start = performance.now();
    const { orientations = false, explain = false } = options;
    const [first, second] = await bothSettled(
      withContext('First image', this.analyse(a, { features: explain }, options)),
      withContext(
        'Second image',
        this.analyse(b, { features: explain, turned: orientations }, options),
      ),
    );
    const similarity = await this.whileAlive(() =>
      this.host.similarity(first.embedding, second.embedding, second.turned),
    );
    const matchMap = await this.matchMap(first, second);
    return {
      ...similarity,
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

  similarity(a: Embedding, b: Embedding): Promise<Similarity> {
    return this.whileAlive(() => this.host.similarity(a, b));
  }

  preprocess(image: ImageSource, { signal }: CallOptions = {}): Promise<Float32Array> {
    return this.whileAlive(async () => this.host.preprocess(await prepareImage(image), signal));
  }

  memory(): Promise<MemoryUse> {
    return this.whileAlive(() => this.host.memory());
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.host.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private analyse(image: ImageSource, wanted: Wanted, { signal }: CallOptions): Promise<Analysis> {
    return this.whileAlive(async () =>
      this.host.analyse(await prepareImage(image), wanted, signal),
    );
  }

  private async matchMap(a: Analysis, b: Analysis): Promise<MatchMap | undefined> {
    const { features: featuresA } = a;
    const { features: featuresB } = b;
    if (featuresA === undefined || featuresB === undefined) return undefined;
    return this.whileAlive(() => this.host.matchMap(featuresA, featuresB));
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

/** Both results, or the first error, once neither call is still at work. */
async function bothSettled<T>(a: Promise<T>, b: Promise<T>): Promise<[T, T]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}
