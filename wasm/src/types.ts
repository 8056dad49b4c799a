import type { CollectionStore } from './binding/collection-store.js';
import type { LikenessError } from './errors.js';
import type { ModelCalibration, ScoreRanges } from './models/manifest.js';

export type { ScoreRanges };

/**
 * What `embed` and `compare` take: the bytes of an image file (Blob, File, ArrayBuffer, Uint8Array
 * or a URL they are fetched from, as a URL or as text), raw RGBA pixels (ImageData), or anything a browser can draw.
 * Elements, bitmaps and video exist in browsers only. Text is a URL, in a browser also one relative to the
 * page. In Node a `file:` URL can read any file of this machine: don't accept URLs from users you don't trust.
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
 * How alike two images are, in words, from most to least alike. The first three are proven by aligning the
 * images (registration) and comparing their pixels; the model has no influence on them.
 * - `identical`: the same bytes, or the same pixels after decoding, transparency and number of frames
 *   included. Score 100.
 * - `near-duplicate`: one image was made from the other: re-encoded, resized, cropped, framed, rotated,
 *   mirrored, made grey, brightened or blurred. Everything that both show is the same. Score 88 to 99.9.
 * - `variant`: mostly the same image, with other content in some places: a sticker, a caption, another number
 *   or name, a moved object. `evidence.changes` says where. A variant can't replace the other image.
 *   Score 88 to 97.
 * - `similar`: different images of the same kind of subject, according to the model. Score 40 to below 88.
 * - `different`: everything else. Score below 40.
 *
 * `models/README.md` says how the bounds were fitted.
 */
export type Verdict = CopyKind | 'similar' | 'different';

/** The verdicts that pixels prove, see Verdict. */
export type CopyKind = 'identical' | 'near-duplicate' | 'variant';

/**
 * A summary of an image's pixels, which finds equal images and candidates for copies. Plain data.
 */
export interface Fingerprint {
  readonly width: number;
  readonly height: number;
  /** 128-bit XXH3 of size, pixels and opacities, hexadecimal: equal digests mean equal pixels. */
  readonly digest: string;
  /** Number of frames of the file: more than 1 for an animated GIF, PNG or WebP. Only the first is compared. */
  readonly frames: number;
  /** Whether the image has no colour. */
  readonly greyscale: boolean;
  /** 64 × 64 luma, uniform borders trimmed; the perceptual hashes are made from it. */
  readonly luma: Uint8Array;
  /** 64 × 64 luma of the whole image. */
  readonly fullLuma: Uint8Array;
}

/** Width and height in pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/**
 * What registration compares to prove that one image is a copy of another: plain data of up to 3 MB. It can
 * be made again from the image whenever it is needed, so it is seldom worth storing.
 */
export interface PictureDetail extends PixelSize {
  /** What the image was resized to: no side longer than 1,024. */
  readonly pixels: PixelSize;
  /** RGB, row by row from the top: 3 × pixels.width × pixels.height. */
  readonly data: Uint8Array;
}

/**
 * Which part of an image the model sees.
 * - `whole`: the whole image, resized to nearly its own shape: about as many pixels as the model's square
 *   has, on sides that are multiples of a feature map's cell. A square stays a square; 4:3 becomes
 *   256 × 192 and 16:9 becomes 288 × 160 pixels where the square has 224.
 * - `centre`: the square in its middle, after its short side was resized, as torchvision does.
 */
export type View = 'whole' | 'centre';

/**
 * What part each cell of the feature map has in an embedding.
 * - `mean`: the same for all, as in global average pooling.
 * - `energy`: in proportion to the square of its energy, which is the sum of its squares: a subject counts for
 *   more than the plain ground around it.
 */
export type Pooling = 'mean' | 'energy';

/** A float32 tensor of one image, in the layout NCHW with N = 1. */
export interface Tensor {
  readonly data: Float32Array;
  /** 1, channels, height, width. */
  readonly dims: readonly number[];
}

