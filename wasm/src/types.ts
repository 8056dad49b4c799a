import type { CollectionStore } from './binding/collection-store.js';
import type { LikenessError } from './errors.js';
import type { ModelCalibration, ScoreRanges } from './models/manifest.js';

export type { ScoreRanges };

/**
 * What `embed` and `compare` take: the bytes of an image file (Blob, File, ArrayBuffer, Uint8Array
 * or a URL they are fetched from, as a URL or as text), raw RGBA pixels (ImageData), or anything a browser can draw.
 * Elements, bitmaps and video exist in browsers only. Text is a URL, in a browser also one relative to the
 * page. In Node a `file:` URL reads any file of this machine: take none from strangers.
 */
export type ImageSource =
  | Blob
  | ArrayBuffer
  | Uint8Array
  | ImageData
  | ImageBitmap
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement
  | VideoFrame
  | URL
  | string;

/**
 * How alike, in words; each rung asks for more than the next one. The first three are proven by laying
 * the pictures over each other; no model has a vote in them.
 * - `identical`: the same bytes, or the same pixels after decoding, transparency and number of frames
 *   included. Score 100.
 * - `near-duplicate`: one picture made from the other: re-encoded, resized, cropped, framed, turned,
 *   mirrored, grey, brighter, blurred. All that both show is the same. Score 88 to 99.9.
 * - `variant`: most of what they show is the same, and somewhere something else is shown: a sticker, a
 *   caption, another sum or name, a moved thing. `evidence.changes` says where. Never a spare copy.
 *   Score 88 to 97.
 * - `similar`: two pictures of the same kind of subject, says the model. Score below 88.
 * - `different`: the rest.
 *
 * `models/README.md` says how the bounds were fitted.
 */
export type Verdict = CopyKind | 'similar' | 'different';

/** The verdicts that pixels prove, see Verdict. */
export type CopyKind = 'identical' | 'near-duplicate' | 'variant';

/**
 * What is remembered of a whole picture's pixels, to tell copies from look-alikes. Plain data.
 */
export interface Fingerprint {
  readonly width: number;
  readonly height: number;
  /** 128-bit XXH3 of size, pixels and opacities, hexadecimal: equal digests mean equal pixels. */
  readonly digest: string;
  /** Frames of the file: more than 1 for an animated GIF, PNG or WebP. Only the first is looked at. */
  readonly frames: number;
  /** Whether the picture has no colour. */
  readonly greyscale: boolean;
  /** 64 × 64 luma, uniform borders trimmed; the perceptual hashes are made from it. */
  readonly luma: Uint8Array;
  /** 64 × 64 luma of the whole picture. */
  readonly fullLuma: Uint8Array;
}

/** Width and height in pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/**
 * All of a picture that is compared with another one to prove a copy: plain data of up to 3 MB. It is
 * made from the picture whenever it is needed, and seldom worth keeping.
 */
export interface PictureDetail extends PixelSize {
  /** What the picture was resized to: no side longer than 1,024. */
  readonly pixels: PixelSize;
  /** RGB, row by row from the top: 3 × pixels.width × pixels.height. */
  readonly data: Uint8Array;
}

/**
 * What of a picture the model sees.
 * - `whole`: all of it, resized to nearly its own shape: about as many pixels as the model's square
 *   has, on sides that are multiples of a feature map's cell. A square stays a square; 4:3 becomes
 *   256 × 192 and 16:9 becomes 288 × 160 pixels where the square has 224.
 * - `centre`: the square in its middle, after its short side was resized: what torchvision computes.
 */
export type View = 'whole' | 'centre';

/** A float32 tensor of one picture, NCHW with N = 1, as ONNX Runtime has them. */
export interface Tensor {
  readonly data: Float32Array;
  /** 1, channels, height, width. */
  readonly dims: readonly number[];
}

