import type { CollectionStore } from '../binding/collection-store.js';
import { Core } from '../binding/core.js';
import type { IndexStore } from '../binding/index-store.js';
import { LikenessError, throwIfAborted } from '../errors.js';
import { identityOf } from '../models/identity.js';
import type { ModelEntry } from '../models/manifest.js';
import { SerialQueue } from '../queue.js';
import type {
  Embedding,
  MatchMap,
  MemoryUse,
  ModelInfo,
  PictureDetail,
  Region,
  RuntimeInfo,
  Similarity,
  Tensor,
  Timings,
} from '../types.js';
import type { EngineAssets, EngineEnvironment, PreparedImage } from './environment.js';
import { ImageProcessor, type ReadOptions } from './image-processor.js';
import type { Network, NetworkOptions } from './network.js';
import { type OpenedNetwork, openNetwork } from './open-network.js';
import { testNetwork } from './self-test.js';

/** How an engine computes; plain data, so that it can be posted to a worker. */
export interface EngineConfig extends ReadOptions, NetworkOptions {
  readonly entry: ModelEntry;
}

/** What an engine says of itself once it has started. */
export interface EngineInfo {
  readonly model: ModelInfo;
  readonly info: Omit<RuntimeInfo, 'demoted' | 'workers'>;
}

/** What an engine answers, wherever it runs. */
export interface EngineCalls {
  readonly info: EngineInfo;
  /** The input tensor of one image or of a region of it. */
  preprocess(
    image: PreparedImage,
    region: Region | undefined,
    signal?: AbortSignal,
  ): Promise<Tensor>;
  /** All of an image that is compared to tell copies. */
  detail(
    image: PreparedImage,
    options: Pick<AnalysisOptions, 'draft'>,
    signal?: AbortSignal,
  ): Promise<PictureDetail>;
  /** The embedding of one image, and whatever else is wanted of it. */
  analyse(image: PreparedImage, options: AnalysisOptions, signal?: AbortSignal): Promise<Analysis>;
  /** How alike two embeddings of this engine's model are, and where that comes from. */
  relate(
    a: Embedding,
    b: Embedding,
    options: RelationOptions,
    signal?: AbortSignal,
  ): Promise<Relation>;
  /** An empty index in the thread of the engine. It is its opener's to free. */
  openIndex(): Promise<IndexStore>;
  /** An empty collection in the thread of the engine. It is its opener's to free. */
  openCollection(): Promise<CollectionStore>;
  /** Memory of the core. */
  memory(): Promise<MemoryUse>;
  /** Frees everything, after the calls under way; the engine must not be used afterwards. */
  dispose(): Promise<void>;
}

/** What is wanted of an image beside its embedding. */
export interface AnalysisOptions {
  /** The part of the upright picture that counts; all of it unless given. */
  readonly region?: Region | undefined;
  /** Whether the decoder may reduce the image; see DraftOptions. */
  readonly draft?: boolean;
  /** Whether the embedding comes with the detail that copies are told by. */
  readonly detail?: boolean;
  /** Whether it comes with what copies are looked for by among many pictures. */
  readonly sketch?: boolean;
  /** The feature map, for a match map. */
  readonly features?: boolean;
  /** The vectors of the picture in all eight orientations. */
  readonly turned?: boolean;
}

/** An embedding, what else was wanted, and the milliseconds that each stage took. */
export interface Analysis {
  readonly embedding: Embedding;
  /** 1 × channels × rows × columns. */
  readonly features?: Tensor;
  /** Vectors of the picture turned upright from the EXIF orientations 1 to 8. */
  readonly turned?: readonly Float32Array[];
  readonly timings: Omit<Timings, 'total'>;
}

/** What two embeddings are related by, beside themselves. */
export interface RelationOptions {
  /** Vectors of b in all orientations, if they are to be compared. */
  readonly turned?: readonly Float32Array[] | undefined;
  /** Feature maps of a and b, if there is to be a match map. */
  readonly features?: readonly [a: Tensor, b: Tensor] | undefined;
  /** Whether the arrays of all arguments may move to the engine, so that the caller has them no more. */
  readonly transfer?: boolean;
}

/** How alike two embeddings are, and where that comes from if feature maps were given. */
export interface Relation {
  readonly similarity: Similarity;
  readonly matchMap?: MatchMap;
}

/** How many EXIF orientations there are. */
const ORIENTATIONS = 8;

/**
 * Image in, embedding out: decoder, core and network, wherever it runs. Calls are queued, so that
 * one image at a time is in memory.
 */
export class Engine implements EngineCalls {
  private readonly queue = new SerialQueue();

  private constructor(
    private readonly entry: ModelEntry,
    private readonly core: Core,
    private readonly processor: ImageProcessor,
    private readonly network: Network,
    readonly info: EngineInfo,
  ) {}

