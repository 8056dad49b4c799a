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
  MatchMap,
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

/** What is wanted of an image beside its embedding. */
export interface Wanted {
  /** The feature map, for a match map. */
  readonly features?: boolean;
  /** The vectors of the picture in all eight orientations. */
  readonly turned?: boolean;
}

/** An embedding, what else was wanted, and the milliseconds that each stage took. */
export interface Analysis {
  readonly embedding: Embedding;
  /** channels × cells float32. */
  readonly features?: Float32Array;
  /** Vectors of the crop turned upright from the EXIF orientations 1 to 8. */
  readonly turned?: readonly Float32Array[];
  readonly timings: Omit<Timings, 'total'>;
}

/** How many EXIF orientations there are. */
const ORIENTATIONS = 8;

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
    const { id, title, goodFor, fullModel, weightsVersion, dimension } = entry;
    const calibrated = entry.calibration.fitted;
    return new Engine(entry, core, new Tensorizer(realm, core, config), network, {
      model: {
        id,
        title,
        goodFor,
        ...(fullModel !== undefined && { fullModel }),
        weightsVersion,
        dimension,
        sha256: model.sha256,
        calibrated,
      },
      info: { canvasReadback: realm.canvasReadback },
    });
  }

  /** The input tensor of one image, 1×3×size×size float32, NCHW. */
  preprocess(image: PreparedImage, signal?: AbortSignal): Promise<Float32Array> {
    return this.queue.run(async () => (await this.tensorizer.read(image, signal)).tensor);
  }

  /** The embedding of one image, and whatever else is wanted of it. */
  analyse(image: PreparedImage, wanted: Wanted, signal?: AbortSignal): Promise<Analysis> {
    return this.queue.run(async () => {
      const { tensor, fingerprint, decode, preprocess } = await this.tensorizer.read(image, signal);
      const start = performance.now();
      const features = await this.extract(tensor, signal);
      const vector = this.pool(features);
      const turned = wanted.turned ? await this.turnedVectors(tensor, vector, signal) : undefined;
      const inference = performance.now() - start;
      return {
        embedding: { model: this.identity, dimension: vector.length, vector, fingerprint },
        ...(wanted.features && { features }),
        ...(turned && { turned }),
        timings: { decode, preprocess, inference },
      };
    });
  }

  /**
   * How alike two embeddings of this engine's model are.
   * @param turned vectors of b in all orientations, if they are to be compared
   */
  similarity(a: Embedding, b: Embedding, turned?: readonly Float32Array[]): Promise<Similarity> {
    return this.queue.run(async () => {
      const foreign = [a, b].find(({ model }) => model !== this.identity);
      if (foreign !== undefined) {
        throw new LikenessError(
          'model-mismatch',
          `An embedding comes from ${foreign.model}, but the loaded model is ${this.identity}, which can't compare it. Embed both images with the same model.`,
        );
      }
      return this.core.similarity(a, b, turned);
    });
  }

  /** Where the cosine of two feature maps comes from. */
  matchMap(featuresA: Float32Array, featuresB: Float32Array): Promise<MatchMap> {
    return this.queue.run(async () => this.core.matchMap(featuresA, featuresB));
  }

  /** Memory of the core. */
  memory(): Promise<MemoryUse> {
    return this.queue.run(async () => this.core.memory);
  }

  /** Frees the session, after the calls under way; the engine must not be used afterwards. */
  dispose(): Promise<void> {
    return this.queue.run(() => this.network.release());
  }

  private async extract(tensor: Float32Array, signal?: AbortSignal): Promise<Float32Array> {
    throwIfAborted(signal);
    const features = await this.network.run(tensor);
    throwIfAborted(signal);
    return features;
  }

  private pool(features: Float32Array): Float32Array {
    const { channels, cells } = this.entry.output;
    return this.core.pool(features, channels, cells);
  }

  /** @param upright the vector of the tensor as it is, which is not computed again */
  private async turnedVectors(
    tensor: Float32Array,
    upright: Float32Array,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const vectors = [upright];
    for (let orientation = 2; orientation <= ORIENTATIONS; orientation += 1) {
      const turned = this.core.turn(tensor, orientation);
      vectors.push(this.pool(await this.extract(turned, signal)));
    }
    return vectors;
  }

  private get identity(): string {
    return `${this.entry.id}@${this.entry.weightsVersion}`;
  }
}
