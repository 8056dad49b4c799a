/**
 * sharp (libvips) as a decoder of files, where an application has installed it beside the package. For JPEG it has
 * the bytes of libjpeg-turbo, which are those of Chromium and of Pillow; stb_image's differ by up to 3 levels.
 */
import type { DecodedFile, FileHeader, NativeDecoder } from '../engine/environment.js';
import { PixelArray } from '../engine/image-processor.js';
import { LikenessError, messageOf } from '../errors.js';
import type { PixelSize } from '../types.js';

/** Named where bundlers don't look: it is what an application installs, or doesn't. */
const SHARP = 'sharp';

/** The command that installs it. */
export const SHARP_CURE = `npm install ${SHARP}`;

/** What is used of sharp: its own types are there only where it is installed. */
interface Sharp {
  (file: Uint8Array, options: SharpOptions): SharpImage;
  /** What its build of libvips reads, by libvips's names. */
  readonly format: Readonly<Record<string, SharpFormat | undefined>>;
  readonly versions: Readonly<Record<string, string | undefined>>;
}

interface SharpFormat {
  readonly input: { readonly buffer: boolean; readonly fileSuffix?: readonly string[] };
}

interface SharpOptions {
  readonly failOn: 'none' | 'truncated' | 'error' | 'warning';
  readonly ignoreIcc: boolean;
  readonly limitInputPixels: number | false;
  readonly sequentialRead: boolean;
}

interface SharpImage {
  metadata(): Promise<SharpMetadata>;
  resize(
    width: number,
    height: number,
    options: { readonly fit: 'fill'; readonly kernel: 'lanczos3' },
  ): SharpImage;
  flip(): SharpImage;
  flop(): SharpImage;
  rotate(angle: number): SharpImage;
  pipelineColourspace(space: 'cmyk'): SharpImage;
  toColourspace(space: 'cmyk' | 'srgb'): SharpImage;
  ensureAlpha(): SharpImage;
  raw(options: { readonly depth: 'uchar' }): SharpImage;
  toBuffer(options: { readonly resolveWithObject: true }): Promise<SharpPixels>;
}

interface SharpMetadata {
  readonly format?: string;
  readonly width?: number;
  readonly height?: number;
  readonly space?: string;
  readonly orientation?: number;
}

interface SharpPixels {
  readonly data: Uint8Array;
  readonly info: { readonly width: number; readonly height: number; readonly channels: number };
}

/** A format that libvips may read. */
interface KnownFormat {
  /** libvips's. */
  readonly name: string;
  /** Whether its EXIF orientation counts, as libvips reads it. libheif applies that of AVIF and HEIC itself. */
  readonly turned?: boolean;
  /** What a build of libvips lacks that can't read it. */
  readonly lacks?: string;
}

/**
 * By the core's names. sharp's prebuilt libvips reads all but the last two. The core knows the rules of browsers for
 * the orientation of a JPEG; they don't turn WebP.
 */
const FORMATS: Readonly<Record<string, KnownFormat | undefined>> = {
  JPEG: { name: 'jpeg' },
  WebP: { name: 'webp' },
  AVIF: { name: 'heif' },
  TIFF: { name: 'tiff', turned: true },
  HEIC: { name: 'heif', lacks: 'a decoder of HEVC, which is patented' },
  'JPEG XL': { name: 'jxl', lacks: 'libjxl' },
};

/** How an image is mirrored, and then rotated clockwise, to be upright: by its EXIF orientation, 1 to 8. */
const UPRIGHT: readonly { readonly mirror?: 'flip' | 'flop'; readonly angle?: number }[] = [
  {},
  { mirror: 'flop' },
  { angle: 180 },
  { mirror: 'flip' },
  { mirror: 'flop', angle: 270 },
  { angle: 90 },
  { mirror: 'flop', angle: 90 },
  { angle: 270 },
];

/** From this orientation on width and height change places. */
const FIRST_ON_ITS_SIDE = 5;

/**
 * Damage that libjpeg repairs with a warning is no error: browsers show such images. Embedded profiles are not
 * applied. How many pixels may be decoded is asked of the caller.
 */
const OPTIONS: SharpOptions = {
  failOn: 'error',
  ignoreIcc: true,
  limitInputPixels: false,
  sequentialRead: true,
};

let loading: Promise<SharpDecoder> | undefined;

/**
 * sharp, loaded once a thread.
 * @throws Error that says how to get it
 */
export function loadSharp(): Promise<SharpDecoder> {
  loading ??= importSharp();
  return loading;
}

/** What decodes JPEG files in Node beside the core, with its version; undefined where only the core does. */
export async function installedDecoder(): Promise<string | undefined> {
  try {
    return (await loadSharp()).name;
  } catch {
    return undefined;
  }
}