/** An image as the model sees it. Plain data: it can be stored, posted and compared later. */
export interface Embedding {
  /**
   * `<model id>@<weights version>/<view>`; only embeddings with equal `model` can be compared.
   */
  readonly model: string;
  /** Length of `vector`: 1280 for MobileNetV2 and MobileNetV2 lite. */
  readonly dimension: number;
  /** Globally average-pooled features, not normalised; no value is negative. */
  readonly vector: Float32Array;
  /** Without it a verdict is `similar` or `different`: telling copies takes pixels. */
  readonly fingerprint?: Fingerprint;
  /** Without it only pictures with the same pixels are called copies. Comes with the option `detail`. */
  readonly detail?: PictureDetail;
  /**
   * What its copies are looked for by among many pictures, for `createCollection` of
   * `image-likeness/grouping`: up to 8 kB. Comes with the option `sketch`.
   */
  readonly sketch?: Uint8Array;
}

/** A part of a picture in its own pixels, with sides that need not be whole; `x`, `y` is top left. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One of each picture. */
export interface Both<T> {
  readonly a: T;
  readonly b: T;
}

/** How the second picture lies over the first. */
export interface Registration {
  /**
   * The point (x, y) of the first picture, in pixels from its top left corner, lies at
   * (m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5]) of the second one.
   */
  readonly matrix: readonly number[];
  /** Pixels of the second picture to one of the first. */
  readonly scale: number;
  /** By which the first picture was turned clockwise to make the second, −180 to 180. */
  readonly degrees: number;
  /** Whether it was mirrored left to right before it was turned. */
  readonly mirrored: boolean;
  /** The box around what both pictures show, in pixels of each. */
  readonly overlap: Both<Rectangle>;
  /** Share of each picture's area that the other one shows, 0 to 1. */
  readonly covered: Both<number>;
  /** Share of each picture's detail that lies in what the other one shows, 0 to 1. */
  readonly content: Both<number>;
  /** Of the detail that each picture has there, the share that the other one has, too, 0 to 1. */
  readonly agreement: Both<number>;
  /** How often the finer picture had to be smoothed to be as soft as the other; above 0: the first one. */
  readonly blur: number;
  /** Share of a typical place's detail that the other picture leaves open, 0 to 1: noise, compression. */
  readonly noise: number;
  /** Whether each has no colour, where both show the same. */
  readonly greyscale: Both<boolean>;
}

/**
 * What was done to the first picture to make the second.
 * - `re-encoded`: nothing but small differences everywhere.
 * - `resized`; `amount`: pixels of the second to one of the first.
 * - `cropped`, `uncropped`: the second shows a part of the first, or more than it; `amount`: that part's
 *   share of the larger picture's area.
 * - `bordered`, `unbordered`: the second, or the first, has a ground without detail around what both
 *   show; `amount`: the share of its area that both show.
 * - `turned`; `amount`: degrees clockwise, −180 to 180.
 * - `mirrored`: left to right, before it was turned.
 * - `greyscale`, `coloured`: colour went, or came.
 * - `exposed`: brighter, darker or of other contrast; `amount`: contrast of the second to that of the
 *   first.
 * - `blurred`, `sharpened`; `amount`: how often the sharper one must be smoothed to be as soft.
 * - `added`, `removed`, `replaced`: at this place something is laid over, is gone, is another.
 * - `reanimated`: another number of frames; `amount`: that of the second.
 */
export type ChangeKind =
  | 're-encoded'
  | 'resized'
  | 'cropped'
  | 'uncropped'
  | 'bordered'
  | 'unbordered'
  | 'turned'
  | 'mirrored'
  | 'greyscale'
  | 'coloured'
  | 'exposed'
  | 'blurred'
  | 'sharpened'
  | 'added'
  | 'removed'
  | 'replaced'
  | 'reanimated';

/** One thing that was done to the first picture to make the second. */
export interface Change {
  readonly kind: ChangeKind;
  /** See ChangeKind; 0 where nothing is said there. */
  readonly amount: number;
  /** Where, in pixels of each picture: the place that changed, or all that both show. */
  readonly a: Rectangle;
  readonly b: Rectangle;
}

