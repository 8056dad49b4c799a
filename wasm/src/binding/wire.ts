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
  PixelSize,
  Rectangle,
  Registration,
  Tensor,
  Verdict,
  View,
} from '../types.js';

/** A value, or why there is none: errors cross as values and are thrown on this side. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** What a file says of itself, whether it can be decoded or not. */
export interface WireFileFacts {
  /** By its first bytes: "JPEG", "WebP", …; "unknown" for no known one. */
  readonly format: string;
  /** EXIF, 1 to 8, of a JPEG or PNG; else 1. */
  readonly orientation: number;
  readonly frames: number;
}

/**
 * What one image is reduced to; fingerprint, detail and sketch, which take about as long, where asked for.
 */
export interface WireInput {
  readonly tensor: Tensor;
  readonly fingerprint?: Fingerprint;
  readonly detail?: PictureDetail;
  /** What its copies are looked for by in a collection: up to 8 kB, for storage. */
  readonly sketch?: Uint8Array;
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
export interface Handle {
  delete(): void;
}

/** One image on its way to a tensor. Bytes go in through a staging view that C++ owns. */
export interface WireImageProcessor extends Handle {
  /** A view of `bytes` bytes to fill at once; any later call may invalidate it. */
  stage(bytes: number): Outcome<Uint8Array>;
  /** The upright size of the staged file, whose header and limits are checked. */
  inspect(maxFileBytes: number, maxPixels: number, maxSide: number): Outcome<PixelSize>;
  /** What the staged file says of itself. */
  lookAt(): WireFileFacts;
  /** Decodes the staged file and frees it. */
  decode(
    maxFileBytes: number,
    maxPixels: number,
    maxSide: number,
    red: number,
    green: number,
    blue: number,
  ): Outcome<null>;
  /** What becomes of the decoded file, whose pixels are freed. */
  preprocessDecoded(fingerprint: boolean, detail: boolean, sketch: boolean): Outcome<WireInput>;
  /** The same for a part of the decoded file. */
  preprocessRegion(
    x: number,
    y: number,
    width: number,
    height: number,
    fingerprint: boolean,
    detail: boolean,
    sketch: boolean,
  ): Outcome<WireInput>;
  /** Starts an image whose RGBA pixels come in bands of whole rows; its decoder may have reduced it. */
  begin(
    width: number,
    height: number,
    originalWidth: number,
    originalHeight: number,
    red: number,
    green: number,
    blue: number,
    fingerprint: boolean,
    detail: boolean,
    sketch: boolean,
  ): Outcome<null>;
  /** Takes the staged bytes as the next `rows` rows. */
  push(rows: number): Outcome<null>;
  /** What became of the bands, once all rows are in; the rest if `begin` was told so. */
  finish(): Outcome<WireInput>;
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
  readonly contentA: number;
  readonly contentB: number;
  readonly agreementA: number;
  readonly agreementB: number;
  readonly blur: number;
  readonly noise: number;
  readonly greyscaleA: boolean;
  readonly greyscaleB: boolean;
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

/** A loaded network. */
export interface WireNetwork extends Handle {
  /** @returns the feature map, 1 × channels × rows × columns */
  run(input: Tensor): Outcome<Tensor>;
}

/** Pictures that stay in WebAssembly while they are held against each other; see Collection in core/. */
export interface WireCollection extends Handle {
  /**
   * @param picture null: it has no copies @param bytes of its file @param modified when that was written
   * @returns the first picture with the same pixels: often itself
   */
  add(
    model: string,
    vector: Float32Array,
    picture: { readonly fingerprint: Fingerprint; readonly sketch: Uint8Array } | null,
    bytes: number,
    modified: number,
  ): Outcome<number>;
  /** Looks for candidates of the next pictures; whether any are left. */
  advance(pictures: number): boolean;
  searched(): number;
  /** The first pairs to verify: a, b, a, b, … */
  candidates(most: number): Uint32Array;
  /** @param registration null where nothing was laid over each other */
  verify(
    a: number,
    b: number,
    kind: CopyKind | 'none',
    registration: Registration | null,
  ): Outcome<null>;
  /** @param refused pairs of which none stands in for the other: a, b, a, b, … */
  groups(refused: Uint32Array): { readonly kept: number; readonly spare: Uint32Array }[];
  nearest(
    item: number,
    k: number,
  ): Outcome<{ readonly index: number; readonly cosine: number; readonly score: number }[]>;
  /** Scores n × n, row by row, in the order of `order`, which are places in `items`. */
  matrix(
    items: Uint32Array,
  ): Outcome<{ readonly order: Uint32Array; readonly scores: Float32Array }>;
  /** Pairs of each of [first, last) with all pictures after it: a, b, a, b, … */
  pairsFrom(
    score: number,
    first: number,
    last: number,
  ): Outcome<{ readonly pairs: Uint32Array; readonly scores: Float64Array }>;
  /** Starts to look for similar pictures; adding one ends that. */
  beginSimilar(): void;
  /** Looks at the next `rows` pictures; whether any are left. */
  continueSimilar(rows: number): boolean;
  endSimilar(): void;
  /** Groups of the last search; members the most alike first. */
  similarFrom(score: number): { readonly centre: number; readonly alike: Uint32Array }[];
  /** How many pairs of the last search have at least this score. */
  similarPairs(score: number): number;
}

/** A share of the search for common corners; see CornerSearch in core/. */
export interface WireCornerSearch extends Handle {
  /**
   * Takes the next picture.
   * @returns the hits among those before it, each the bytes of a CornerHit
   */
  take(item: number, sketch: Uint8Array): Outcome<Uint8Array>;
}

/** The search for close perceptual hashes; see HashSearch in core/. */
export interface WireHashSearch extends Handle {
  /** The pictures before this one whose hashes are close. */
  find(fingerprint: Fingerprint): Outcome<Uint32Array>;
  add(item: number, fingerprint: Fingerprint): Outcome<null>;
}

/** The search for near embeddings among very many; see NearSearch in core/. */
export interface WireNearSearch extends Handle {
  add(embedding: Float32Array, wanted: boolean): Outcome<null>;
  search(tree: number): void;
  /** Pairs: later, earlier, later, earlier, …; and the estimates of their cosines. */
  found(): { readonly pairs: Uint32Array; readonly cosines: Float32Array };
}

/** What `likeness-core.js` resolves to. */
export interface CoreModule {
  createImageProcessor(spec: WirePreprocessSpec): Outcome<WireImageProcessor>;
  createScorer(calibration: ModelCalibration): Outcome<WireScorer>;
  createIndex(): WireIndex;
  /** @param weights a file as core/src/network/weights.hpp describes it */
  createNetwork(weights: Uint8Array): Outcome<WireNetwork>;
  /** @param mean of the model's embeddings; null where it has none @param calibration of its scores */
  createCollection(
    model: string,
    dimension: number,
    mean: Float32Array | null,
    calibration: ModelCalibration,
  ): Outcome<WireCollection>;
  createCornerSearch(number: number, count: number): Outcome<WireCornerSearch>;
  /** The pictures with common corners, from the hits of all shares in any order. */
  cornerCandidates(hits: Uint8Array, sketch: Uint8Array): Outcome<Uint32Array>;
  createHashSearch(): WireHashSearch;
  createNearSearch(dimension: number): Outcome<WireNearSearch>;
  /** How many trees it takes to find what is near among so many. */
  nearSearchTrees(embeddings: number): number;
  /** A network's input, turned upright from an EXIF orientation. */
  orientTensor(tensor: Tensor, orientation: number): Outcome<Tensor>;
  /** The size of the detail of a picture whose sides are at least 1. */
  detailSize(width: number, height: number): PixelSize;
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
  /** A feature map whose cells are multiplied by their energies, by 1 on average. */
  weighCells(featureMap: Float32Array, channels: number, cells: number): Outcome<Float32Array>;
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
