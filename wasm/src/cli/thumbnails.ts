/** Small pictures for a page. */

import { inOrder } from '../api/in-order.js';
import { encode } from '../libraries/jpeg-js.js';
import type { PictureDetail, PixelSize } from '../types.js';
import type { Picture, PictureReader } from './pictures.js';

/** Pixels of the long side. */
const SIDE = 256;

const QUALITY = 75;

/** The most pictures that a page shows, and the most bytes of them all: a browser has to open it. */
const LIMITS = { count: 2000, bytes: 48e6 };

/** For each of the first pictures one as small as a page shows it, as a URL; undefined where it can't be made. */
export async function thumbnailsOf(
  pictures: readonly Picture[],
  reader: PictureReader,
  limits = LIMITS,
): Promise<(string | undefined)[]> {
  const thumbnails: (string | undefined)[] = [];
  const shown = pictures.slice(0, limits.count);
  const { progress, likeness } = reader;
  const ahead = likeness.info.workers + 1;
  let bytes = 0;
  try {
    for await (const detail of inOrder(
      shown,
      (picture) => reader.detailOf(picture, true),
      ahead,
      undefined,
    )) {
      progress.show(`making preview ${thumbnails.length + 1} of ${shown.length}`);
      const thumbnail = detail && thumbnailOf(detail);
      bytes += thumbnail?.length ?? 0;
      if (bytes > limits.bytes) break;
      thumbnails.push(thumbnail);
    }
  } finally {
    progress.clear();
  }
  return thumbnails;
}

/** A picture as a small JPEG file, as a URL that holds all of it. */
function thumbnailOf(detail: PictureDetail): string {
  const size = fitted(detail.pixels);
  const data = averaged(detail, size);
  const file = encode({ data, ...size }, QUALITY).data;
  return `data:image/jpeg;base64,${file.toString('base64')}`;
}

/** The same shape, no side longer than SIDE. */
function fitted({ width, height }: PixelSize): PixelSize {
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const scaled = (side: number): number => Math.max(1, Math.round(side * scale));
  return { width: scaled(width), height: scaled(height) };
}

/** RGBA, each pixel the mean of those that it stands for. */
function averaged({ data, pixels }: PictureDetail, { width, height }: PixelSize): Buffer {
  const result = Buffer.alloc(width * height * 4, 255);
  for (let y = 0; y < height; y += 1) {
    const [top, bottom] = spanOf(y, height, pixels.height);
    for (let x = 0; x < width; x += 1) {
      const [left, right] = spanOf(x, width, pixels.width);
      let [red, green, blue] = [0, 0, 0];
      for (let row = top; row < bottom; row += 1) {
        const end = 3 * (row * pixels.width + right);
        for (let at = 3 * (row * pixels.width + left); at < end; at += 3) {
          red += data[at] ?? 0;
          green += data[at + 1] ?? 0;
          blue += data[at + 2] ?? 0;
        }
      }
      const count = (bottom - top) * (right - left);
      const mean = [red, green, blue].map((sum) => Math.round(sum / count));
      result.set(mean, 4 * (y * width + x));
    }
  }
  return result;
}

/** Where the pixels begin and end that one of fewer stands for: at least one. */
function spanOf(at: number, count: number, of: number): readonly [start: number, end: number] {
  const start = Math.floor((at * of) / count);
  return [start, Math.max(start + 1, Math.floor(((at + 1) * of) / count))];
}