/** What the pixels of two pictures say, beside the model. */
export interface Evidence {
  /** Equal in size, in every pixel after decoding, and in the number of frames. */
  readonly samePixels: boolean;
  /**
   * How the pictures lie over each other; missing where no way was found that enough of them agrees
   * in, where one of them is plain, and where both have the same pixels.
   */
  readonly registration?: Registration;
  /** Empty unless the verdict is `near-duplicate` or `variant`. */
  readonly changes: readonly Change[];
}

/** What the pixels of two pictures prove, and on what grounds. */
export interface Examination {
  /** Missing where nothing proves that one picture was made from the other. */
  readonly copy?: CopyKind;
  readonly evidence: Evidence;
}

/** How alike two embeddings are. */
export interface Similarity {
  /** Calibrated likeness, 0 (nothing in common) to 100 (the same); see Verdict for its bounds. */
  readonly score: number;
  readonly verdict: Verdict;
  /** Cosine of the angle between the two embeddings, −1 to 1; unrelated photographs are around 0.5. */
  readonly cosine: number;
  /**
   * The same as seen from the model's mean embedding, where it has one (MobileNetV2 does): unrelated
   * photographs are around 0. Score and probability are made of it.
   */
  readonly centredCosine: number;
  /**
   * Calibrated probability that both show the same kind of subject, where half of pairs do; 0–1. 1 where
   * the pixels prove that they show the same.
   */
  readonly probability: number;
  /** Missing where an embedding came without its fingerprint. */
  readonly evidence?: Evidence;
}

/** How many cells a picture's feature map has. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** Values from 0 to 1, row by row from the top. */
export interface HeatMap {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** width × height. */
  readonly values: Float32Array;
}

/** A cell of the first picture's map and one of the second's, numbered row by row from the top. */
export interface CellPair {
  readonly a: number;
  readonly b: number;
  /** What the two cells give to the centred cosine. */
  readonly term: number;
}

/**
 * Where a cosine comes from. Pooling is the last step, so the cosine is exactly the sum of a term for
 * each pair of cells, one of either picture. Cells cover what the model sees (see View): the whole
 * picture, or the square in its middle.
 */
export interface MatchMap {
  /**
   * The cells of either picture, as many as its shape asks for: 7 × 7 for a square and MobileNetV2 (4 × 4
   * for MobileNetV2 lite), 8 × 6 for 4:3.
   */
  readonly grid: { readonly a: Grid; readonly b: Grid };
  /**
   * Side of the square that the maps cover, in the middle of either picture, as a share of its short
   * side; missing where they cover the whole pictures.
   */
  readonly crop?: number;
  /**
   * What `a`, `b` and `terms` each add up to: the centred cosine (see Similarity) of the pictures as
   * they are, unturned.
   */
  readonly cosine: number;
  /** Contribution of each cell of the first picture; one below 0 makes the pictures less alike. */
  readonly a: Float64Array;
  /** Contribution of each cell of the second picture. */
  readonly b: Float64Array;
  /** The term of each of the first picture's cells (rows) with each of the second's (columns). */
  readonly terms: Float32Array;
  /** The pairs of cells with the largest terms, largest first: what most likely shows the same thing. */
  readonly pairs: readonly CellPair[];
  /** `a` and `b` upsampled, for drawing: least 0, most 1. */
  readonly heat: { readonly a: HeatMap; readonly b: HeatMap };
}

/** Where the time of a comparison went, in milliseconds; each is the sum over both images. */
export interface Timings {
  /** File bytes to pixels, canvas read-back included. */
  readonly decode: number;
  /** Pixels to the model's input tensor. */
  readonly preprocess: number;
  /** Forward pass and pooling. */
  readonly inference: number;
  /** From the call to its answer, waiting for a free worker included. */
  readonly total: number;
}

