import { platform } from '#platform';
import { LikenessError } from './errors.js';
import type { PreparedImage } from './realm.js';
import type { ImageSource } from './types.js';

/**
 * Brings any image source into a form that can be posted to a worker, without harming the caller's
 * own object.
 * @throws LikenessError `invalid-argument` when it is no image source
 */
export async function prepareImage(image: ImageSource): Promise<PreparedImage> {
  if (image instanceof Blob) return { kind: 'file', file: image };
  if (image instanceof Uint8Array) return { kind: 'file', file: image };
  if (image instanceof ArrayBuffer) return { kind: 'file', file: new Uint8Array(image) };
  if (image instanceof URL) return { kind: 'url', url: image.href };
  if (isImageData(image)) return preparePixels(image);
  const drawable =
    typeof image === 'object' && image !== null ? await platform.prepareDrawable(image) : undefined;
  if (drawable !== undefined) return drawable;
  throw new LikenessError(
    'invalid-argument',
    `${describe(image)} is no image source. Pass a Blob, File, ArrayBuffer, Uint8Array, URL or ImageData; in a browser also an image, canvas, video, ImageBitmap or VideoFrame.`,
  );
}

/** By shape, since Node has no ImageData of its own and libraries bring theirs. */
function isImageData(image: unknown): image is ImageData {
  if (typeof image !== 'object' || image === null) return false;
  const { data, width, height } = image as Partial<ImageData>;
  return ArrayBuffer.isView(data) && typeof width === 'number' && typeof height === 'number';
}

function preparePixels({ data, width, height }: ImageData): PreparedImage {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  const bytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  if (!whole || !bytes || data.length !== width * height * 4) {
    throw new LikenessError(
      'invalid-argument',
      `These pixels are not an RGBA image: ${width} × ${height} needs ${width * height * 4} bytes, but there are ${data.length}.`,
    );
  }
  const clamped = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  return { kind: 'pixels', width, height, data: clamped };
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `A ${typeof value}`;
  return `A ${value.constructor?.name ?? 'plain object'}`;
}
