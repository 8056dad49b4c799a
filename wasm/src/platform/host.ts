import type { Analysis, EngineConfig, EngineInfo, Wanted } from '../engine.js';
import type { PreparedImage } from '../realm.js';
import type { Embedding, LoadProgress, MatchMap, MemoryUse, Similarity } from '../types.js';

/** A started engine, in this process or in a worker. */
export interface EngineHost {
  readonly info: EngineInfo;
  analyse(image: PreparedImage, wanted: Wanted, signal?: AbortSignal): Promise<Analysis>;
  preprocess(image: PreparedImage, signal?: AbortSignal): Promise<Float32Array>;
  similarity(a: Embedding, b: Embedding, turned?: readonly Float32Array[]): Promise<Similarity>;
  matchMap(featuresA: Float32Array, featuresB: Float32Array): Promise<MatchMap>;
  memory(): Promise<MemoryUse>;
  dispose(): Promise<void>;
}

/** What differs between a browser and Node; `#platform` names the one at hand. */
export interface Platform {
  startEngine(
    config: EngineConfig,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal | undefined,
  ): Promise<EngineHost>;
  /**
   * Brings an image that is tied to this thread (an element, a bitmap) into a form that the engine
   * can take, and leaves the caller's own object as it was.
   * @returns undefined when this platform has no such kind of image
   */
  prepareDrawable(image: object): Promise<PreparedImage | undefined>;
  /** The URL of a model folder, made absolute. */
  resolveModelBase(base: string | URL | undefined): string | undefined;
}
