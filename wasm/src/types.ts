/**
 * What `embed` and `compare` take: the bytes of an image file (Blob, File, ArrayBuffer, Uint8Array
 * or a URL they are fetched from), raw RGBA pixels (ImageData), or anything a browser can draw.
 * Elements, bitmaps and video exist in browsers only.
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
  | URL;

/**
 * How alike, in words; each rung asks for more than the next one.
 * - `identical`: the same bytes, or the same pixels after decoding.
 * - `near-duplicate`: the same picture, re-encoded, resized, lightly cropped, retouched or turned.
 * - `similar`: two pictures of the same kind of subject.
 * - `different`: the rest.
 *
 * `models/README.md` says how the bounds were fitted.
 */
export type Verdict = 'identical' | 'near-duplicate' | 'similar' | 'different';

/**
 * What is remembered of a whole picture's pixels, to tell copies from look-alikes. Plain data.
 */
export interface Fingerprint {
  readonly width: number;
  readonly height: number;
  /** 128-bit XXH3 of size and RGB pixels, hexadecimal: equal digests mean equal pixels. */
  readonly digest: string;
  /** Whether the picture has no colour. */
  readonly greyscale: boolean;
  /** 64 × 64 luma, uniform borders trimmed; the perceptual hashes are made from it. */
  readonly luma: Uint8Array;
  /** 64 × 64 luma of the whole picture. */
  readonly fullLuma: Uint8Array;
}

/** An image as the model sees it. Plain data: it can be stored, posted and compared later. */
export interface Embedding {
  /** `<model id>@<weights version>`; only embeddings with equal `model` can be compared. */
  readonly model: string;
  /** Length of `vector`: 1280 for MobileNetV2 and MobileNetV2 lite. */
  readonly dimension: number;
  /** Globally average-pooled features, not normalised; no value is negative. */
  readonly vector: Float32Array;
  /** Without it a verdict is `similar` or `different`: telling copies takes pixels. */
  readonly fingerprint?: Fingerprint;
}

/**
 * How the second picture was made from the first, if it was. Turns are clockwise, and come after
 * mirroring where both are named.
 */
export type Relation =
  | 'mirrored'
  | 'rotated-90'
  | 'rotated-180'
  | 'rotated-270'
  | 'greyscale'
  | 'cropped';

/** What the pixels of two pictures say, beside the model. */
export interface Evidence {
  /** Equal in size and in every pixel after decoding. */
  readonly samePixels: boolean;
  /**
   * Bits that differ, of 64, between perceptual hashes in the orientation that fits best: DCT hash
   * (pHash) and gradient hash (dHash). Strangers differ in about 32.
   */
  readonly hashDistance: { readonly dct: number; readonly gradient: number };
  /**
   * Pearson's correlation of the small grey pictures: of the whole ones, and of one with the best
   * window of the other. −1 to 1.
   */
  readonly correlation: { readonly whole: number; readonly window: number };
  /** How far the near-duplicate rule was from deciding otherwise; near-duplicate from 0 up. */
  readonly margin: number;
  /** Empty unless the verdict is `near-duplicate`. */
  readonly relations: readonly Relation[];
}

