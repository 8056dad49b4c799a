import type { Core, InputOptions } from '../binding/core.js';
import type { WireInput } from '../binding/wire.js';
import { asLikenessError, LikenessError, throwIfAborted } from '../errors.js';
import { isBlob, readBlob } from '../realms.js';
import type { Limits, PixelRoad, Region, Rgb } from '../types.js';
import type { EngineEnvironment, PixelSource, PreparedImage } from './environment.js';

/** How images are read; plain data, so that it can be posted to a worker. */
export interface ReadOptions {
  readonly limits: Limits;
  readonly background: Rgb;
  readonly pixelRoad: PixelRoad;
}

/** A tensor, whatever else was wanted, and the ms of each stage. */
export interface TimedInput extends WireInput {
  readonly decode: number;
  readonly preprocess: number;
}

const CANNOT_DECODE = 'The browser could not decode this image';

const CANNOT_READ =
  'Neither this browser nor this package can read the file: use JPEG, PNG, GIF, BMP, WebP or AVIF.';

/** Turns any image into the tensor that the model sees, its fingerprint and its detail. */
export class ImageProcessor {
  constructor(
    private readonly environment: Pick<EngineEnvironment, 'canvas' | 'canvasReadback' | 'readUrl'>,
    private readonly core: Core,
    private readonly options: ReadOptions,
  ) {}

  /**
   * @param wanted beside the tensor
   * @param region the part of the upright picture that counts; all of it unless given
   * @throws LikenessError `unsupported-format`, `corrupt-image`, `image-too-large`,
   *   `out-of-memory`, `fetch-failed`, `invalid-argument`, `aborted`
   */
  async read(
    image: PreparedImage,
    wanted: InputOptions,
    region: Region | undefined,
    signal: AbortSignal | undefined,
  ): Promise<TimedInput> {
    throwIfAborted(signal);
    await this.core.makeReady();
    switch (image.kind) {
      case 'url':
        return this.fromFile(
          await this.environment.readUrl(image.url, this.options.limits, signal),
          wanted,
          region,
          signal,
        );
      case 'file':
        return this.fromFile(image.file, wanted, region, signal);
      case 'bitmap':
        return this.fromPixels(await this.bitmapSource(image.bitmap), wanted, region);
      case 'pixels': {
        const source = new PixelArray(image.width, image.height, image.data);
        return this.fromPixels(source, wanted, region);
      }
    }
  }

  private async fromFile(
    file: Blob | Uint8Array,
    wanted: InputOptions,
    region: Region | undefined,
    signal: AbortSignal | undefined,
  ): Promise<TimedInput> {
    const start = performance.now();
    this.checkFileSize(isBlob(file) ? file.size : file.byteLength);
    const bytes = isBlob(file) ? await readBlob(file) : file;
    throwIfAborted(signal);
    if (!this.takesCanvasRoad()) {
      const input = this.core.inputFromFile(bytes, this.options, wanted, region);
      return { ...input, preprocess: performance.now() - start - input.decode };
    }
    const { source, frames } = await this.openInBrowser(bytes, file);
    try {
      throwIfAborted(signal);
    } catch (error) {
      source.close();
      throw error;
    }
    return this.fromPixels(source, wanted, region, {
      frames,
      decodedIn: performance.now() - start,
    });
  }

  private async fromPixels(
    source: PixelSource,
    wanted: InputOptions,
    region: Region = { x: 0, y: 0, width: source.width, height: source.height },
    { frames, decodedIn } = { frames: 1, decodedIn: 0 },
  ): Promise<TimedInput> {
    try {
      this.checkPixels(source);
      checkRegion(region, source);
      const start = performance.now();
      const { background } = this.options;
      const input = await this.core.inputFromPixels(source, background, wanted, region, frames);
      return {
        ...input,
        decode: decodedIn + input.readBack,
        preprocess: performance.now() - start - input.readBack,
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

  /** The header is checked by the core first: a browser would allocate whatever a file asks for. */
  private async openInBrowser(
    bytes: Uint8Array,
    file: Blob | Uint8Array,
  ): Promise<{ readonly source: PixelSource; readonly frames: number }> {
    const { objection, frames } = this.core.inspect(bytes, this.options.limits);
    if (objection?.code === 'image-too-large') throw objection;
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

  private checkPixels({ width, height }: PixelSource): void {
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
    `The region of ${width} × ${height} pixels at (${x}, ${y}) is not inside the picture of ${picture.width} × ${picture.height} pixels.`,
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
