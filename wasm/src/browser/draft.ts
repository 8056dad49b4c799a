/** Large JPEG files, which the browser's ImageDecoder reduces while it decodes them. */
import type { FileHeader, PixelSource } from '../engine/environment.js';
import { PixelArray } from '../engine/image-processor.js';
import type { PixelSize } from '../types.js';
import { isTurned } from './frame-turn.js';

/** libjpeg reduces to an eighth, two eighths … of the sides. */
const STEPS = 8;

/** EXIF's orientation of a picture that is stored as it is shown. */
const UPRIGHT = 1;

/** What this browser is taken to do until it doesn't. */
const abilities = { reduces: true, leavesTurning: true };

/**
 * Chromium has libjpeg reduce pictures to the largest step that is no larger than what is asked for, and leaves it to
 * those who read its frames to turn them. Firefox scales to just that size, and may have turned the picture already: it
 * doesn't say.
 * @param original size of the upright picture
 * @param size that the upright draft should have at least
 * @returns undefined where the browser doesn't reduce the picture
 */
export async function openDraft(
  file: Uint8Array,
  { orientation }: Pick<FileHeader, 'orientation'>,
  original: PixelSize,
  size: PixelSize,
): Promise<PixelSource | undefined> {
  if (typeof ImageDecoder === 'undefined' || !abilities.reduces) return undefined;
  if (orientation !== UPRIGHT && !abilities.leavesTurning) return undefined;
  const steps = Math.ceil((STEPS * size.width) / original.width);
  const stored = swapsAxes(orientation) ? turned(original) : original;
  const decoder = new ImageDecoder({
    data: file as Uint8Array<ArrayBuffer>,
    type: 'image/jpeg',
    colorSpaceConversion: 'none',
    desiredWidth: Math.ceil((stored.width * steps) / STEPS),
    desiredHeight: Math.ceil((stored.height * steps) / STEPS),
  });
  try {
    const { image } = await decoder.decode();
    abilities.reduces = image.codedWidth * image.codedHeight < original.width * original.height;
    abilities.leavesTurning &&= orientation === UPRIGHT || isTurned(image) === true;
    if (abilities.reduces && (orientation === UPRIGHT || abilities.leavesTurning)) {
      return await readFrame(image, orientation);
    }
    image.close();
    return undefined;
  } catch {
    // What is wrong with the file is said where it is read whole.
    return undefined;
  } finally {
    decoder.close();
  }
}

async function readFrame(frame: VideoFrame, orientation: number): Promise<PixelSource> {
  const { codedWidth: width, codedHeight: height } = frame;
  try {
    const pixels = new Uint32Array(width * height);
    await frame.copyTo(pixels, { format: 'RGBA' });
    return uprightPixels(pixels, { width, height }, orientation);
  } finally {
    frame.close();
  }
}

/** EXIF 2.32, tag 0x0112: whether rows of the stored picture are columns of the upright one. */
function swapsAxes(orientation: number): boolean {
  return orientation >= 5;
}

function turned({ width, height }: PixelSize): PixelSize {
  return { width: height, height: width };
}

/** The upright picture, one number a pixel. */
function uprightPixels(stored: Uint32Array, size: PixelSize, orientation: number): PixelSource {
  const { width, height } = swapsAxes(orientation) ? turned(size) : size;
  // Which way the upright picture's first row and first column go through the stored one.
  const column = [2, 3, 7, 8].includes(orientation) ? -1 : 1;
  const row = [3, 4, 6, 7].includes(orientation) ? -size.width : size.width;
  const start = (column < 0 ? size.width - 1 : 0) + (row < 0 ? stored.length - size.width : 0);
  const [right, down] = swapsAxes(orientation) ? [row, column] : [column, row];
  const pixels = new Uint32Array(stored.length);
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0, from = start + y * down; x < width; x += 1, from += right, to += 1) {
      pixels[to] = stored[from] ?? 0;
    }
  }
  return new PixelArray(width, height, new Uint8ClampedArray(pixels.buffer));
}