async function importSharp(): Promise<SharpDecoder> {
  try {
    const module = await import(/* @vite-ignore */ /* webpackIgnore: true */ SHARP);
    return new SharpDecoder(module.default as Sharp);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    const reason = missing ? '' : ` (it is here, but could not be loaded: ${firstLine(error)})`;
    throw new Error(`In Node, sharp reads most files like it${reason}: ${SHARP_CURE}`, {
      cause: error,
    });
  }
}

/** Decodes by sharp, in a thread of libuv's pool. */
export class SharpDecoder implements NativeDecoder {
  constructor(private readonly sharp: Sharp) {}

  /** What decodes, with its version: other versions may give other pixels. */
  get name(): string {
    const { sharp, vips } = this.sharp.versions;
    return `sharp ${sharp}, libvips ${vips}`;
  }

  async open(
    file: Uint8Array,
    { format, orientation }: FileHeader,
    sizeFor: (original: PixelSize) => PixelSize,
  ): Promise<DecodedFile> {
    const known = this.knownFormat(format);
    try {
      const header = await this.sharp(file, OPTIONS).metadata();
      if (header.format !== known.name) throw new Error(`libvips takes it for ${header.format}`);
      const { width = 0, height = 0 } = header;
      const turn = known.turned ? (header.orientation ?? 1) : orientation;
      const onItsSide = turn >= FIRST_ON_ITS_SIDE;
      const original = onItsSide ? { width: height, height: width } : { width, height };
      const size = sizeFor(original);
      const stored = onItsSide ? { width: size.height, height: size.width } : size;
      let image = this.sharp(file, OPTIONS);
      if (size.width < original.width) {
        image = image.resize(stored.width, stored.height, { fit: 'fill', kernel: 'lanczos3' });
      }
      const pixels = await readPixels(upright(image, turn), header.space === 'cmyk');
      return { source: new PixelArray(size.width, size.height, pixels), original };
    } catch (error) {
      if (error instanceof LikenessError) throw error;
      throw new LikenessError(
        'corrupt-image',
        `The ${format} could not be decoded (${firstLine(error)}): save the picture again.`,
        { cause: error },
      );
    }
  }

  /** @throws LikenessError `unsupported-format` where libvips was built without it */
  private knownFormat(format: string): KnownFormat {
    const known = FORMATS[format];
    const input = known && this.sharp.format[known.name]?.input;
    // One loader reads AVIF and HEIC; which of them can be decoded, its file names say.
    const reads =
      input?.buffer && (format !== 'HEIC' || (input.fileSuffix ?? []).includes('.heic'));
    if (known !== undefined && reads) return known;
    throw new LikenessError(
      'unsupported-format',
      `This build of sharp does not read ${format}: it lacks ${known?.lacks ?? 'the decoder'}. Save the picture as JPEG or PNG.`,
    );
  }
}

function upright(image: SharpImage, orientation: number): SharpImage {
  const { mirror, angle } = UPRIGHT[orientation - 1] ?? {};
  const mirrored = mirror === undefined ? image : image[mirror]();
  return angle === undefined ? mirrored : mirrored.rotate(angle);
}

/** RGBA, alpha not premultiplied. */
async function readPixels(image: SharpImage, cmyk: boolean): Promise<Uint8ClampedArray> {
  const depth = { depth: 'uchar' } as const;
  const whole = { resolveWithObject: true } as const;
  if (cmyk) {
    const inks = image.pipelineColourspace('cmyk').toColourspace('cmyk').raw(depth);
    return fromInks(await inks.toBuffer(whole));
  }
  const { data } = await image.toColourspace('srgb').ensureAlpha().raw(depth).toBuffer(whole);
  return new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength);
}

/** RGBA of cyan, magenta, yellow and black, without a profile: what each ink leaves of the light. */
function fromInks({ data, info }: SharpPixels): Uint8ClampedArray {
  const { width, height, channels } = info;
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let from = 0, to = 0; to < pixels.length; from += channels, to += 4) {
    const light = 255 - (data[from + 3] ?? 0);
    for (let ink = 0; ink < 3; ink += 1) {
      // To the nearest whole number: the array rounds.
      pixels[to + ink] = (light * (255 - (data[from + ink] ?? 0))) / 255;
    }
    pixels[to + 3] = channels > 4 ? (data[from + 4] ?? 255) : 255;
  }
  return pixels;
}

/** libvips says more, line after line, than a message needs. */
function firstLine(error: unknown): string {
  const [line = ''] = messageOf(error).split('\n');
  return line;
}
