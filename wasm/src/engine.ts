import { Core } from './core/core.js';
import { LikenessError, throwIfAborted } from './errors.js';
import { FeatureExtractor } from './inference.js';
import type { ModelEntry } from './models/manifest.js';
import { SerialQueue } from './queue.js';
import type { PreparedImage, Realm } from './realm.js';
import { type ReadOptions, Tensorizer } from './tensorizer.js';
import type {
  Embedding,
  LoadProgress,
  MemoryUse,
  ModelInfo,
  RuntimeInfo,
  Similarity,
  Timings,
} from './types.js';

/** Everything an engine needs to know; plain data, so that it can be posted to a worker. */
export interface EngineConfig extends ReadOptions {
  readonly entry: ModelEntry;
  /** Where the model is looked for; see `ModelSearch`. */
  readonly modelBaseUrl: string | undefined;
}

/** What an engine says of itself once it has started. */
export interface EngineInfo {
  readonly model: ModelInfo;
  readonly info: RuntimeInfo;
}

/** An embedding and the milliseconds that each stage took. */
export interface TimedEmbedding {
  readonly embedding: Embedding;
  readonly timings: Omit<Timings, 'total'>;
}

/**
 * Image in, embedding out: decoder, core and network, wherever it runs. Calls are queued, so that
 * one image at a time is in memory.
 */
export class Engine {
  private readonly queue = new SerialQueue();

  private constructor(
    private readonly entry: ModelEntry,
    private readonly core: Core,
    private readonly tensorizer: Tensorizer,
    private readonly network: FeatureExtractor,
    readonly info: EngineInfo,
  ) {}

  /**
   * Loads the core and the model side by side, then builds the session.
   * @throws LikenessError `wasm-load-failed`, `model-load-failed`, `model-hash-mismatch`,
   *   `backend-failed`, `aborted`
   */
  static async create(
    realm: Realm,
    config: EngineConfig,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal | undefined,
  ): Promise<Engine> {
    const { entry, modelBaseUrl: baseUrl } = config;
    const loadCore = async (): Promise<Core> => {
      const wasm = await realm.readCoreWasm(signal);
      onProgress({ phase: 'core', loaded: wasm.byteLength, total: wasm.byteLength });
      return Core.load(wasm, entry);
    };
    const [core, model] = await Promise.all([
      loadCore(),
      realm.readModel({ entry, baseUrl }, onProgress, signal),
    ]);
    throwIfAborted(signal);
    onProgress({ phase: 'session', loaded: 0, total: 1 });
    const network = await FeatureExtractor.create(model.bytes, entry);
    onProgress({ phase: 'session', loaded: 1, total: 1 });
    const { id, title, weightsVersion, dimension } = entry;
    const calibrated = entry.calibration.fitted;
    return new Engine(entry, core, new Tensorizer(realm, core, config), network, {
      model: { id, title, weightsVersion, dimension, sha256: model.sha256, calibrated },
      info: { canvasReadback: realm.canvasReadback },
    });
  }

  /** The input tensor of one image, 1×3×size×size float32, NCHW. */
  preprocess(image: PreparedImage, signal?: AbortSignal): Promise<Float32Array> {
    return this.queue.run(async () => (await this.tensorizer.tensor(image, signal)).tensor);
  }

  /** The embedding of one image. */
  embed(image: PreparedImage, signal?: AbortSignal): Promise<TimedEmbedding> {
    return this.queue.run(async () => {
      const { tensor, decode, preprocess } = await this.tensorizer.tensor(image, signal);
      throwIfAborted(signal);
      const start = performance.now();
      const featureMap = await this.network.run(tensor);
      throwIfAborted(signal);
      const { channels, cells } = this.entry.output;
      const vector = this.core.pool(featureMap, channels, cells);
      const inference = performance.now() - start;
      return {
        embedding: { model: this.identity, dimension: vector.length, vector },
        timings: { decode, preprocess, inference },
      };
    });
  }

  /** How alike two embeddings of this engine's model are. */
  similarity(a: Embedding, b: Embedding): Promise<Similarity> {
    return this.queue.run(async () => {
      if (a.model === b.model && a.model !== this.identity) {
        throw new LikenessError(
          'model-mismatch',
          `These embeddings come from ${a.model}, but the loaded model is ${this.identity}, whose calibration does not fit them. Load the model they come from.`,
        );
      }
      return this.core.similarity(a, b);
    });
  }

  /** Memory of the core. */
  memory(): Promise<MemoryUse> {
    return this.queue.run(async () => this.core.memory);
  }

  /** Frees the session, after the calls under way; the engine must not be used afterwards. */
  dispose(): Promise<void> {
    return this.queue.run(() => this.network.release());
  }

  private get identity(): string {
    return `${this.entry.id}@${this.entry.weightsVersion}`;
  }
}