/** An image as the model sees it. Plain data: it can be stored, posted and compared later. */
export interface Embedding {
  /**
   * `<model id>@<weights version>/<view>`, and `+energy` for that pooling; only embeddings with equal `model`
   * can be compared.
   */
  readonly model: string;
  /** Length of `vector`: 1280 for MobileNetV2 and MobileNetV2 lite. */
  readonly dimension: number;
  /** Pooled features, not normalised; no value is negative. */
  readonly vector: Float32Array;
  /** Without it a verdict is `similar` or `different`: only pixels can prove a copy. */
  readonly fingerprint?: Fingerprint;
  /** Without it only images with the same pixels are recognised as copies. Set by the option `detail`. */
  readonly detail?: PictureDetail;
  /**
   * By which `createCollection` of `image-likeness/grouping` finds candidates for copies among many images: up
   * to 8 kB. Set by the option `sketch`.
   */
  readonly sketch?: Uint8Array;
  /**
   * True where the option `draft` reduced the image. The fingerprint's `digest` is then that of the reduced pixels, and
   * the sketch doesn't know whether the image was enlarged: embed it without `draft` before you show a score, call it
   * identical to another one, or choose the better of two copies.
   */
  readonly draft?: true;
}

/** A part of an image in its own pixels, with sides that need not be whole; `x`, `y` is top left. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A value for each of the two images. */
export interface Both<T> {
  readonly a: T;
  readonly b: T;
}

/** How the second image is aligned with the first. */
export interface Registration {
  /**
   * The point (x, y) of the first image, in pixels from its top left corner, lies at
   * (m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5]) of the second one.
   */
  readonly matrix: readonly number[];
  /** How many pixels of the second image correspond to one pixel of the first, in each direction. */
  readonly scale: number;
  /** Angle by which the first image was rotated clockwise to make the second, −180 to 180. */
  readonly degrees: number;
  /** Whether it was mirrored left to right before it was rotated. */
  readonly mirrored: boolean;
  /** Bounding box of what both images show, in pixels of each. */
  readonly overlap: Both<Rectangle>;
  /** Share of each image's area that the other one shows, 0 to 1. */
  readonly covered: Both<number>;
  /** Share of each image's detail that lies in what the other one shows, 0 to 1. */
  readonly content: Both<number>;
  /** Share of each image's detail inside the overlap that the other image has as well, 0 to 1. */
  readonly agreement: Both<number>;
  /**
   * How many times the sharper image had to be smoothed to match the other one. Positive: the first one was
   * sharper; negative: the second one.
   */
  readonly blur: number;
  /** Share of the detail at a typical place that the other image doesn't explain, 0 to 1: noise, compression. */
  readonly noise: number;
  /** Whether each image has no colour inside the overlap. */
  readonly greyscale: Both<boolean>;
}

/**
 * What was done to the first image to make the second.
 * - `re-encoded`: only small differences, everywhere.
 * - `resized`; `amount`: scale, in pixels of the second for one of the first.
 * - `cropped`, `uncropped`: the second shows a part of the first, or more than it; `amount`: that part's
 *   share of the larger image's area.
 * - `bordered`, `unbordered`: a border without detail was added or removed; `amount`: the share of the
 *   bordered image's area that both show.
 * - `turned`: rotated; `amount`: degrees clockwise, −180 to 180.
 * - `mirrored`: left to right, before it was rotated.
 * - `greyscale`, `coloured`: colour was removed or added.
 * - `exposed`: other brightness or contrast; `amount`: contrast of the second divided by that of the first.
 * - `blurred`, `sharpened`; `amount`: how many times the sharper one must be smoothed to match the other.
 * - `added`, `removed`, `replaced`: at this place something was added, removed or replaced.
 * - `reanimated`: another number of frames; `amount`: the number of the second.
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

/** One step from the first image to the second. */
export interface Change {
  readonly kind: ChangeKind;
  /** See ChangeKind; 0 for kinds that have no amount. */
  readonly amount: number;
  /** Where, in pixels of each image: the place that changed, or everything that both show. */
  readonly a: Rectangle;
  readonly b: Rectangle;
}

/** What the pixels of two images prove, without the model. */
export interface Evidence {
  /** Equal in size, in every pixel after decoding, and in the number of frames. */
  readonly samePixels: boolean;
  /**
   * How the images are aligned. Missing where no alignment was found under which enough of them agrees, where
   * one of them has no detail, and where both have the same pixels.
   */
  readonly registration?: Registration;
  /** Empty unless the verdict is `near-duplicate` or `variant`. */
  readonly changes: readonly Change[];
}

/** Whether the pixels of two images prove a copy or a variant, and the evidence. */
export interface Examination {
  /** Missing where nothing proves that one image was made from the other. */
  readonly copy?: CopyKind;
  readonly evidence: Evidence;
}

