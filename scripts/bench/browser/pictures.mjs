/** The measured pictures as a browser has them. */
import { LARGE, MEDIUM, paintPicture } from '../picture.mjs';

/**
 * @typedef {object} Pictures
 * @property {ImageData} pixels 12 megapixels
 * @property {ImageBitmap} bitmap the same
 * @property {ImageBitmap} small 224 × 224 pixels of it
 * @property {readonly [Blob, Blob]} large JPEG files of 12 megapixels
 * @property {readonly [Blob, Blob]} medium JPEG files of 1 megapixel
 */

const QUALITY = 0.9;
const SMALL_SIDE = 224;

/** @returns {Promise<Pictures>} */
export async function paintPictures() {
  const pixels = new ImageData(paintPicture(LARGE, 1), LARGE.width, LARGE.height);
  const bitmap = await createImageBitmap(pixels);
  return {
    pixels,
    bitmap,
    small: await createImageBitmap(bitmap, 0, 0, SMALL_SIDE, SMALL_SIDE),
    large: [await jpegOf(LARGE, 1), await jpegOf(LARGE, 2)],
    medium: [await jpegOf(MEDIUM, 1), await jpegOf(MEDIUM, 2)],
  };
}

/**
 * @param {{ width: number, height: number }} size
 * @param {number} seed
 */
function jpegOf({ width, height }, seed) {
  const canvas = new OffscreenCanvas(width, height);
  const pixels = new ImageData(paintPicture({ width, height }, seed), width, height);
  contextOf(canvas).putImageData(pixels, 0, 0);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}

/** @param {OffscreenCanvas} canvas */
export function contextOf(canvas) {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('the browser gave no 2D canvas');
  return context;
}
