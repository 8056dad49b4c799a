import type { CanvasDecoder, PixelSource } from '../realm.js';
import type { Region, RuntimeInfo } from '../types.js';

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

/** The browser's decoder and canvas. */
export const canvasDecoder: CanvasDecoder = {
  async open(file) {
    return new BitmapSource(await createImageBitmap(file, BITMAP_OPTIONS));
  },
  fromBitmap: (bitmap) => new BitmapSource(bitmap),
};

/**
 * Draws known pixels and reads them back: some browsers falsify what a canvas returns (Firefox
 * with resistFingerprinting, Brave, several extensions).
 */
export async function probeCanvasReadback(): Promise<RuntimeInfo['canvasReadback']> {
  if (typeof OffscreenCanvas === 'undefined' || typeof createImageBitmap === 'undefined') {
    return 'unavailable';
  }
  const drawn = probePixels();
  const image = new ImageData(new Uint8ClampedArray(drawn), PROBE_SIDE, PROBE_SIDE);
  const source = new BitmapSource(await createImageBitmap(image, BITMAP_OPTIONS));
  try {
    const read = source.read({ x: 0, y: 0, width: PROBE_SIDE, height: PROBE_SIDE });
    return read.every((value, index) => value === drawn[index]) ? 'exact' : 'falsified';
  } catch {
    return 'falsified';
  } finally {
    source.close();
  }
}

/** Opaque pixels of every brightness, so that any falsification of any value shows. */
function probePixels(): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(PROBE_SIDE * PROBE_SIDE * 4);
  for (let index = 0; index < pixels.length; index += 1) {
    pixels[index] = index % 4 === 3 ? 255 : (index * 89 + 37) % 256;
  }
  return pixels;
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