/** How alike two embeddings are. */
export interface Similarity {
  /** 0 (nothing in common) to 100 (the same); Verdict says which scores belong to which verdict. */
  readonly score: number;
  readonly verdict: Verdict;
  /** Cosine of the angle between the two embeddings, −1 to 1; unrelated photographs are around 0.5. */
  readonly cosine: number;
  /**
   * The cosine after the model's mean embedding was subtracted, where the model has one: with MobileNetV2,
   * unrelated photographs are around 0. Score and probability are computed from it.
   */
  readonly centredCosine: number;
  /**
   * Calibrated probability, 0 to 1, that both show the same kind of subject, if half of all pairs do. It is 1
   * where the pixels prove that they show the same.
   */
  readonly probability: number;
  /** Missing if one of the embeddings has no fingerprint. */
  readonly evidence?: Evidence;
}

/** How many cells an image's feature map has. */
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

/** A cell of the first image's map and one of the second's, numbered row by row from the top. */
export interface CellPair {
  readonly a: number;
  readonly b: number;
  /** What the two cells contribute to the centred cosine. */
  readonly term: number;
}

/**
 * How much each part of two images contributes to their cosine. Pooling is the last step of the network, so the
 * cosine is exactly the sum of one term for each pair of cells, one cell of each image. Cells cover what the model
 * sees (see View): the whole image, or the square in its middle.
 */
export interface MatchMap {
  /**
   * The cells of each image. Their number depends on its shape: 7 × 7 for a square and MobileNetV2 (4 × 4 for
   * MobileNetV2 lite), 8 × 6 for 4:3.
   */
  readonly grid: { readonly a: Grid; readonly b: Grid };
  /**
   * Side of the square that the maps cover, in the middle of either image, as a share of its short
   * side; missing where they cover the whole images.
   */
  readonly crop?: number;
  /**
   * What `a`, `b` and `terms` each add up to: the centred cosine (see Similarity) of the images as
   * they are, unturned.
   */
  readonly cosine: number;
  /** Contribution of each cell of the first image; negative ones make the images less alike. */
  readonly a: Float64Array;
  /** Contribution of each cell of the second image. */
  readonly b: Float64Array;
  /** The term of each of the first image's cells (rows) with each of the second's (columns). */
  readonly terms: Float32Array;
  /** The pairs of cells with the largest terms, largest first: they most likely show the same thing. */
  readonly pairs: readonly CellPair[];
  /** `a` and `b` upsampled, for drawing: least 0, most 1. */
  readonly heat: { readonly a: HeatMap; readonly b: HeatMap };
}

/** Times of a comparison in milliseconds; each is the sum over both images. */
export interface Timings {
  /** File bytes to pixels, canvas read-back included. */
  readonly decode: number;
  /** Pixels to the model's input tensor. */
  readonly preprocess: number;
  /** Forward pass and pooling. */
  readonly inference: number;
  /** From the call to its result, including the wait for a free worker. */
  readonly total: number;
}

/** How alike two images are, with the evidence and the times. */
export interface Comparison extends Similarity {
  /** `<model id>@<weights version>/<view>` of the model that was used. */
  readonly model: string;
  readonly timings: Timings;
  readonly evidence: Evidence;
  /** With the option `explain` only. */
  readonly matchMap?: MatchMap;
}

/** The result of `compare` with `explain: true`. */
export interface ExplainedComparison extends Comparison {
  readonly matchMap: MatchMap;
}

/** What is being loaded; `runtime` occurs only where an option gives ONNX Runtime's address or bytes. */
export type LoadPhase = 'core' | 'runtime' | 'model' | 'session';

/** One step of progress; `loaded` never decreases within a phase and never passes `total`. */
export interface LoadProgress {
  readonly phase: LoadPhase;
  /** Bytes that have been loaded, decompressed (for `session`: 0 or 1). */
  readonly loaded: number;
  /** All bytes, decompressed (for `session`: 1). */
  readonly total: number;
}

/** Bounds that are checked before memory is allocated for an image. */
export interface Limits {
  /** Largest accepted file, in bytes. Default: 128 MiB. */
  readonly maxFileBytes: number;
  /** Largest accepted width × height, at most 2^28. Default: 100 megapixels. */
  readonly maxPixels: number;
  /** Largest accepted width and height. Default: 65,535. */
  readonly maxSide: number;
}

