import type { Core, InputOptions } from '../binding/core.js';
import type { WireInput } from '../binding/wire.js';
import { asLikenessError, LikenessError, messageOf, throwIfAborted } from '../errors.js';
import { isBlob, readBlob } from '../realms.js';
import type { Limits, PixelRoad, PixelSize, Region, Rgb } from '../types.js';
import type {
  DecodedFile,
  EngineEnvironment,
  FileHeader,
  InstalledDecoder,
  PixelSource,
  PreparedImage,
} from './environment.js';

/** How images are read; plain data, so that it can be posted to a worker. */
export interface ReadOptions {
  readonly limits: Limits;
  readonly background: Rgb;
  readonly pixelRoad: PixelRoad;
}

/** What of an image is read. */
export interface Reading {
  /** The part of the upright picture that counts; all of it unless given. */
  readonly region?: Region | undefined;
  /** Whether the decoder may reduce it; not where there is a region. */
  readonly draft?: boolean;
}

/** A tensor, whatever else was wanted, and the ms of each stage. */
export interface TimedInput extends WireInput {
  readonly decode: number;
  readonly preprocess: number;
  /** Whether the decoder reduced the picture. */
  readonly draft: boolean;
}

/** A picture to be read from its pixels. */
interface OpenedPicture {
  readonly source: PixelSource;
  /** The size of the picture; that of the source unless given. */
  readonly original?: PixelSize;
  /** Of the file; 1 unless given. */
  readonly frames?: number;
  /** How long it took to decode it, in ms; none unless given. */
  readonly decodedIn?: number;
}

/** libjpeg reduces by 2, 4 or 8; sharp leaves some of it to its own resampling, so that it starts here. */
const LEAST_REDUCTION = 3;

/** Pixels of a draft without a detail: twice as many as the tensor has, and as the image that corners are searched in. */
const DRAFT_AREA = 384 * 288;

const CANNOT_DECODE = 'The browser could not decode this image';

const CANNOT_READ =
  'Neither this browser nor this package can read the file: use JPEG, PNG, GIF, BMP, WebP or AVIF.';

/** Turns any image into the tensor that the model sees, its fingerprint and its detail. */
export class ImageProcessor {
  constructor(
    private readonly environment: Pick<
      EngineEnvironment,
      'canvas' | 'canvasReadback' | 'decoders' | 'readUrl'
    >,
    private readonly core: Core,
    private readonly options: ReadOptions,
  ) {}

  /**
   * @param wanted beside the tensor
   * @throws LikenessError `unsupported-format`, `corrupt-image`, `image-too-large`,
   *   `out-of-memory`, `fetch-failed`, `invalid-argument`, `aborted`
   */
  async read(
    image: PreparedImage,
    wanted: InputOptions,
    reading: Reading,
    signal: AbortSignal | undefined,
  ): Promise<TimedInput> {
    throwIfAborted(signal);
    await this.core.makeReady();
    switch (image.kind) {
      case 'url':
        return this.fromFile(
          await this.environment.readUrl(image.url, this.options.limits, signal),
          wanted,
          reading,
          signal,
        );
      case 'file':
        return this.fromFile(image.file, wanted, reading, signal);
      case 'bitmap': {
        const source = await this.bitmapSource(image.bitmap);
        return this.fromPixels({ source }, wanted, reading.region);
      }
      case 'pixels': {
        const source = new PixelArray(image.width, image.height, image.data);
        return this.fromPixels({ source }, wanted, reading.region);
      }
    }
  }