/** How alike two embeddings are. */
export interface Similarity {
  /** Calibrated likeness, 0 (nothing in common) to 100 (the same). */
  readonly score: number;
  readonly verdict: Verdict;
  /** Cosine of the angle between the two embeddings, −1 to 1; unrelated photographs are around 0.5. */
  readonly cosine: number;
  /**
   * The same as seen from the model's mean embedding, where it has one (MobileNetV2 does): unrelated
   * photographs are around 0. Score and probability are made of it.
   */
  readonly centredCosine: number;
  /** Calibrated probability that both show the same kind of subject, where half of pairs do; 0–1. */
  readonly probability: number;
  /** Missing where an embedding came without its fingerprint. */
  readonly evidence?: Evidence;
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
 * each pair of cells, one of either picture. Cells cover the centre crop, the square that the model
 * sees: `crop` of the short side.
 */
export interface MatchMap {
  /** Cells a side: 4 for MobileNetV2 lite, 16 in all; 7 for MobileNetV2, 49 in all. */
  readonly grid: number;
  /** Share of the picture's short side that the map covers, in the middle of the picture. */
  readonly crop: number;
  /**
   * What `a`, `b` and `terms` each add up to: the centred cosine (see Similarity) of the pictures as
   * they are, unturned.
   */
  readonly cosine: number;
  /** Contribution of each cell of the first picture; one below 0 makes the pictures less alike. */
  readonly a: Float64Array;
  /** Contribution of each cell of the second picture. */
  readonly b: Float64Array;
  /** cells × cells: the term of the first picture's cell (row) with the second's (column). */
  readonly terms: Float32Array;
  /** The pairs of cells with the largest terms, largest first: what most likely shows the same thing. */
  readonly pairs: readonly CellPair[];
  /** `a` and `b` upsampled to `side` × `side` values from 0 to 1, for drawing. */
  readonly heat: { readonly side: number; readonly a: Float32Array; readonly b: Float32Array };
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
  /** `<model id>@<weights version>` of the model that answered. */
  readonly model: string;
  readonly timings: Timings;
  /** With the option `explain` only. */
  readonly matchMap?: MatchMap;
}

/** What is being made ready before the first answer. */
export type LoadPhase = 'core' | 'model' | 'session';

/** One step of progress; `loaded` never decreases within a phase and never passes `total`. */
export interface LoadProgress {
  readonly phase: LoadPhase;
  /** Bytes that have arrived (for `session`: 0 or 1). */
  readonly loaded: number;
  /** Bytes in all, known beforehand from the model manifest (for `session`: 1). */
  readonly total: number;
}

/** Bounds that are checked before memory is allocated for an image. */
export interface Limits {
  /** Largest accepted file in bytes; 128 MiB unless told otherwise. */
  readonly maxFileBytes: number;
  /** Largest accepted width × height; 100 megapixels unless told otherwise. */
  readonly maxPixels: number;
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

/** What `createLikeness` takes; every field has a default. */
export interface LikenessOptions {
  /**
   * Model id in the manifest; unless told otherwise `mobilenetv2-lite`, which is part of the package.
   */
  readonly model?: string;
  /**
   * Where models that are not part of the package are. Browser: folder that holds `<model>.onnx`;
   * `./models/` beside the document unless told otherwise. Node: a directory to look in first.
   */
  readonly modelBaseUrl?: string | URL;
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
  /** Rejects the call with `aborted`; the next call works. */
  readonly signal?: AbortSignal;
}

/** What `compare` takes. */
export interface CompareOptions extends CallOptions {
  /**
   * Compares the first picture with the second one turned and mirrored in all eight ways, and reports
   * the best: seven more forward passes. Mirror images are named without it, too.
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
  /** Length of an embedding. */
  readonly dimension: number;
  /** SHA-256 of the file in use, hexadecimal. */
  readonly sha256: string;
  /** Whether its scores were fitted on labelled pairs; if not, trust the cosine only. */
  readonly calibrated: boolean;
}

/** What was found out about this browser or runtime. */
export interface RuntimeInfo {
  /**
   * Whether pixels read back from a canvas are the ones drawn: some browsers falsify them against
   * fingerprinting. `unavailable` where there is no canvas (Node).
   */
  readonly canvasReadback: 'exact' | 'falsified' | 'unavailable';
}

/** WebAssembly memory of the core, in bytes. ONNX Runtime's own comes on top. */
export interface MemoryUse {
  /** Now. */
  readonly core: number;
  /** The most it has been since `createLikeness`. */
  readonly corePeak: number;
}

/** A loaded model and everything around it. Make one, use it often, `dispose` of it at the end. */
export interface Likeness {
  readonly model: ModelInfo;
  readonly info: RuntimeInfo;
  /** The embedding of one image. Concurrent calls are queued. */
  embed(image: ImageSource, options?: CallOptions): Promise<Embedding>;
  /** How alike two images are. */
  compare(a: ImageSource, b: ImageSource, options?: CompareOptions): Promise<Comparison>;
  /**
   * How alike two embeddings are; no image and no model is touched.
   * @throws LikenessError `model-mismatch` when they don't both come from this model and its weights,
   *   `zero-embedding` when one of them is all zero, `invalid-argument` when lengths differ.
   */
  similarity(a: Embedding, b: Embedding): Promise<Similarity>;
  /**
   * The tensor that the model sees: 1×3×size×size float32 (size 128 for MobileNetV2 lite, 224 for
   * MobileNetV2), NCHW, normalised, the bits that torchvision computes from the same pixels.
   */
  preprocess(image: ImageSource, options?: CallOptions): Promise<Float32Array>;
  /** How much memory the core takes. */
  memory(): Promise<MemoryUse>;
  /** Frees everything; calls under way and later ones reject with `disposed`. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
