/**
 * The shapes that cross between TypeScript and the Embind module (wasm/bindings.cpp). They are
 * internal: the public types are in ../types.ts.
 */
import type { ErrorCode } from '../errors.js';
import type { Verdict } from '../types.js';

/** A value, or why there is none: errors cross as values and are thrown on this side. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** What a file's header says; width and height before orientation. */
export interface WireImageInfo {
  readonly format: string;
  readonly width: number;
  readonly height: number;
}

/** The rectangle of source pixels that the crop needs. */
export interface WireRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A C++ object; `delete` frees it. */
interface Handle {
  delete(): void;
}

/** One image on its way to a tensor. Bytes go in through a staging view that C++ owns. */
export interface WireTensorizer extends Handle {
  /** A view of `bytes` bytes to fill at once; any later call may invalidate it. */
  stage(bytes: number): Outcome<Uint8Array>;
  /** Header and limits of the staged file. */
  inspect(maxFileBytes: number, maxPixels: number): Outcome<WireImageInfo>;
  /** Decodes the staged file and frees it. */
  decode(
    maxFileBytes: number,
    maxPixels: number,
    red: number,
    green: number,
    blue: number,
  ): Outcome<null>;
  /** The tensor of the decoded file, whose pixels are freed. */
  preprocessDecoded(): Outcome<Float32Array>;
  /** Starts an image whose RGBA pixels come in bands; says which of them are needed. */
  begin(
    width: number,
    height: number,
    red: number,
    green: number,
    blue: number,
  ): Outcome<WireRegion>;
  /** Takes the staged bytes as the region's next `rows` rows. */
  push(rows: number): Outcome<null>;
  /** The tensor of the bands, once all of the region's rows are in. */
  finish(): Outcome<Float32Array>;
}

/** Calibration and verdict thresholds of one model. */
export interface WireScorer extends Handle {
  score(cosine: number): Outcome<{ readonly score: number; readonly verdict: Verdict }>;
}

/** What `likeness-core.js` resolves to. */
export interface CoreModule {
  createTensorizer(
    resize: number,
    size: number,
    mean: readonly number[],
    std: readonly number[],
  ): Outcome<WireTensorizer>;
  createScorer(
    cosines: readonly number[],
    scores: readonly number[],
    nearDuplicate: number,
    similar: number,
  ): Outcome<WireScorer>;
  globalAveragePool(
    featureMap: Float32Array,
    channels: number,
    cells: number,
  ): Outcome<Float32Array>;
  cosineSimilarity(
    modelA: string,
    vectorA: Float32Array,
    modelB: string,
    vectorB: Float32Array,
  ): Outcome<number>;
  /** Size of the WebAssembly memory in bytes; it only ever grows. */
  memoryBytes(): number;
}