  private async fromFile(
    file: Blob | Uint8Array,
    wanted: InputOptions,
    { region, draft = false }: Reading,
    signal: AbortSignal | undefined,
  ): Promise<TimedInput> {
    const start = performance.now();
    this.checkFileSize(isBlob(file) ? file.size : file.byteLength);
    const bytes = isBlob(file) ? await readBlob(file) : file;
    throwIfAborted(signal);
    const reducible = draft && region === undefined && wanted;
    const opened = this.takesCanvasRoad()
      ? await this.openInBrowser(bytes, file, reducible)
      : await this.openInstalled(bytes, reducible);
    try {
      throwIfAborted(signal);
    } catch (error) {
      opened?.source.close();
      throw error;
    }
    if (opened === undefined) {
      const input = this.core.inputFromFile(bytes, this.options, wanted, region);
      return { ...input, preprocess: performance.now() - start - input.decode, draft: false };
    }
    return this.fromPixels({ ...opened, decodedIn: performance.now() - start }, wanted, region);
  }

  private async fromPixels(
    { source, original = source, frames = 1, decodedIn = 0 }: OpenedPicture,
    wanted: InputOptions,
    region: Region = { x: 0, y: 0, width: source.width, height: source.height },
  ): Promise<TimedInput> {
    try {
      this.checkPixels(original);
      checkRegion(region, source);
      const draft = source.width < original.width;
      const start = performance.now();
      const input = await this.core.inputFromPixels(
        source,
        this.options.background,
        wanted,
        region,
        draft ? original : region,
        frames,
      );
      return {
        ...input,
        decode: decodedIn + input.readBack,
        preprocess: performance.now() - start - input.readBack,
        draft,
      };
    } finally {
      source.close();
    }
  }

  private takesCanvasRoad(): boolean {
    const { pixelRoad } = this.options;
    if (this.environment.canvas === undefined || pixelRoad === 'core') return false;
    return pixelRoad === 'canvas' || this.environment.canvasReadback === 'exact';
  }

  /**
   * The header is checked by the core first: a browser would allocate whatever a file asks for.
   * @param draft what is wanted of a picture that may be reduced
   */
  private async openInBrowser(
    bytes: Uint8Array,
    file: Blob | Uint8Array,
    draft: InputOptions | false,
  ): Promise<OpenedPicture> {
    const { objection, frames, size, ...header } = this.core.inspect(bytes, this.options.limits);
    if (objection?.code === 'image-too-large') throw objection;
    if (draft && size !== undefined) {
      const source = await this.openDraftInBrowser(bytes, header, size, draft);
      if (source !== undefined) return { source, original: size, frames };
    }
    try {
      const blob = isBlob(file) ? file : new Blob([bytes as Uint8Array<ArrayBuffer>]);
      if (this.environment.canvas === undefined) throw new Error('there is no canvas here');
      return { source: await this.environment.canvas.open(blob), frames };
    } catch (error) {
      if (objection?.code === 'unsupported-format') {
        throw new LikenessError('unsupported-format', CANNOT_READ, { cause: objection });
      }
      throw objection ?? asLikenessError(error, 'corrupt-image', CANNOT_DECODE);
    }
  }

  /** @returns undefined where the picture can't be reduced, or is hardly larger than its draft would be */
  private async openDraftInBrowser(
    bytes: Uint8Array,
    header: FileHeader,
    original: PixelSize,
    wanted: InputOptions,
  ): Promise<PixelSource | undefined> {
    const size = this.sizeFor(original, header, wanted);
    if (size.width === original.width) return undefined;
    return this.environment.canvas?.openDraft(bytes, header, original, size);
  }

  /**
   * Opens a file by the decoder that is installed beside the package, if it is one that has to be read by that or is
   * read better. The header is checked by the core first, here as well.
   * @param draft what is wanted of a picture that may be reduced
   * @returns undefined where the core is to read the file, or to say why it can't be read
   */
  private async openInstalled(
    bytes: Uint8Array,
    draft: InputOptions | false,
  ): Promise<(DecodedFile & { readonly frames: number }) | undefined> {
    const { decoders } = this.environment;
    if (decoders === undefined || this.options.pixelRoad === 'core') return undefined;
    const { objection, frames, size: _, ...header } = this.core.inspect(bytes, this.options.limits);
    const { format } = header;
    const load = decoders[format];
    if (load === undefined) return undefined;
    if (objection?.code === 'image-too-large') throw objection;
    let decoder: InstalledDecoder;
    try {
      decoder = await load();
    } catch (error) {
      if (objection?.code !== 'unsupported-format') return undefined;
      throw new LikenessError('unsupported-format', `${objection.message}. ${messageOf(error)}`, {
        cause: error,
      });
    }
    const opened = await decoder.open(bytes, header, (original) => {
      this.checkPixels(original);
      return draft ? this.sizeFor(original, header, draft) : original;
    });
    return { ...opened, frames };
  }

