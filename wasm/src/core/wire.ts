/**
 * The shapes that cross between TypeScript and the Embind module (wasm/bindings.cpp). They are
 * internal: the public types are in ../types.ts.
 */
import type { ErrorCode } from '../errors.js';
import type { ModelCalibration } from '../models/manifest.js';
import type {
  Change,
  CopyKind,
  Fingerprint,
  Grid,
  PictureDetail,
  Rectangle,
  Tensor,
  Verdict,
  View,
} from '../types.js';

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

/** What one image is reduced to; fingerprint and detail, which take about as long, where asked for. */
export interface WireInput {
  readonly tensor: Tensor;
  readonly fingerprint?: Fingerprint;
  readonly detail?: PictureDetail;
}

/** How a network wants its input; see PreprocessSpec in core/. */
export interface WirePreprocessSpec {
  readonly view: View;
  /** Of a square input, in pixels. */
  readonly side: number;
  /** Pixels a cell of the feature map. */
  readonly stride: number;
  /** Pixels of the short side that the centre view is cut from. */
  readonly resize: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
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
  inspect(maxFileBytes: number, maxPixels: number, maxSide: number): Outcome<WireImageInfo>;
  /** Of the staged file. */
  countFrames(): number;
  /** Decodes the staged file and frees it. */
  decode(
    maxFileBytes: number,
    maxPixels: number,
    maxSide: number,
    red: number,
    green: number,
    blue: number,
  ): Outcome<null>;
  /** Pixels of the decoded file, in WebAssembly memory: to be read before the next call. */
  decoded(): Outcome<WirePixels>;
  /** What becomes of the decoded file, whose pixels are freed. */
  preprocessDecoded(fingerprint: boolean, detail: boolean): Outcome<WireInput>;
  /** The same for a part of the decoded file. */
  preprocessRegion(
    x: number,
    y: number,
    width: number,
    height: number,
    fingerprint: boolean,
    detail: boolean,
  ): Outcome<WireInput>;
  /** Starts an image whose RGBA pixels come in bands of whole rows. */
  begin(
    width: number,
    height: number,
    red: number,
    green: number,
    blue: number,
    fingerprint: boolean,
    detail: boolean,
  ): Outcome<null>;
  /** Takes the staged bytes as the next `rows` rows. */
  push(rows: number): Outcome<null>;
  /** What became of the bands, once all rows are in; fingerprint and detail if `begin` was told so. */
  finish(): Outcome<WireInput>;
}

/** RGB, or RGBA where something shines through. */
export interface WirePixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** 16 hexadecimal digits each. */
export interface WirePerceptualHash {
  readonly dct: string;
  readonly gradient: string;
}

/** See Registration in ../types.ts; the angle as its cosine and sine. */
export interface WireRegistration {
  readonly matrix: readonly number[];
  readonly scale: number;
  readonly cosine: number;
  readonly sine: number;
  readonly mirrored: boolean;
  readonly overlapA: Rectangle;
  readonly overlapB: Rectangle;
  readonly coveredA: number;
  readonly coveredB: number;
  readonly agreementA: number;
  readonly agreementB: number;
}

/** What the pixels of two images say; a turn's amount is its cosine. */
export interface WireEvidence {
  readonly samePixels: boolean;
  readonly registration?: WireRegistration;
  readonly changes: readonly Change[];
}

/** A pair's answer; `evidence` is there when fingerprints were. */
export interface WireRating {
  readonly cosine: number;
  readonly centredCosine: number;
  readonly score: number;
  readonly probability: number;
  readonly verdict: Verdict;
  readonly evidence?: WireEvidence;
}

/** What is known of a picture beside its embedding. */
export interface WirePicture {
  readonly fingerprint: Fingerprint;
  readonly detail?: PictureDetail;
}

/** What was fitted for one model, at work. */
export interface WireScorer extends Handle {
  /**
   * Takes cosines for each orientation that was looked at. Copies are told where both pictures come with
   * their details.
   */
  rate(
    cosines: readonly number[],
    centredCosines: readonly number[],
    a: WirePicture | null,
    b: WirePicture | null,
  ): Outcome<WireRating>;
  /** What the pixels say, without a model. */
  examine(
    a: WirePicture,
    b: WirePicture,
  ): Outcome<WireEvidence & { readonly copy: CopyKind | 'none' }>;
}

/** See MatchMap in ../types.ts. */
export interface WireMatchMap {
  readonly cosine: number;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly terms: Float32Array;
  readonly pairs: readonly { readonly a: number; readonly b: number; readonly term: number }[];
  readonly heatA: Float32Array;
  readonly heatB: Float32Array;
}

/** The rows nearest to a query, best first; `computed`: how many cosines that took. */
export interface WireNeighbours {
  readonly rows: Uint32Array;
  readonly cosines: Float64Array;
  readonly computed: number;
}

/** Embeddings that stay in WebAssembly between queries. */
export interface WireIndex extends Handle {
  /** A view of this many floats to fill at once; any later call may invalidate it. */
  stage(floats: number): Outcome<Float32Array>;
  /** Takes the staged floats as embeddings, all of them or none. */
  add(model: string, dimension: number): Outcome<null>;
  /** Forgets all embeddings but the first `count`. */
  keepFirst(count: number): void;
  size(): number;
  beginSearch(model: string, query: Float32Array, k: number): Outcome<null>;
  /** Looks at the next `rows` rows; whether any are left. */
  continueSearch(rows: number): boolean;
  endSearch(): WireNeighbours;
  /** The cosines of each row of [first, last) with all rows after it. */
  pairwise(first: number, last: number): Outcome<Float32Array>;
}

/** What `likeness-core.js` resolves to. */
export interface CoreModule {
  createTensorizer(spec: WirePreprocessSpec): Outcome<WireTensorizer>;
  createScorer(calibration: ModelCalibration): Outcome<WireScorer>;
  createIndex(): WireIndex;
  /** A network's input, turned upright from an EXIF orientation. */
  orientTensor(tensor: Tensor, orientation: number): Outcome<Tensor>;
  /** Heat maps have `cellPixels` × `cellPixels` pixels a cell. */
  matchMap(
    featuresA: Float32Array,
    featuresB: Float32Array,
    channels: number,
    gridA: Grid,
    gridB: Grid,
    pairs: number,
    cellPixels: number,
  ): Outcome<WireMatchMap>;
  globalAveragePool(
    featureMap: Float32Array,
    channels: number,
    cells: number,
  ): Outcome<Float32Array>;
  /** A feature map (one cell: an embedding) as seen from a mean embedding. */
  centre(
    featureMap: Float32Array,
    channels: number,
    cells: number,
    mean: Float32Array,
  ): Outcome<Float32Array>;
  cosineSimilarity(
    modelA: string,
    vectorA: Float32Array,
    modelB: string,
    vectorB: Float32Array,
  ): Outcome<number>;
  perceptualHash(luma: Uint8Array): Outcome<WirePerceptualHash>;
  /** Size of the WebAssembly memory in bytes; it only ever grows. */
  memoryBytes(): number;
  /** Number of C++ objects that JavaScript holds and has not deleted. */
  handlesAlive(): number;
}