/** How alike two images are, and how the answer came about. */
export interface Comparison extends Similarity {
  /** `<model id>@<weights version>/<view>` of the model that answered. */
  readonly model: string;
  readonly timings: Timings;
  readonly evidence: Evidence;
  /** With the option `explain` only. */
  readonly matchMap?: MatchMap;
}

/** What `compare` answers with `explain: true`. */
export interface ExplainedComparison extends Comparison {
  readonly matchMap: MatchMap;
}

/** What is being made ready before the first answer; `runtime` only where the caller says where it is. */
export type LoadPhase = 'core' | 'runtime' | 'model' | 'session';

/** One step of progress; `loaded` never decreases within a phase and never passes `total`. */
export interface LoadProgress {
  readonly phase: LoadPhase;
  /** Bytes that have arrived, decompressed (for `session`: 0 or 1). */
  readonly loaded: number;
  /** Bytes in all, decompressed, known beforehand (for `session`: 1). */
  readonly total: number;
}

/** Bounds that are checked before memory is allocated for an image. */
export interface Limits {
  /** Largest accepted file in bytes; 128 MiB unless told otherwise. */
  readonly maxFileBytes: number;
  /** Largest accepted width × height; 100 megapixels unless told otherwise, at most 2^28. */
  readonly maxPixels: number;
  /** Largest accepted width and height; 65,535 unless told otherwise. */
  readonly maxSide: number;
}

/** An opaque colour, each channel 0–255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Which decoder turns a file into pixels in the browser.
 * - `canvas`: the browser's own, read back through a canvas (every format the browser knows).
 * - `core`: stb_image inside our WebAssembly (JPEG, PNG, BMP, GIF).
 * - `auto`: `canvas`, unless a probe finds that this browser falsifies what is read back.
 */
export type PixelRoad = 'auto' | 'canvas' | 'core';

/** A rectangle of pixels; (`x`, `y`) is its top left corner. */
export interface Region {
  /** Pixels from the left edge, 0 or more. */
  readonly x: number;
  /** Pixels from the top edge, 0 or more. */
  readonly y: number;
  /** Pixels, 1 or more. */
  readonly width: number;
  /** Pixels, 1 or more. */
  readonly height: number;
}

/**
 * What computes the forward pass.
 * - `core`: the package's own core, on the processor: MobileNetV2 only; needs nothing beside it, and
 *   the same input gives the same bits everywhere.
 * - `wasm`: ONNX Runtime Web on the processor: any network, several threads.
 * - `webgpu`: the graphics card, in browsers that have WebGPU. Bits differ from card to card.
 * - `webnn`: the browser's neural network interface. Experimental: no test of this package runs it.
 */
export type Backend = 'core' | 'wasm' | 'webgpu' | 'webnn';

/** A backend that was given up, and why. */
export interface Demotion {
  readonly backend: Backend;
  readonly reason: string;
}

/**
 * A model of your own: an entry like those in `models/manifest.json` with the file instead of its
 * mirrors. The graph takes one float32 tensor 1×3×size×size and returns a feature map
 * 1×channels×side×side, before global average pooling. For the view `whole` it must take other sides,
 * too, each a multiple of size / side: what convolutions are made of does. Height and width need not
 * be free in the file: they are made so when it is loaded.
 */