  /**
   * To which size a file may be reduced: that of the detail, or less where only tensor, fingerprint and sketch are made;
   * the picture's own where that is hardly larger, and where it is no JPEG.
   */
  private sizeFor(
    original: PixelSize,
    { format }: FileHeader,
    { detail = false }: InputOptions,
  ): PixelSize {
    if (format !== 'JPEG') return original;
    const { width, height } = this.core.detailSize(original);
    if (Math.max(original.width, original.height) < LEAST_REDUCTION * Math.max(width, height)) {
      return original;
    }
    const scale = detail ? 1 : Math.min(1, Math.sqrt(DRAFT_AREA / (width * height)));
    return { width: Math.ceil(scale * width), height: Math.ceil(scale * height) };
  }

  private async bitmapSource(bitmap: ImageBitmap): Promise<PixelSource> {
    if (this.environment.canvas === undefined) {
      bitmap.close();
      throw new LikenessError('invalid-argument', 'Bitmaps can only be read in a browser.');
    }
    return this.environment.canvas.fromBitmap(bitmap);
  }

  private checkFileSize(bytes: number): void {
    const { maxFileBytes } = this.options.limits;
    if (bytes === 0) {
      throw new LikenessError('corrupt-image', 'The file is empty (0 bytes). Choose another file.');
    }
    if (bytes > maxFileBytes) {
      throw new LikenessError(
        'image-too-large',
        `The file has ${bytes} bytes, over the limit of ${maxFileBytes} (limits.maxFileBytes).`,
      );
    }
  }

  private checkPixels({ width, height }: PixelSize): void {
    const { maxPixels, maxSide } = this.options.limits;
    const excess =
      Math.max(width, height) > maxSide
        ? `${maxSide} a side (limits.maxSide)`
        : width * height > maxPixels && `${maxPixels} in all (limits.maxPixels)`;
    if (excess === false) return;
    throw new LikenessError(
      'image-too-large',
      `The image has ${width} × ${height} pixels, the limit is ${excess}. Use a smaller one or raise the limit.`,
    );
  }
}

/** The same rule as ImageView::part in core/, for pixels that are not in the core yet. */
function checkRegion({ x, y, width, height }: Region, picture: PixelSource): void {
  const inside =
    x >= 0 &&
    y >= 0 &&
    width >= 1 &&
    height >= 1 &&
    x + width <= picture.width &&
    y + height <= picture.height;
  if (inside) return;
  throw new LikenessError(
    'invalid-argument',
    `The region of ${width} × ${height} pixels at (${x}, ${y}) is not inside the image of ${picture.width} × ${picture.height} pixels.`,
  );
}

/** RGBA pixels that are in memory already. */
export class PixelArray implements PixelSource {
  constructor(
    readonly width: number,
    readonly height: number,
    private readonly data: Uint8ClampedArray,
  ) {}

  read({ x, y, width, height }: Region): Uint8ClampedArray {
    const row = (index: number): Uint8ClampedArray => {
      const start = ((y + index) * this.width + x) * 4;
      return this.data.subarray(start, start + width * 4);
    };
    if (width === this.width) {
      return this.data.subarray(y * width * 4, (y + height) * width * 4);
    }
    const part = new Uint8ClampedArray(width * height * 4);
    for (let index = 0; index < height; index += 1) part.set(row(index), index * width * 4);
    return part;
  }

  close(): void {}
}
