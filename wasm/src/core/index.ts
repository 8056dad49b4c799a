/**
 * Preprocessing, similarity, calibration and perceptual hashes without ONNX Runtime: for programs that
 * keep embeddings, or that run the model themselves. Importing it does nothing but define.
 * @packageDocumentation
 */
import { describeSource, preparePlain } from '../api/prepare-plain.js';
import { DEFAULT_MODEL, readOptionsFrom } from '../api/read-options.js';
import { Core } from '../binding/core.js';
import { ImageProcessor } from '../engine/image-processor.js';
import { LikenessError, throwIfAborted } from '../errors.js';
import { readCore } from '../files/read-core.js';
import { readUrl } from '../files/read-url.js';
import { identityOf } from '../models/identity.js';
import { findModel, type ModelEntry, withView } from '../models/manifest.js';
import type {
  CallOptions,
  Embedding,
  Examination,
  Fingerprint,
  Limits,
  MatchMap,
  PictureDetail,
  Rgb,
  Similarity,
  Tensor,
  View,
} from '../types.js';

export { DEFAULT_LIMITS, DEFAULT_MODEL } from '../api/read-options.js';
export { type BuildInfo, buildInfo } from '../build-info.js';
export { type ErrorCode, LikenessError } from '../errors.js';
export type {
  Both,
  CallOptions,
  CellPair,
  Change,
  ChangeKind,
  CopyKind,
  Embedding,
  Evidence,
  Examination,
  Fingerprint,
  Grid,
  HeatMap,
  Limits,
  MatchMap,
  PictureDetail,
  PixelSize,
  Rectangle,
  Registration,
  Rgb,
  Similarity,
  Tensor,
  Verdict,
  View,
} from '../types.js';

/**
 * An image that needs no browser to be read: the bytes of a JPEG, PNG, BMP or GIF file, a URL they
 * are fetched from, or RGBA pixels. For other formats, draw on a canvas and pass its ImageData.
 */
export type CoreImage = Blob | ArrayBuffer | Uint8Array | URL | ImageData;

/** What `createLikenessCore` takes; every field has a default. */
export interface LikenessCoreOptions {
  /** Model whose preprocessing and calibration are used; `mobilenetv2-lite` unless told otherwise. */
  readonly model?: string;
  /** What of a picture the model sees; unless told otherwise what its manifest entry says. */
  readonly view?: View;
  /** Where `likeness-core.wasm` is, if not beside the package's own scripts. */
  readonly wasmUrl?: string | URL;
  /** The bytes of `likeness-core.wasm`; then nothing is asked for. */
  readonly wasmBinary?: Uint8Array | ArrayBuffer;
  readonly limits?: Partial<Limits>;
  /** What transparent pixels are composited on; white unless told otherwise. */
  readonly background?: Rgb;
  /** Aborts the loading. */
  readonly signal?: AbortSignal;
}

/** An image as a model needs it, and as telling copies does. */
export interface PreprocessedImage {
  /** The model's input, normalised; see Likeness.preprocess. */
  readonly tensor: Tensor;
  readonly fingerprint: Fingerprint;
  readonly detail: PictureDetail;
}

/** What is known of a picture's pixels. */
export type PicturePixels = Pick<PreprocessedImage, 'fingerprint' | 'detail'>;

/** Two 64-bit hashes that stay nearly the same when a picture is re-encoded or resized. */
export interface PerceptualHash {
  /** Which of the lowest 8 × 8 frequencies lie above their median (pHash); 16 hexadecimal digits. */
  readonly dct: string;
  /** Where pixels have a brighter right-hand neighbour (dHash); 16 hexadecimal digits. */
  readonly gradient: string;
}

/** The core, set up for one model. It works in the thread it was made in. */
export interface LikenessCore {
  /** `<model id>@<weights version>/<view>`, as embeddings bear it. */
  readonly model: string;
  /** Side of a square input, in pixels. */
  readonly inputSize: number;
  /**
   * Decodes an image and preprocesses it. The core's own decoder reads files, on every platform, so
   * that the same file gives the same bits everywhere.
   * @throws LikenessError `unsupported-format`, `corrupt-image`, `image-too-large`,
   *   `out-of-memory`, `fetch-failed`, `invalid-argument`, `aborted`
   */
  preprocess(image: CoreImage, options?: CallOptions): Promise<PreprocessedImage>;
  /**
   * The embedding of a feature map: the mean of each channel over its cells.
   * @param features what the model returns for a tensor, 1 × channels × rows × columns
   * @throws LikenessError `invalid-argument` for another shape
   */
  embedding(features: Tensor, fingerprint?: Fingerprint): Embedding;
  /**
   * Whether one picture was made from the other, and how: no model is asked.
   * @throws LikenessError `invalid-argument`, `out-of-memory`
   */
  examine(a: PicturePixels, b: PicturePixels): Examination;
  /**
   * How alike two embeddings are. Copies are told where both come with fingerprint and detail.
   * @throws LikenessError `model-mismatch`, `zero-embedding`, `invalid-argument`
   */
  similarity(a: Embedding, b: Embedding): Similarity;
  /**
   * What a cosine is worth: score, probability and a verdict, which without pictures is `similar` or
   * `different`.
   * @param cosine −1 to 1: the one that scores are made of, `Similarity.centredCosine`
   * @throws LikenessError `invalid-argument`
   */
  calibrate(cosine: number): Similarity;
  /** Where the cosine of two feature maps comes from. @throws LikenessError `zero-embedding` */
  matchMap(featuresA: Tensor, featuresB: Tensor): MatchMap;
  /** The perceptual hashes of a picture without its uniform borders. */
  perceptualHash(fingerprint: Fingerprint): PerceptualHash;
}

