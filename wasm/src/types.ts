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

/** How alike, in words. See `models/README.md` for how the bounds were fitted. */
export type Verdict = 'identical' | 'near-duplicate' | 'similar' | 'different';

/** An image as the model sees it. Plain data: it can be stored, posted and compared later. */
export interface Embedding {
  /** `<model id>@<weights version>`; only embeddings with equal `model` can be compared. */
  readonly model: string;
  /** Length of `vector`: 1280 for MobileNetV2. */
  readonly dimension: number;
  /** Globally average-pooled features, not normalised; every value is ≥ 0 after ReLU6. */
  readonly vector: Float32Array;
}

/** How alike two embeddings are. */
export interface Similarity {
  /** Calibrated likeness, 0 (nothing in common) to 100 (the same). */
  readonly score: number;
  readonly verdict: Verdict;
  /** Cosine of the angle between the two embeddings, −1 to 1. */
  readonly cosine: number;
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
  /** Model id in the manifest; `mobilenetv2` unless told otherwise. */
  readonly model?: string;
  /**
   * Browser: folder that holds `<model>.onnx`; `./models/` beside the document unless told
   * otherwise. Node: a directory to look in first.
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

/** The model that answers. */
export interface ModelInfo {
  readonly id: string;
  readonly title: string;
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
  compare(a: ImageSource, b: ImageSource, options?: CallOptions): Promise<Comparison>;
  /**
   * How alike two embeddings are; no image and no model is touched.
   * @throws LikenessError `model-mismatch` when they come from different models or weights,
   *   `zero-embedding` when one of them is all zero, `invalid-argument` when lengths differ.
   */
  similarity(a: Embedding, b: Embedding): Promise<Similarity>;
  /**
   * The tensor that the model sees: 1×3×224×224 float32, NCHW, normalised, the bits that
   * torchvision computes from the same pixels.
   */
  preprocess(image: ImageSource, options?: CallOptions): Promise<Float32Array>;
  /** How much memory the core takes. */
  memory(): Promise<MemoryUse>;
  /** Frees everything; calls under way and later ones reject with `disposed`. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