export interface CustomModel {
  /** Lower-case letters, digits and hyphens; no id of the package's own manifest. */
  readonly id: string;
  /** `id` unless told otherwise. */
  readonly title?: string;
  /** What its answers are good for, as the end of a sentence; the title unless told otherwise. */
  readonly goodFor?: string;
  /** Embeddings compare only when id and weights version are equal. */
  readonly weightsVersion: string;
  /** SHA-256 of the file, hexadecimal; nothing else is ever used. */
  readonly sha256: string;
  /** Where the file is; needs `size`. Either this or `bytes`. */
  readonly url?: string | URL;
  /** Length of the file at `url`, in bytes. */
  readonly size?: number;
  /** The file itself. It is read once, while the model loads. */
  readonly bytes?: Uint8Array | ArrayBuffer;
  /** Name of the input tensor and the side of a square one, in pixels. */
  readonly input: { readonly name: string; readonly size: number };
  /** What of a picture it sees; `whole` unless told otherwise. */
  readonly view?: View;
  /** Length that an image's short side is resized to before the centre crop, in pixels. */
  readonly resize: number;
  /** Of red, green and blue in [0, 1]. */
  readonly mean: readonly number[];
  /** Of red, green and blue in [0, 1]. */
  readonly std: readonly number[];
  /** Name and shape of a square input's feature map; `cells` is a square number. */
  readonly output: { readonly name: string; readonly channels: number; readonly cells: number };
  /**
   * How a cosine becomes a score and a verdict, as in the manifest. Without it the score is a straight
   * line from cosine −1 to 1, and `likeness.model.calibrated` is false.
   */
  readonly calibration?: ModelCalibration;
}

/** What `createLikeness` takes; every field has a default. */
export interface LikenessOptions {
  /**
   * Model id in the manifest, or a model of your own; unless told otherwise `mobilenetv2-lite`, which
   * is part of the package.
   */
  readonly model?: string | CustomModel;
  /**
   * Where models that are not part of the package are. Browser: folder that holds `<model>.onnx`;
   * `./models/` beside the document unless told otherwise. Node: a directory to look in first.
   */
  readonly modelBaseUrl?: string | URL;
  /**
   * What of a picture the model sees; unless told otherwise what its entry in the manifest says.
   * Embeddings of two views don't compare, and the calibration was fitted for the entry's own view:
   * in the other one `likeness.model.calibrated` is false.
   */
  readonly view?: View | undefined;
  /**
   * Where the file of the manifest's model is, whatever its name; it is checked against the manifest.
   * It may be compressed with gzip, as the files of the next options may: servers don't compress
   * `.onnx` by themselves. Which files are shows in their first bytes, not in their names.
   */
  readonly modelUrl?: string | URL;
  /** The file of the manifest's model itself, not compressed; then nothing is asked for or cached. */
  readonly modelBinary?: Uint8Array | ArrayBuffer;
  /**
   * Where `ort-wasm-simd-threaded.wasm` of this package's version of ONNX Runtime is, if not where the
   * bundler put it. Other backends than WebAssembly have a build of their own, which this leaves alone.
   */
  readonly runtimeUrl?: string | URL;
  /** The bytes of `ort-wasm-simd-threaded.wasm`, not compressed. */
  readonly runtimeBinary?: Uint8Array | ArrayBuffer;
  /** Where `likeness-core.wasm` is, if not beside the package's own scripts. */
  readonly wasmUrl?: string | URL;
  /** The bytes of `likeness-core.wasm`; then nothing is asked for. */
  readonly wasmBinary?: Uint8Array | ArrayBuffer;
  /**
   * What computes the forward pass. `auto`, the default, is `core` for the model inside the package;
   * for every other one `wasm`, and `core` where ONNX Runtime Web doesn't start. `webgpu` and `webnn`
   * mean that backend and, should it fail, `wasm`; a list means exactly these, in this order. Graphics
   * cards are used only after they have embedded a built-in picture with a cosine of at least 0.999 to
   * the answer of `wasm`; `likeness.info` says which backend answers and why others don't.
   */
  readonly backend?: 'auto' | Backend | readonly Backend[];
  /**
   * Threads of one forward pass; 1 unless told otherwise. More than 1 needs a page that is cross-origin
   * isolated, and ONNX Runtime Web; elsewhere, and in Node, as many single-threaded workers take their
   * place. 1 gives the same
   * bits everywhere; with more, the order of sums is ONNX Runtime's affair.
   */
  readonly threads?: number;
  /**
   * The most workers that compute at once. The first starts with `createLikeness`, the others when more
   * than one image is waiting. Any number gives the same bits. Browser: 1 or more; 2 unless told
   * otherwise (1 with several threads, a graphics card, or a single core). Node: 0 or
   * more; 0, the default, computes in this thread.
   */
  readonly workers?: number;
  /** Browser only: makes a worker that runs `image-likeness/worker`, for bundlers that need a hand. */
  readonly workerFactory?: () => Worker;
  /**
   * Browser only: whether a model is kept in the Cache API under its SHA-256, so that the next visit
   * needs no network; true unless told otherwise. What is kept is hashed again before it is used.
   */
  readonly cache?: boolean;
  /** Told how the loading goes; `loaded` never goes back within a phase and never passes `total`. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Aborts the loading; calls made later take their own signal. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<Limits>;
  /** What transparent pixels are composited on; white unless told otherwise. */
  readonly background?: Rgb;
  /** Browser only; `auto` unless told otherwise. */
  readonly pixelRoad?: PixelRoad;
}