/**
 * Starts the core. No model file is read and no worker started; nothing has to be freed.
 * @throws LikenessError `invalid-argument` for an unknown model or a bad option,
 *   `wasm-load-failed`, `aborted`
 */
export async function createLikenessCore(options: LikenessCoreOptions = {}): Promise<LikenessCore> {
  const entry = withView(findModel(options.model ?? DEFAULT_MODEL), options.view);
  const read = readOptionsFrom(options);
  const core = await Core.load(await readWasm(options), entry);
  throwIfAborted(options.signal);
  const environment = { canvasReadback: 'unavailable', canvas: undefined, readUrl } as const;
  return new ModelCore(core, new ImageProcessor(environment, core, read), entry);
}

/**
 * How many bits of two hashes differ, 0 to 64. Strangers differ in about 32.
 * @param a 16 hexadecimal digits
 * @param b 16 hexadecimal digits
 * @throws LikenessError `invalid-argument`
 */
export function hashDistance(a: string, b: string): number {
  let different = bitsOf(a) ^ bitsOf(b);
  let count = 0;
  for (; different !== 0n; different &= different - 1n) count += 1;
  return count;
}

function bitsOf(hash: string): bigint {
  if (/^[0-9a-f]{16}$/i.test(hash)) return BigInt(`0x${hash}`);
  throw new LikenessError(
    'invalid-argument',
    `A hash has 16 hexadecimal digits; this is "${hash}".`,
  );
}

function readWasm({ wasmBinary, wasmUrl, signal }: LikenessCoreOptions): Promise<Uint8Array> {
  if (wasmBinary === undefined) {
    return readCore(wasmUrl === undefined ? undefined : { url: String(wasmUrl) }, signal);
  }
  const bytes = wasmBinary instanceof ArrayBuffer ? new Uint8Array(wasmBinary) : wasmBinary;
  return readCore({ bytes }, signal);
}

class ModelCore implements LikenessCore {
  readonly model: string;
  readonly inputSize: number;

  constructor(
    private readonly core: Core,
    private readonly processor: ImageProcessor,
    entry: ModelEntry,
  ) {
    this.model = identityOf(entry);
    this.inputSize = entry.input.size;
  }

  async preprocess(image: CoreImage, { signal }: CallOptions = {}): Promise<PreprocessedImage> {
    const prepared = preparePlain(image, false);
    if (prepared === undefined) {
      throw new LikenessError(
        'invalid-argument',
        `${describeSource(image)} is no image source here. Pass a Blob, File, ArrayBuffer, Uint8Array, URL or ImageData.`,
      );
    }
    const wanted = { fingerprint: true, detail: true };
    const input = await this.processor.read(prepared, wanted, undefined, signal);
    const { tensor, fingerprint, detail } = input;
    if (fingerprint === undefined || detail === undefined) {
      throw new TypeError('The core left out what was asked for.');
    }
    return { tensor, fingerprint, detail };
  }

  examine(a: PicturePixels, b: PicturePixels): Examination {
    return this.core.examine(a, b);
  }

  embedding(features: Tensor, fingerprint?: Fingerprint): Embedding {
    const vector = this.core.pool(features);
    const { model } = this;
    return { model, dimension: vector.length, vector, ...(fingerprint && { fingerprint }) };
  }

  similarity(a: Embedding, b: Embedding): Similarity {
    if (a.model === b.model && a.model !== this.model) {
      throw new LikenessError(
        'model-mismatch',
        `These embeddings come from ${a.model}, but this core is set up for ${this.model}, whose calibration does not fit them. Make a core for the model they come from.`,
      );
    }
    return this.core.similarity(a, b);
  }

  calibrate(cosine: number): Similarity {
    return this.core.rate(cosine);
  }

  matchMap(featuresA: Tensor, featuresB: Tensor): MatchMap {
    return this.core.matchMap(featuresA, featuresB);
  }

  perceptualHash({ luma }: Fingerprint): PerceptualHash {
    return this.core.perceptualHash(luma);
  }
}
