import type { EngineCalls, EngineConfig } from '../engine/engine.js';
import type {
  ByteSource,
  CoreFile,
  CoreSource,
  EngineAssets,
  ModelFile,
  ModelSupply,
  PreparedImage,
} from '../engine/environment.js';
import type { EngineLostError } from '../errors.js';
import type { LoadProgress, OnnxRuntime } from '../types.js';

/** An engine that a pool can use: in this thread or in a worker. */
export interface PooledEngine extends EngineCalls {
  /** Told at most once, when the engine has gone without being disposed of. */
  onLost(listener: (reason: EngineLostError) => void): void;
}

/** Where the files of an engine come from. */
export interface AssetSupply {
  readonly model: ModelSupply;
  /** The core; beside the package's scripts unless given. */
  readonly core: CoreSource | undefined;
  /** ONNX Runtime's .wasm; where ONNX Runtime finds it by itself unless given. */
  readonly runtime: ByteSource | undefined;
  /** Whether models are kept in the browser's cache. */
  readonly cache: boolean;
}

/** What the caller chose about where engines run. */
export interface Placement {
  /** 0: in this thread. */
  readonly workers: number;
  readonly workerFactory: (() => Worker) | undefined;
  /** What makes workers with ONNX Runtime Web. */
  readonly runtime: OnnxRuntime | undefined;
}

/**
 * What the thread that calls the package runs in: a browser or Node; `#host` names the one at hand. What engines
 * run in is an EngineEnvironment.
 */
export interface HostEnvironment {
  /** Fewest workers there may be: 0 where engines can run in this thread. */
  readonly fewestWorkers: 0 | 1;
  /** Whether engines look for ONNX Runtime Web by themselves. */
  readonly findsRuntime: boolean;
  /** Whether the caller may make workers. */
  readonly takesWorkerFactory: boolean;
  /** Workers unless the caller chooses: as many as pay on a machine with this many cores. */
  defaultWorkers(cores: number): number;
  /** Whether threads can share memory here. */
  hasThreads(): boolean;
  /** Processor cores. */
  cores(): number;
  /**
   * `likeness-core.wasm`.
   * @throws LikenessError `wasm-load-failed`, `invalid-argument`, `aborted`
   */
  readCore(source: CoreSource | undefined, signal: AbortSignal | undefined): Promise<CoreFile>;
  /**
   * The bytes of a model, hash checked.
   * @throws LikenessError `model-load-failed`, `model-hash-mismatch`, `aborted`
   */
  readModel(
    supply: AssetSupply,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal | undefined,
  ): Promise<ModelFile>;
  /**
   * The bytes of ONNX Runtime's .wasm, hash checked.
   * @throws LikenessError `wasm-load-failed`, `aborted`
   */
  readRuntime(
    source: ByteSource,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array>;
  /** A large file's bytes in the form that costs least to hand to workers. */
  share(bytes: Uint8Array, workers: number): Uint8Array | Blob;
  /**
   * Starts an engine.
   * @param assets may still be on their way while a worker starts
   * @throws LikenessError `wasm-load-failed`, `backend-failed`, `aborted`; what the assets reject with
   */
  launch(
    config: EngineConfig,
    assets: Promise<EngineAssets>,
    placement: Placement,
    signal: AbortSignal | undefined,
  ): Promise<PooledEngine>;
  /** Whether a Blob can be posted to an engine. Those that a library has made of JavaScript can't. */
  isPostable(blob: Blob): boolean;
  /**
   * Brings an image that is tied to this thread (an element, a bitmap) into a form that an engine can
   * take, and leaves the caller's own object as it was, unless it is to be `transfer`red.
   * @returns undefined when this platform has no such kind of image
   */
  prepareDrawable(image: object, transfer: boolean): Promise<PreparedImage | undefined>;
  /** The URL of a model folder, made absolute. */
  resolveModelBase(base: string | URL | undefined): string | undefined;
  /** A URL, made absolute. @throws LikenessError `invalid-argument` where nothing says relative to what */
  resolveUrl(url: string | URL): string;
  /** The URL of an image, made absolute; undefined where the text is none. */
  resolveImageUrl(text: string): string | undefined;
}