  /**
   * Starts the core, builds the session and tests it.
   * @throws LikenessError `wasm-load-failed`, `backend-failed`, `aborted`
   */
  static async create(
    environment: EngineEnvironment,
    config: EngineConfig,
    assets: EngineAssets,
    signal: AbortSignal | undefined,
  ): Promise<Engine> {
    throwIfAborted(signal);
    const { entry } = config;
    const core = await Core.load(assets.core, entry);
    let opened: OpenedNetwork | undefined;
    try {
      throwIfAborted(signal);
      opened = await openNetwork(environment, core, config, assets);
      const { network, reference } = opened;
      throwIfAborted(signal);
      const cosine = await testNetwork(core, network, reference);
      throwIfAborted(signal);
      const info = describe(environment, config, assets.sha256, network.threads, cosine);
      return new Engine(entry, core, new ImageProcessor(environment, core, config), network, info);
    } catch (error) {
      core.dispose();
      await opened?.network.release();
      throw error;
    }
  }

  preprocess(
    image: PreparedImage,
    region: Region | undefined,
    signal?: AbortSignal,
  ): Promise<Tensor> {
    return this.queue.run(
      async () => (await this.processor.read(image, {}, { region }, signal)).tensor,
    );
  }

  detail(
    image: PreparedImage,
    options: Pick<AnalysisOptions, 'draft'>,
    signal?: AbortSignal,
  ): Promise<PictureDetail> {
    return this.queue.run(async () => {
      const { detail } = await this.processor.read(image, { detail: true }, options, signal);
      if (detail === undefined) throw new TypeError('The core made no detail.');
      return detail;
    });
  }

  analyse(image: PreparedImage, options: AnalysisOptions, signal?: AbortSignal): Promise<Analysis> {
    return this.queue.run(async () => {
      const { tensor, fingerprint, detail, sketch, decode, preprocess, draft } =
        await this.processor.read(
          image,
          { fingerprint: true, detail: options.detail ?? false, sketch: options.sketch ?? false },
          options,
          signal,
        );
      const start = performance.now();
      const features = await this.extract(tensor, signal);
      const vector = this.core.pool(features);
      const turned = options.turned ? await this.turnedVectors(tensor, vector, signal) : undefined;
      const inference = performance.now() - start;
      return {
        embedding: {
          model: this.identity,
          dimension: vector.length,
          vector,
          ...(fingerprint && { fingerprint }),
          ...(detail && { detail }),
          ...(sketch && { sketch }),
          ...(draft && { draft }),
        },
        ...(options.features && { features }),
        ...(turned && { turned }),
        timings: { decode, preprocess, inference },
      };
    });
  }

  relate(
    a: Embedding,
    b: Embedding,
    { turned, features }: RelationOptions,
    signal?: AbortSignal,
  ): Promise<Relation> {
    return this.queue.run(async () => {
      throwIfAborted(signal);
      const foreign = [a, b].find(({ model }) => model !== this.identity);
      if (foreign !== undefined) {
        throw new LikenessError(
          'model-mismatch',
          `An embedding comes from ${foreign.model}, but the loaded model is ${this.identity}, which can't compare it. Embed both images with the same model and view.`,
        );
      }
      const similarity = this.core.similarity(a, b, turned);
      return features === undefined
        ? { similarity }
        : { similarity, matchMap: this.core.matchMap(...features) };
    });
  }

  openIndex(): Promise<IndexStore> {
    return this.core.openIndex();
  }

  openCollection(): Promise<CollectionStore> {
    return this.core.openCollection();
  }

  memory(): Promise<MemoryUse> {
    return this.queue.run(async () => this.core.memory);
  }

  dispose(): Promise<void> {
    return this.queue.run(async () => {
      this.core.dispose();
      await this.network.release();
    });
  }

  private async extract(tensor: Tensor, signal?: AbortSignal): Promise<Tensor> {
    throwIfAborted(signal);
    const features = await this.network.run(tensor);
    throwIfAborted(signal);
    return features;
  }

  /** @param upright the vector of the tensor as it is, which is not computed again */
  private async turnedVectors(
    tensor: Tensor,
    upright: Float32Array,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const vectors = [upright];
    for (let orientation = 2; orientation <= ORIENTATIONS; orientation += 1) {
      const turned = this.core.turn(tensor, orientation);
      vectors.push(this.core.pool(await this.extract(turned, signal)));
    }
    return vectors;
  }

  private get identity(): string {
    return identityOf(this.entry);
  }
}

function describe(
  environment: EngineEnvironment,
  { entry, backend }: EngineConfig,
  sha256: string,
  threads: number,
  cosine: number,
): EngineInfo {
  const { id, title, goodFor, fullModel, weightsVersion, view, pooling, dimension, calibration } =
    entry;
  return {
    model: {
      id,
      title,
      goodFor,
      ...(fullModel !== undefined && { fullModel }),
      weightsVersion,
      view,
      pooling,
      dimension,
      sha256,
      calibrated: calibration.fitted,
      similarFrom: calibration.similar,
      ...(calibration.ranges && { scoreRanges: calibration.ranges }),
    },
    info: {
      backend,
      experimental: backend === 'webnn',
      selfTest: { cosine },
      threads,
      simd: hasVectors(),
      model: identityOf(entry),
      sha256,
      canvasReadback: environment.canvasReadback,
    },
  };
}

/** A module with one function that returns a v128: valid where 128-bit vectors are. */
const VECTOR_MODULE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
];

function hasVectors(): boolean {
  return WebAssembly.validate(new Uint8Array(VECTOR_MODULE));
}