/** What every asynchronous call takes. */
export interface CallOptions {
  /** Rejects the call with `aborted`; no later phase of it starts, and the next call works. */
  readonly signal?: AbortSignal | undefined;
}

/** What every call that takes an image takes. */
export interface ImageOptions extends CallOptions {
  /**
   * Gives the buffers of the image away (ArrayBuffer, Uint8Array, ImageData, ImageBitmap): they are
   * moved to the worker instead of copied, and must not be used again. Without it they stay the
   * caller's and whole; they must not change before the call has settled.
   */
  readonly transfer?: boolean;
}

/** What `embed` and `preprocess` take. */
export interface EmbedOptions extends ImageOptions {
  /** Only this part of the upright picture counts (EXIF orientation applied first). */
  readonly region?: Region;
  /** Whether the embedding comes with its `detail`, for `embed` alone. */
  readonly detail?: boolean;
  /** Whether the embedding comes with its `sketch`, for `embed` alone; it takes a few milliseconds. */
  readonly sketch?: boolean;
}

/** What `embedAll` takes. */
export interface EmbedAllOptions extends ImageOptions {
  /** Whether the embeddings come with their `sketch`. */
  readonly sketch?: boolean;
}

/** What `compare` takes. */
export interface CompareOptions extends ImageOptions {
  /** Only this part of either upright picture counts; a list has one for each, or undefined. */
  readonly region?: Region | readonly [a: Region | undefined, b: Region | undefined];
  /**
   * Shows the model the second picture turned and mirrored in all eight ways, and reports the best:
   * seven more forward passes. For pictures of the same kind of subject: copies are found without it,
   * however they were turned.
   */
  readonly orientations?: boolean;
  /** Adds the match map. */
  readonly explain?: boolean;
}

/** The model that answers. */
export interface ModelInfo {
  readonly id: string;
  readonly title: string;
  /** What its answers are good for, as the end of a sentence: "good for …". */
  readonly goodFor: string;
  /** Id of the model that this one is a small copy of, if it is one: it has to be fetched first. */
  readonly fullModel?: string;
  readonly weightsVersion: string;
  /** What of a picture it sees. */
  readonly view: View;
  /** Length of an embedding. */
  readonly dimension: number;
  /** SHA-256 of the file in use, hexadecimal. */
  readonly sha256: string;
  /** Whether its scores were fitted on labelled pairs, in this view; if not, trust the cosine only. */
  readonly calibrated: boolean;
  /** Lowest score that is called similar. */
  readonly similarFrom: number;
  /** Where the scores of labelled pairs lie, to put a score beside; missing where none were at hand. */
  readonly scoreRanges?: ScoreRanges;
}

/** What became of one image of `embedAll`, `index` counted from 0 in the order of the images. */
export type EmbedResult =
  | { readonly index: number; readonly embedding: Embedding; readonly error?: undefined }
  | { readonly index: number; readonly embedding?: undefined; readonly error: LikenessError };

