/**
 * Preprocessing, copies, similarity, calibration and perceptual hashes without ONNX Runtime: for programs that
 * store embeddings, or that run the model themselves. Importing it has no side effect.
 * @packageDocumentation
 */
import { noImageError, preparePlain } from '../api/prepare-plain.js';
import { DEFAULT_MODEL, readOptionsFrom } from '../api/read-options.js';
import { Core } from '../binding/core.js';
import type { CoreFile } from '../engine/environment.js';
import { ImageProcessor } from '../engine/image-processor.js';
import { LikenessError, throwIfAborted } from '../errors.js';
import { readCore } from '../files/read-core.js';
import { readUrl } from '../files/read-url.js';
import { identityOf } from '../models/identity.js';
import { findModel, type ModelEntry, sideOf, withView } from '../models/manifest.js';
import { bytesFrom } from '../realms.js';
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
 * An image that can be read without a browser: the bytes of a JPEG, PNG, BMP or GIF file, a URL from which they
 * are fetched, or RGBA pixels. For other formats, draw the image on a canvas and pass its ImageData.
 */
export type CoreImage = Blob | ArrayBuffer | Uint8Array | URL | ImageData;

/** Options of `createLikenessCore`; every field has a default. */
export interface LikenessCoreOptions {
  /** Id of the model whose preprocessing and calibration are used. Default: `mobilenetv2-lite`. */
  readonly model?: string;
  /** Which part of an image the model sees. Default: the view in the model's manifest entry. */
  readonly view?: View;
  /** Address of `likeness-core.wasm`. Default: beside the package's scripts. */
  readonly wasmUrl?: string | URL;
  /** The bytes of `likeness-core.wasm`; then it isn't fetched. */
  readonly wasmBinary?: Uint8Array | ArrayBuffer;
  /** `likeness-core.wasm`, compiled: for platforms that forbid compiling at run time (Cloudflare Workers). */
  readonly wasmModule?: WebAssembly.Module;
  readonly limits?: Partial<Limits>;
  /** The colour that transparent pixels are composited on. Default: white. */
  readonly background?: Rgb;
  /** Aborts the loading. */
  readonly signal?: AbortSignal;
}

/** What the model and the search for copies need of an image. */
export interface PreprocessedImage {
  /** The model's input, normalised; see Likeness.preprocess. */
  readonly tensor: Tensor;
  readonly fingerprint: Fingerprint;
  readonly detail: PictureDetail;
}

/** What `LikenessCore.examine` compares of an image. */
export type PicturePixels = Pick<PreprocessedImage, 'fingerprint' | 'detail'>;

/** Two 64-bit hashes that stay nearly the same when an image is re-encoded or resized. */
export interface PerceptualHash {
  /** Which of the lowest 8 × 8 frequencies lie above their median (pHash); 16 hexadecimal digits. */
  readonly dct: string;
  /** Where pixels have a brighter right-hand neighbour (dHash); 16 hexadecimal digits. */
  readonly gradient: string;
}

/** The core, set up for one model. It runs in the thread in which it was made. */
export interface LikenessCore {
  /** `<model id>@<weights version>/<view>`, the `model` of its embeddings. */
  readonly model: string;
  /**
   * In pixels: in the view `centre` the side of every input, in the view `whole` that of a square which has
   * about the area of any input.
   */
  readonly inputSize: number;
  /**
   * Decodes and preprocesses an image. Files are read by the core's own decoder on every platform, so the same
   * file gives the same bits everywhere.
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
   * Whether one image was made from the other, and how. The model is not used.
   * @throws LikenessError `invalid-argument`, `out-of-memory`
   */
  examine(a: PicturePixels, b: PicturePixels): Examination;
  /**
   * How alike two embeddings are. Copies are found if both have their fingerprint and detail.
   * @throws LikenessError `model-mismatch`, `zero-embedding`, `invalid-argument`
   */
  similarity(a: Embedding, b: Embedding): Similarity;
  /**
   * The score, probability and verdict of a cosine. Without images the verdict is `similar` or `different`.
   * @param cosine `Similarity.centredCosine`, −1 to 1
   * @throws LikenessError `invalid-argument`
   */
  calibrate(cosine: number): Similarity;
  /** How much each cell of two feature maps contributes to their cosine. @throws LikenessError `zero-embedding` */
  matchMap(featuresA: Tensor, featuresB: Tensor): MatchMap;
  /** The perceptual hashes of an image; uniform borders are left out. */
  perceptualHash(fingerprint: Fingerprint): PerceptualHash;
}

/**
 * Starts the core. It reads no model file and starts no worker, and nothing has to be freed.
 * @throws LikenessError `invalid-argument` for an unknown model or a bad option,
 *   `wasm-load-failed`, `aborted`
 */
export async function createLikenessCore(options: LikenessCoreOptions = {}): Promise<LikenessCore> {
  const entry = withView(findModel(options.model ?? DEFAULT_MODEL), options.view);
  const read = readOptionsFrom(options);
  const core = await Core.load(await readWasm(options), entry);
  throwIfAborted(options.signal);
  const environment = {
    canvasReadback: 'unavailable',
    canvas: undefined,
    decoders: undefined,
    readUrl,
  } as const;
  return new ModelCore(core, new ImageProcessor(environment, core, read), entry);
}

/**
 * How many bits of two hashes differ, 0 to 64. Hashes of unrelated images differ in about 32.
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

function readWasm(options: LikenessCoreOptions): Promise<CoreFile> {
  const { wasmBinary, wasmModule, wasmUrl, signal } = options;
  if (wasmModule !== undefined) return readCore({ module: wasmModule }, signal);
  if (wasmBinary !== undefined) {
    return readCore({ bytes: bytesFrom(wasmBinary) ?? new Uint8Array() }, signal);
  }
  return readCore(wasmUrl === undefined ? undefined : { url: String(wasmUrl) }, signal);
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
    this.inputSize = sideOf(entry);
  }

  async preprocess(image: CoreImage, { signal }: CallOptions = {}): Promise<PreprocessedImage> {
    const prepared = preparePlain(image, false);
    if (prepared === undefined) {
      throw noImageError(image, 'Blob, File, ArrayBuffer, Uint8Array, URL or ImageData');
    }
    const wanted = { fingerprint: true, detail: true };
    const input = await this.processor.read(prepared, wanted, {}, signal);
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
