import type { CanvasDecoder, PixelSource } from '../engine/environment.js';
import type { Region, RuntimeInfo } from '../types.js';
import { openDraft } from './draft.js';
import { isTurned } from './frame-turn.js';

/**
 * The file's own pixel values: no colour management, no premultiplication before the canvas's own,
 * and the EXIF orientation applied, once, by the decoder.
 */
export const BITMAP_OPTIONS: ImageBitmapOptions = {
  colorSpaceConversion: 'none',
  premultiplyAlpha: 'none',
  imageOrientation: 'from-image',
};

/** Side of the picture that the probe draws and reads back, in pixels. */
const PROBE_SIDE = 32;
const PROBE_REGION: Region = { x: 0, y: 0, width: PROBE_SIDE, height: PROBE_SIDE };

/** The browser's decoder and canvas. */
export const canvasDecoder: CanvasDecoder = {
  open: async (file) => sourceOf(await createImageBitmap(file, BITMAP_OPTIONS)),
  openDraft: async (...file) => ((await exactFrames()) ? openDraft(...file) : undefined),
  fromBitmap: sourceOf,
};

/**
 * What is opaque is read through a VideoFrame, where that gives the same bytes: it takes a third of the
 * time. (ImageDecoder would spare the bitmap too, but its frames of JPEG files have chroma at half the
 * resolution, converted in its own way: a lossless copy of the file would have other pixels.)
 */
async function sourceOf(bitmap: ImageBitmap): Promise<PixelSource> {
  const frame = (await exactFrames()) ? frameOf(bitmap) : undefined;
  return frame === undefined ? new BitmapSource(bitmap) : new FrameSource(bitmap, frame);
}

let framesAreExact: Promise<boolean> | undefined;

/** Whether frames give the bytes that they were made of; asked once a thread. */
function exactFrames(): Promise<boolean> {
  framesAreExact ??= probeFrames();
  return framesAreExact;
}

/**
 * Undefined for pictures with transparency, which a canvas rounds in its own way, for vast ones, and for those that
 * have yet to be turned upright: their frames hold the pixels as they are stored.
 */
function frameOf(bitmap: ImageBitmap): VideoFrame | undefined {
  try {
    const frame = new VideoFrame(bitmap, { timestamp: 0 });
    const opaque = frame.format === 'RGBX' || frame.format === 'BGRX';
    if (opaque && isTurned(frame) === false) return frame;
    frame.close();
  } catch {
    // The bitmap is still there to be drawn.
  }
  return undefined;
}

/** Not every browser has frames, or turns their pixels into the order that is asked for. */
async function probeFrames(): Promise<boolean> {
  if (typeof VideoFrame === 'undefined') return false;
  const { drawn, bitmap } = await probePicture();
  let frame: VideoFrame | undefined;
  try {
    // Opaque, so that it doesn't matter whether the frame has transparency.
    frame = new VideoFrame(bitmap, { timestamp: 0 });
    const read = await new FrameSource(bitmap, frame).read(PROBE_REGION);
    return read.every((value, index) => value === drawn[index]);
  } catch {
    return false;
  } finally {
    frame?.close();
    bitmap.close();
  }
}

/**
 * Draws known pixels and reads them back: some browsers falsify what a canvas returns (Firefox
 * with resistFingerprinting, Brave, several extensions).
 */
export async function probeCanvasReadback(): Promise<RuntimeInfo['canvasReadback']> {
  if (typeof OffscreenCanvas === 'undefined' || typeof createImageBitmap === 'undefined') {
    return 'unavailable';
  }
  const { drawn, bitmap } = await probePicture();
  const source = new BitmapSource(bitmap);
  try {
    const read = source.read(PROBE_REGION);
    return read.every((value, index) => value === drawn[index]) ? 'exact' : 'falsified';
  } catch {
    return 'falsified';
  } finally {
    source.close();
  }
}

async function probePicture(): Promise<{ drawn: Uint8ClampedArray; bitmap: ImageBitmap }> {
  const drawn = probePixels();
  const image = new ImageData(new Uint8ClampedArray(drawn), PROBE_SIDE, PROBE_SIDE);
  return { drawn, bitmap: await createImageBitmap(image, BITMAP_OPTIONS) };
}

/** Opaque pixels of every brightness, so that any falsification of any value shows. */
function probePixels(): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(PROBE_SIDE * PROBE_SIDE * 4);
  for (let index = 0; index < pixels.length; index += 1) {
    pixels[index] = index % 4 === 3 ? 255 : (index * 89 + 37) % 256;
  }
  return pixels;
}

/** A bitmap, read through a frame that shows it. */
class FrameSource implements PixelSource {
  readonly width: number;
  readonly height: number;
  private band = new Uint8Array(0);

  constructor(
    private readonly bitmap: ImageBitmap,
    private readonly frame: VideoFrame,
  ) {
    this.width = bitmap.width;
    this.height = bitmap.height;
  }

  async read(rect: Region): Promise<Uint8Array> {
    const bytes = rect.width * rect.height * 4;
    if (this.band.byteLength < bytes) this.band = new Uint8Array(bytes);
    const band = this.band.subarray(0, bytes);
    await this.frame.copyTo(band, { rect, format: 'RGBA' });
    return band;
  }

  close(): void {
    this.frame.close();
    this.bitmap.close();
  }
}

/** A bitmap, read through a canvas no larger than the band asked for. */
class BitmapSource implements PixelSource {
  readonly width: number;
  readonly height: number;
  private context: OffscreenCanvasRenderingContext2D | undefined;

  constructor(private readonly bitmap: ImageBitmap) {
    this.width = bitmap.width;
    this.height = bitmap.height;
  }

  read({ x, y, width, height }: Region): Uint8ClampedArray {
    const context = this.contextFor(width, height);
    context.drawImage(this.bitmap, x, y, width, height, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  }

  close(): void {
    this.bitmap.close();
  }

  private contextFor(width: number, height: number): OffscreenCanvasRenderingContext2D {
    const { context } = this;
    const fits = context !== undefined && context.canvas.width >= width;
    if (fits && context.canvas.height >= height) return context;
    const created = new OffscreenCanvas(width, height).getContext('2d', {
      willReadFrequently: true,
      colorSpace: 'srgb',
    });
    if (created === null) throw new Error('the browser gave no 2D canvas');
    created.globalCompositeOperation = 'copy';
    created.imageSmoothingEnabled = false;
    this.context = created;
    return created;
  }
}
