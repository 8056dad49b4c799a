/**
 * sharp (libvips) as a decoder of files, where an application has installed it beside the package. For JPEG it has
 * the bytes of libjpeg-turbo, which are those of Chromium and of Pillow; stb_image's differ by up to 3 levels.
 */
import type { DecodedFile, FileHeader, InstalledDecoder, SizeFor } from '../engine/environment.js';
import { PixelArray } from '../engine/image-processor.js';
import { LikenessError } from '../errors.js';
import {
  damagedFile,
  installCommand,
  missingPackage,
  type OptionalDecoder,
  requireInstalled,
} from './installed.js';

const SHARP = 'sharp';

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

/** libvips's names of formats, by the core's. One of its loaders reads AVIF and HEIC. */
const FORMATS: Readonly<Record<string, string | undefined>> = {
  JPEG: 'jpeg',
  WebP: 'webp',
  AVIF: 'heif',
  TIFF: 'tiff',
  HEIC: 'heif',
  'JPEG XL': 'jxl',
};

/**
 * Whether the EXIF orientation counts, as libvips reads it. The core knows the rules of browsers for that of a JPEG;
 * they don't turn WebP, and libheif and libjxl turn their formats themselves.
 */
const TURNED = ['TIFF'];

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

/** sharp as an optional decoder, loaded once a thread. */
export const sharpDecoder: OptionalDecoder = {
  package: SHARP,
  name: async () => (await loadSharp()).name,
  async load(format) {
    const decoder = await loadSharp();
    if (decoder.reads(format)) return decoder;
    throw new Error(
      `This build of ${SHARP} does not read ${format}, npm's does: ${installCommand(SHARP)}`,
    );
  },
};

function loadSharp(): Promise<SharpDecoder> {
  loading ??= importSharp();
  return loading;
}

async function importSharp(): Promise<SharpDecoder> {
  try {
    return new SharpDecoder((await requireInstalled(SHARP)) as Sharp);
  } catch (error) {
    throw missingPackage(SHARP, error);
  }
}

/** Decodes by sharp, in a thread of libuv's pool. */
export class SharpDecoder implements InstalledDecoder {
  constructor(private readonly sharp: Sharp) {}

  /** What decodes, with its version: other versions may give other pixels. */
  get name(): string {
    const { sharp, vips } = this.sharp.versions;
    return `sharp ${sharp}, libvips ${vips}`;
  }

  /** Whether this build of libvips does. @param format by the core's name */
  reads(format: string): boolean {
    const input = this.sharp.format[FORMATS[format] ?? '']?.input;
    if (!input?.buffer) return false;
    // Which of AVIF and HEIC it is, the names of its files say.
    return format !== 'HEIC' || (input.fileSuffix ?? []).includes('.heic');
  }

  async open(
    file: Uint8Array,
    { format, orientation }: FileHeader,
    sizeFor: SizeFor,
  ): Promise<DecodedFile> {
    try {
      const header = await this.sharp(file, OPTIONS).metadata();
      const { format: name } = header;
      if (name !== FORMATS[format]) throw new Error(`libvips takes it for ${name}`);
      const { width = 0, height = 0 } = header;
      const turn = TURNED.includes(format) ? (header.orientation ?? 1) : orientation;
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
      throw error instanceof LikenessError ? error : damagedFile(format, error);
    }
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