/** What computes, and what was found out about this browser or runtime. */
export interface RuntimeInfo {
  /** What computes the forward passes now. */
  readonly backend: Backend;
  /** Whether no test of this package runs that backend. */
  readonly experimental: boolean;
  /** Backends that were asked for and given up. */
  readonly demoted: readonly Demotion[];
  /**
   * Cosine of the embedding of a built-in picture with the one that ONNX Runtime's WebAssembly backend
   * computes in the same worker: 0.999 or more. The processor is its own reference, hence 1; there the
   * test is that the numbers are finite and not all zero.
   */
  readonly selfTest: { readonly cosine: number };
  /** Threads of one forward pass. */
  readonly threads: number;
  /** The most workers that compute at once; 0 in this thread. */
  readonly workers: number;
  /** Whether WebAssembly has 128-bit vectors here. */
  readonly simd: boolean;
  /** `<model id>@<weights version>/<view>`. */
  readonly model: string;
  /** SHA-256 of the model in use, hexadecimal. */
  readonly sha256: string;
  /**
   * Whether pixels read back from a canvas are the ones drawn: some browsers falsify them against
   * fingerprinting. `unavailable` where there is no canvas (Node).
   */
  readonly canvasReadback: 'exact' | 'falsified' | 'unavailable';
}

/** WebAssembly memory of the core, in bytes, over all workers. ONNX Runtime's own comes on top. */
export interface MemoryUse {
  /** Now. */
  readonly core: number;
  /** The most it has been since `createLikeness`, each worker counted by itself. */
  readonly corePeak: number;
  /** C++ objects that JavaScript holds: as many after any number of calls. */
  readonly handles: number;
}

/** An embedding that is near to a query. */
export interface Neighbour {
  /** Its number, from 0, in the order in which embeddings were added. */
  readonly index: number;
  /** Cosine of the angle to the query, −1 to 1: what `similarity` says, to the bit. */
  readonly cosine: number;
}

/** Options of `EmbeddingIndex.pairwise`. */
export interface PairwiseOptions extends CallOptions {
  /** Only the cosines of embeddings [first, end) with all after each of them; all unless given. */
  readonly rows?: readonly [first: number, end: number];
}

/**
 * Embeddings of one model, kept in WebAssembly memory between queries: 5 bytes a value, so 640 MB for
 * 100,000 embeddings of MobileNetV2. It ends with the Likeness that made it, and where engines run in
 * workers it lives in one of them: if that ends, calls reject with `backend-failed`, and the index has to be made again.
 * Calls are queued; an aborted one leaves the index as it was.
 */
