import type { Rgb } from 'image-likeness';
import type { Point, Size } from './geometry.ts';

/** Reads single pixels of pictures that are shown. */
export class PixelReader {
  readonly #context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });

  /** The pixel at a point of a picture; undefined beside it, and where this browser has no canvas. */
  read(picture: HTMLImageElement, { x, y }: Point): Rgb | undefined {
    const context = this.#context;
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const inside =
      column >= 0 && row >= 0 && column < picture.naturalWidth && row < picture.naturalHeight;
    if (!inside || context === null) return undefined;
    context.clearRect(0, 0, 1, 1);
    context.drawImage(picture, column, row, 1, 1, 0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  }
}

/** As in style sheets: `#rrggbb`. */
export function asHex(colour: Rgb): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** The largest difference of a channel, 0 to 255. */
export function differenceOf(first: Rgb, second: Rgb): number {
  return Math.max(...first.map((channel, at) => Math.abs(channel - (second[at] ?? 0))));
}

/** The longest side of what a model is shown, in pixels: it looks at less than that. */
const SHOWN_SIDE = 640;

/**
 * A part of a picture as the model is to see it.
 * @param draw draws the picture on the part
 */
export function cutOut(
  { width, height }: Size,
  draw: (context: OffscreenCanvasRenderingContext2D, scale: number) => void,
): OffscreenCanvas {
  const scale = Math.min(1, SHOWN_SIDE / Math.max(width, height));
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const canvas = new OffscreenCanvas(side(width), side(height));
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('there is no canvas');
  context.imageSmoothingQuality = 'high';
  draw(context, scale);
  return canvas;
}