/** An opaque colour, each channel 0–255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Which decoder turns a file into pixels.
 * - `canvas`: the browser's own, read back through a canvas (every format that the browser supports).
 * - `core`: the decoders of the WebAssembly core (JPEG, PNG, BMP, GIF).
 * - `auto`: in a browser `canvas`, unless a test finds that this browser changes the pixels that are read back. In
 *   Node, where they are installed, `sharp` for JPEG, WebP, AVIF and TIFF, `@jsquash/jxl` for JPEG XL and `libheif-js`
 *   for HEIC; `core` for everything else.
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

/** ONNX Runtime Web for an app's workers; `image-likeness/onnxruntime` has one. */
export interface OnnxRuntime {
  /** Starts a worker of the package that has it. Browser only. */
  spawnWorker(): Worker;
}

/** A backend that failed and is no longer used, and why. */
export interface Demotion {
  readonly backend: Backend;
  readonly reason: string;
}

/**
 * A model of your own: an entry like those in `models/manifest.json` with the file instead of its
 * mirrors. The graph takes one float32 tensor 1×3×size×size and returns a feature map
 * 1×channels×side×side, before global average pooling. For the view `whole` it must also accept other
 * sides, each a multiple of the stride, size / side; fully convolutional networks do. Height and width need not be free
 * in the file: they are made free when it is loaded.
 */
export interface CustomModel {
  /** Lower-case letters, digits and hyphens; no id of the package's own manifest. */
  readonly id: string;
  /** Default: `id`. */
  readonly title?: string;
  /** What its results are good for, as the end of a sentence. Default: the title. */
  readonly goodFor?: string;
  /** Embeddings compare only when id and weights version are equal. */
  readonly weightsVersion: string;
  /** SHA-256 of the file, hexadecimal; a file with another hash is refused. */
  readonly sha256: string;
  /** Where the file is; needs `size`. Either this or `bytes`. */
  readonly url?: string | URL;
  /** Length of the file at `url`, in bytes. */
  readonly size?: number;
  /** The file itself. It is read once, while the model loads. */
  readonly bytes?: Uint8Array | ArrayBuffer;
  /**
   * Name of the input tensor and the side of a square one, in pixels: that of the file, and of the view `centre`.
   * In the view `whole` an input has about the area of a square of side `wholeSize`: at least the stride, of
   * which it need be no multiple; `size` where missing.
   */
  readonly input: { readonly name: string; readonly size: number; readonly wholeSize?: number };
  /** Which part of an image it sees. Default: `whole`. */
  readonly view?: View;
  /** How its feature map makes an embedding in that view. Default: `mean`. */
  readonly pooling?: Pooling;
  /** Length that an image's short side is resized to before the centre crop, in pixels. */
  readonly resize: number;
  /** Mean of red, green and blue in [0, 1]. */
  readonly mean: readonly number[];
  /** Standard deviation of red, green and blue in [0, 1]. */
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
   * Id of a model in the manifest, or a model of your own. Default: `mobilenetv2-lite`, which is part of the
   * package.
   */
  readonly model?: string | CustomModel;
  /**
   * Where models that are not part of the package are. Browser: the folder that holds `<model>.onnx`; default
   * `./models/` beside the document. Node: a directory to look in first.
   */
  readonly modelBaseUrl?: string | URL;
  /**
   * Which part of an image the model sees. Default: the view in the model's manifest entry, for which its
   * calibration was fitted; in the other view `likeness.model.calibrated` is false. Embeddings of different
   * views can't be compared.
   */
  readonly view?: View | undefined;
  /**
   * Address of the file of a model in the manifest; it may have any name and is checked against the manifest.
   * This file and those of the next options may be compressed with gzip, since most servers don't compress
   * `.onnx`. The first bytes of a file show whether it is compressed, not its name.
   */
  readonly modelUrl?: string | URL;
  /** The bytes of a model in the manifest, not compressed; then nothing is fetched or cached. */
  readonly modelBinary?: Uint8Array | ArrayBuffer;
  /**
   * Address of `ort-wasm-simd-threaded.wasm` of this package's version of ONNX Runtime. Default: where the
   * bundler put it. Backends other than WebAssembly use another build, which this option doesn't affect.
   */
  readonly runtimeUrl?: string | URL;
  /** The bytes of `ort-wasm-simd-threaded.wasm`, not compressed. */
  readonly runtimeBinary?: Uint8Array | ArrayBuffer;
  /** Address of `likeness-core.wasm`. Default: beside the package's scripts. */
  readonly wasmUrl?: string | URL;
  /** The bytes of `likeness-core.wasm`; then it isn't fetched. */
  readonly wasmBinary?: Uint8Array | ArrayBuffer;
  /**
   * `likeness-core.wasm`, compiled: for platforms that forbid compiling WebAssembly at run time (Cloudflare
   * Workers).
   */
  readonly wasmModule?: WebAssembly.Module;
  /**
   * What computes the forward pass. `auto`, the default, is `core` for the model inside the package; for
   * every other one it is `wasm` where there is ONNX Runtime Web (see `runtime`), and else `core`. `webgpu` and `webnn` mean
   * this backend and, if it fails, `wasm`; a list means exactly these, in this order. `webgpu` and `webnn` are
   * used only if their embedding of a built-in image has a cosine of at least 0.999 with that of `wasm`.
   * `likeness.info` says which backend is used and why others aren't.
   */
  readonly backend?: 'auto' | Backend | readonly Backend[];
  /**
   * Browser only: ONNX Runtime Web, which other backends than `core` need, and other models than MobileNetV2.
   * Import `onnxRuntime` from `image-likeness/onnxruntime`, or from `image-likeness/onnxruntime/webgpu` for
   * `webgpu` and `webnn`, and install `onnxruntime-web`. In Node the installation is enough.
   */
  readonly runtime?: OnnxRuntime;
  /**
   * Threads of one forward pass. Default: 1. More than 1 needs a cross-origin isolated page and ONNX Runtime
   * Web; elsewhere, and in Node, as many single-threaded workers are used instead. One thread gives the same
   * bits everywhere; with more, ONNX Runtime decides in which order sums are added.
   */
  readonly threads?: number;
  /**
   * The most workers that compute at once. The first starts with `createLikeness`, the others when more
   * than one image is waiting. Any number gives the same bits. Browser: 1 or more; default 2 (1
   * with several threads, `webgpu` or `webnn`, or a single core). Node: 0 or more; 0, the default, computes in
   * this thread. Where nothing starts workers (a service worker), use `image-likeness/in-thread`.
   */
  readonly workers?: number;
  /**
   * Browser only: makes a worker that runs `image-likeness/worker`, for bundlers that don't find it; with
   * ONNX Runtime Web `image-likeness/onnxruntime/worker` or `image-likeness/onnxruntime/webgpu-worker`.
   */
  readonly workerFactory?: () => Worker;
  /**
   * Browser only: whether a model is kept in the Cache API under its SHA-256, so that the next visit needs no
   * network. Default: true. The hash of a cached model is checked before it is used.
   */
  readonly cache?: boolean;
  /** Called with the progress of loading. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Aborts the loading; later calls take signals of their own. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<Limits>;
  /** The colour that transparent pixels are composited on. Default: white. */
  readonly background?: Rgb;
  /** Default: `auto`. */
  readonly pixelRoad?: PixelRoad;
}