export interface EmbeddingIndex {
  /** How many embeddings have been added. */
  readonly size: number;
  /**
   * Adds embeddings, all of them or none. Their vectors are copied; fingerprints are not looked at.
   * @throws LikenessError `model-mismatch` unless all embeddings of the index come from one model,
   *   `zero-embedding`, `invalid-argument` for other lengths or numbers that aren't finite,
   *   `out-of-memory` (room is for about 2 GB), `aborted`, `disposed`
   */
  add(embeddings: Iterable<Embedding>, options?: CallOptions): Promise<void>;
  /**
   * The `k` embeddings with the largest cosines, best first, equal ones in the order they were added.
   * Exactly those that comparing the query with every single one would find; 8-bit copies only show
   * which ones can't be among them.
   * @param k a whole number, 0 or above; more than there are gives all
   * @throws LikenessError `model-mismatch`, `zero-embedding`, `invalid-argument`, `aborted`, `disposed`
   */
  nearest(query: Embedding, k: number, options?: CallOptions): Promise<Neighbour[]>;
  /**
   * The cosines of all n(n − 1)/2 pairs, each rounded to float32, in the order of SciPy's `pdist`:
   * (0, 1), (0, 2), …, (0, n − 1), (1, 2), …. That of i < j is number i·n − i(i + 1)/2 + j − i − 1.
   * @throws LikenessError `out-of-memory`, `invalid-argument`, `aborted`, `disposed`
   */
  pairwise(options?: PairwiseOptions): Promise<Float32Array>;
  /** How much WebAssembly memory it takes, in bytes; that of an index comes on top of `Likeness.memory`. */
  bytes(options?: CallOptions): Promise<number>;
  /** Frees the memory; calls under way and later ones reject with `disposed`. */
  dispose(): Promise<void>;
  /** Starts `dispose`. */
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A loaded model and everything around it. Make one, use it often, `dispose` of it at the end. */
export interface Likeness {
  readonly model: ModelInfo;
  readonly info: RuntimeInfo;
  /** The embedding of one image. Concurrent calls are queued. */
  embed(image: ImageSource, options?: EmbedOptions): Promise<Embedding>;
  /**
   * What it takes to tell copies of an image, without its embedding: put it into one that was made
   * before, as `{ ...embedding, detail }`. The network isn't run.
   */
  detail(image: ImageSource, options?: ImageOptions): Promise<PictureDetail>;
  /**
   * The embeddings of many images, in their order. Images are asked for one by one, and no more than
   * one beyond the number of workers before the results in front of them have been taken: a million
   * files need the memory of a few. An image that can't be read gives a result with `error`, and the
   * others go on; `aborted` and `disposed` end the iteration by throwing. Leaving a `for await` loop
   * drops what is under way.
   */
  embedAll(
    images: Iterable<ImageSource> | AsyncIterable<ImageSource>,
    options?: EmbedAllOptions,
  ): AsyncGenerator<EmbedResult, void, undefined>;
  /** How alike two images are; where there are several workers both are read at once. */
  compare(
    a: ImageSource,
    b: ImageSource,
    options: CompareOptions & { readonly explain: true },
  ): Promise<ExplainedComparison>;
  compare(a: ImageSource, b: ImageSource, options?: CompareOptions): Promise<Comparison>;
  /**
   * How alike two embeddings are; no image and no model is touched. Copies are told where both come
   * with their `detail`.
   * @throws LikenessError `model-mismatch` when they don't both come from this model and its weights,
   *   `zero-embedding` when one of them is all zero, `invalid-argument` when lengths differ.
   */
  similarity(a: Embedding, b: Embedding, options?: CallOptions): Promise<Similarity>;
  /**
   * An index for many queries of the same embeddings.
   * @throws LikenessError as `EmbeddingIndex.add`
   */
  createIndex(embeddings?: Iterable<Embedding>, options?: CallOptions): Promise<EmbeddingIndex>;
  /**
   * The `k` of `embeddings` that are most alike to `query`: `EmbeddingIndex.nearest`, once. Make an
   * index for more queries of the same embeddings. Their model need not be the loaded one.
   */
  nearest(
    query: Embedding,
    embeddings: Iterable<Embedding>,
    k: number,
    options?: CallOptions,
  ): Promise<Neighbour[]>;
  /** The cosines of all pairs of `embeddings`: `EmbeddingIndex.pairwise`, once. */
  pairwise(embeddings: Iterable<Embedding>, options?: CallOptions): Promise<Float32Array>;
  /**
   * The tensor that the model sees: 1×3×height×width, normalised, resized as Pillow does to the bit; in
   * the view `centre` the bits that torchvision computes from the same pixels. Square, it has 128 pixels
   * a side for MobileNetV2 lite, 224 for MobileNetV2; other shapes have about as many in all.
   */
  preprocess(image: ImageSource, options?: EmbedOptions): Promise<Tensor>;
  /** An empty collection; `createCollection` of `image-likeness/grouping` stands on it. */
  openCollection(options?: CallOptions): Promise<CollectionStore>;
  /** How much memory the core takes. */
  memory(options?: CallOptions): Promise<MemoryUse>;
  /** Frees everything; calls under way and later ones reject with `disposed`. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