/** Options of every asynchronous call. */
export interface CallOptions {
  /** When it aborts, the call rejects with `aborted` and starts no further step; the next call works. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of every call that takes an image. */
export interface ImageOptions extends CallOptions {
  /**
   * Moves the buffers of the image (ArrayBuffer, Uint8Array, ImageData, ImageBitmap) to the worker instead of
   * copying them; the caller must not use them again. Without it they stay the caller's and must not change
   * before the call has settled.
   */
  readonly transfer?: boolean;
}

/** Options of `embed` and `detail`. */
export interface DraftOptions extends ImageOptions {
  /**
   * Lets the decoder reduce a large JPEG while it decodes it, as Pillow's `draft` does: to 1,024 pixels a side for a
   * detail, else to about 110,000 pixels in all. It takes a fraction of the time. `sharp` in Node does it, and browsers
   * that decode JPEG at a reduced size (ImageDecoder of Chromium and Firefox), where the long side has at least 3,072 pixels and
   * there is no `region`; everything else is read as always. Good for finding candidates: the
   * score of a pair may change by some points. See `Embedding.draft`. Default: false.
   */
  readonly draft?: boolean;
}

/** Options of `embed` and `preprocess`. */
export interface EmbedOptions extends DraftOptions {
  /** Use only this part of the upright image (the EXIF orientation is applied first). */
  readonly region?: Region;
  /** `embed` only: whether the embedding has its `detail`. Default: false. */
  readonly detail?: boolean;
  /** `embed` only: whether the embedding has its `sketch`, which takes a few milliseconds. Default: false. */
  readonly sketch?: boolean;
}

/** Options of `embedAll`. */
export interface EmbedAllOptions extends ImageOptions {
  /** Whether the embeddings have their `sketch`. Default: false. */
  readonly sketch?: boolean;
}

/** Options of `compare`. */
export interface CompareOptions extends ImageOptions {
  /** Use only this part of both upright images; a list gives one part, or undefined, for each image. */
  readonly region?: Region | readonly [a: Region | undefined, b: Region | undefined];
  /**
   * Shows the model the second image in all eight orientations (rotated and mirrored), and reports the best
   * result: seven more forward passes. It helps with different images of the same kind of subject; copies are
   * found without it, however they were rotated.
   */
  readonly orientations?: boolean;
  /** Whether the result has the match map. Default: false. */
  readonly explain?: boolean;
}

/** The model that is used. */
export interface ModelInfo {
  readonly id: string;
  readonly title: string;
  /** What its results are good for, as the end of a sentence: "good for …". */
  readonly goodFor: string;
  /** Id of the larger model that this one imitates, if any; that one has to be fetched first. */
  readonly fullModel?: string;
  readonly weightsVersion: string;
  /** Which part of an image it sees. */
  readonly view: View;
  /** How its feature map makes an embedding. */
  readonly pooling: Pooling;
  /** Length of an embedding. */
  readonly dimension: number;
  /** SHA-256 of the file in use, hexadecimal. */
  readonly sha256: string;
  /** Whether its scores were fitted on labelled pairs in this view; if not, rely on the cosine only. */
  readonly calibrated: boolean;
  /** Lowest score with the verdict `similar`. */
  readonly similarFrom: number;
  /** The scores of labelled pairs, to compare a score with; missing where there were none. */
  readonly scoreRanges?: ScoreRanges;
}

/** The result for one image of `embedAll`; `index` is its place in the order of the images, from 0. */
export type EmbedResult =
  | { readonly index: number; readonly embedding: Embedding; readonly error?: undefined }
  | { readonly index: number; readonly embedding?: undefined; readonly error: LikenessError };

/** What computes the results, and what was found out about this browser or runtime. */
export interface RuntimeInfo {
  /** The backend that is used now. */
  readonly backend: Backend;
  /** True if no test of this package runs this backend. */
  readonly experimental: boolean;
  /** Backends that were chosen but failed. */
  readonly demoted: readonly Demotion[];
  /**
   * Cosine of the embedding of a built-in image with the one that ONNX Runtime's WebAssembly backend
   * computes in the same worker: 0.999 or more. For `core` and `wasm` it is 1; there the test is that the
   * numbers are finite and not all zero.
   */
  readonly selfTest: { readonly cosine: number };
  /** Threads of one forward pass. */
  readonly threads: number;
  /** The most workers that compute at once; 0 if everything runs in this thread. */
  readonly workers: number;
  /** Whether WebAssembly has 128-bit SIMD here. */
  readonly simd: boolean;
  /** `<model id>@<weights version>/<view>`. */
  readonly model: string;
  /** SHA-256 of the model in use, hexadecimal. */
  readonly sha256: string;
  /**
   * Whether the pixels read back from a canvas are those that were drawn: some browsers change them to prevent
   * fingerprinting. `unavailable` where there is no canvas (Node).
   */
  readonly canvasReadback: 'exact' | 'falsified' | 'unavailable';
}

/** WebAssembly memory of the core in all workers, in bytes. ONNX Runtime's memory is not included. */
export interface MemoryUse {
  /** Now. */
  readonly core: number;
  /** The sum of each worker's maximum since `createLikeness`. */
  readonly corePeak: number;
  /** C++ objects that JavaScript holds; it doesn't grow with the number of calls. */
  readonly handles: number;
}

/** An embedding that is near to a query. */
export interface Neighbour {
  /** Its number, from 0, in the order in which embeddings were added. */
  readonly index: number;
  /** Cosine of the angle to the query, −1 to 1: exactly the cosine that `similarity` gives. */
  readonly cosine: number;
}

/** Options of `EmbeddingIndex.pairwise`. */
export interface PairwiseOptions extends CallOptions {
  /** Only the cosines of the embeddings `first` to `end` − 1 with all those after each of them. Default: all. */
  readonly rows?: readonly [first: number, end: number];
}

/**
 * Embeddings of one model, kept in WebAssembly memory between queries: 5 bytes a value, so 640 MB for
 * 100,000 embeddings of MobileNetV2. It is freed with the Likeness that made it. Where engines run in
 * workers it lives in one of them: if that worker ends, calls reject with `backend-failed`, and the index has to
 * be made again. Calls are queued; an aborted call leaves the index unchanged.
 */
export interface EmbeddingIndex {
  /** How many embeddings have been added. */
  readonly size: number;
  /**
   * Adds embeddings, all of them or none. Their vectors are copied; fingerprints are not used.
   * @throws LikenessError `model-mismatch` unless all embeddings of the index come from one model,
   *   `zero-embedding`, `invalid-argument` for other lengths or numbers that aren't finite,
   *   `out-of-memory` (at most about 2 GB), `aborted`, `disposed`
   */
  add(embeddings: Iterable<Embedding>, options?: CallOptions): Promise<void>;
  /**
   * The `k` embeddings with the largest cosines, best first, equal ones in the order they were added.
   * The result is exact: 8-bit copies are used only to exclude embeddings that can't be among them.
   * @param k a whole number from 0; if it is larger than `size`, all are returned
   * @throws LikenessError `model-mismatch`, `zero-embedding`, `invalid-argument`, `aborted`, `disposed`
   */
  nearest(query: Embedding, k: number, options?: CallOptions): Promise<Neighbour[]>;
  /**
   * The cosines of all n(n − 1)/2 pairs, each rounded to float32, in the order of SciPy's `pdist`:
   * (0, 1), (0, 2), …, (0, n − 1), (1, 2), …. That of i < j is number i·n − i(i + 1)/2 + j − i − 1.
   * @throws LikenessError `out-of-memory`, `invalid-argument`, `aborted`, `disposed`
   */
  pairwise(options?: PairwiseOptions): Promise<Float32Array>;
  /** WebAssembly memory of this index, in bytes; `Likeness.memory` doesn't include it. */
  bytes(options?: CallOptions): Promise<number>;
  /** Frees the memory; running and later calls reject with `disposed`. */
  dispose(): Promise<void>;
  /** Starts `dispose`. */
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A loaded model, ready to compare images. Make one, use it often, and `dispose` of it at the end. */
export interface Likeness {
  readonly model: ModelInfo;
  readonly info: RuntimeInfo;
  /** The embedding of one image. Concurrent calls are queued. */
  embed(image: ImageSource, options?: EmbedOptions): Promise<Embedding>;
  /**
   * The detail of an image without its embedding. The network isn't run. Add it to an embedding that was made
   * before, as `{ ...embedding, detail }`, and `similarity` can find copies.
   */
  detail(image: ImageSource, options?: DraftOptions): Promise<PictureDetail>;
  /**
   * The embeddings of many images, in their order. Images are read one by one, at most one more than there are
   * workers ahead of the results that the caller has taken: a million files need the memory of a few. An image
   * that can't be read gives a result with `error`, and the iteration continues; `aborted` and `disposed` end
   * it with an exception. Leaving a `for await` loop cancels the images in progress.
   */
  embedAll(
    images: Iterable<ImageSource> | AsyncIterable<ImageSource>,
    options?: EmbedAllOptions,
  ): AsyncGenerator<EmbedResult, void, undefined>;
  /** How alike two images are. With several workers both images are processed at the same time. */
  compare(
    a: ImageSource,
    b: ImageSource,
    options: CompareOptions & { readonly explain: true },
  ): Promise<ExplainedComparison>;
  compare(a: ImageSource, b: ImageSource, options?: CompareOptions): Promise<Comparison>;
  /**
   * How alike two embeddings are; no image is read and the network isn't run. Copies are found if both
   * embeddings have their `detail`.
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
   * the view `centre` the bits that torchvision computes from the same pixels. In the view `whole` it has about
   * 144 × 144 pixels for MobileNetV2 lite, 224 × 224 for MobileNetV2, at the image's own shape.
   */
  preprocess(image: ImageSource, options?: EmbedOptions): Promise<Tensor>;
  /** An empty collection, for `createCollection` of `image-likeness/grouping`. */
  openCollection(options?: CallOptions): Promise<CollectionStore>;
  /** The memory that the core uses. */
  memory(options?: CallOptions): Promise<MemoryUse>;
  /** Frees everything; running and later calls reject with `disposed`. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
