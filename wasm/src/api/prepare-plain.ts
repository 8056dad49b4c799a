import type { PreparedImage } from '../engine/environment.js';
import { LikenessError } from '../errors.js';
import { bytesFrom, isBlob, kindOf } from '../realms.js';

/**
 * Brings an image source that every platform knows (a file's bytes, a URL, pixels) into a form that
 * can be posted to a worker.
 * @param transfer whether the caller gives its buffers away
 * @returns undefined when it is none of these
 * @throws LikenessError `corrupt-image` when it is empty, `invalid-argument` when pixels and size
 *   don't match
 */
export function preparePlain(image: unknown, transfer: boolean): PreparedImage | undefined {
  if (isBlob(image)) return { kind: 'file', file: image };
  const bytes = bytesFrom(image);
  if (bytes !== undefined) return prepareFile(bytes, transfer);
  if (kindOf(image) === 'URL') return { kind: 'url', url: (image as URL).href };
  return isImageData(image) ? { ...preparePixels(image), transfer } : undefined;
}

/** What to do with values that are nearly an image. */
const CURES: Readonly<Record<string, string>> = {
  Promise: 'Await it first.',
  Uint8ClampedArray: 'Pixels need their size: pass { data, width, height }.',
};

/**
 * Says that a value is no image.
 * @param sources what can be passed instead, in words
 */
export function noImageError(value: unknown, sources: string): LikenessError {
  const cure = CURES[kindOf(value)] ?? `Pass a ${sources}.`;
  return new LikenessError('invalid-argument', `${nameOf(value)} is no image source. ${cure}`);
}

/** The type of a value, in words. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const name = typeof value === 'object' ? nameOfClass(value) : typeof value;
  return `${/^[aeio]/i.test(name) ? 'An' : 'A'} ${name}`;
}

function nameOfClass(value: object): string {
  const { name } = value.constructor ?? {};
  return typeof name === 'string' && name !== '' ? name : 'object';
}

/** A buffer that was transferred before is empty and can't be posted. */
function prepareFile(file: Uint8Array, transfer: boolean): PreparedImage {
  if (file.byteLength === 0) {
    throw new LikenessError(
      'corrupt-image',
      'The file is empty (0 bytes), or its buffer was transferred before. Choose another file.',
    );
  }
  return { kind: 'file', file, transfer };
}

/** What the pixels of an ImageData may be in. */
const PIXEL_ARRAYS = ['Uint8ClampedArray', 'Uint8Array'];

/** By shape, since Node has no ImageData of its own and libraries bring theirs. */
function isImageData(image: unknown): image is ImageData {
  if (typeof image !== 'object' || image === null) return false;
  const { data, width, height } = image as Partial<ImageData>;
  return ArrayBuffer.isView(data) && typeof width === 'number' && typeof height === 'number';
}

function preparePixels({
  data,
  width,
  height,
}: ImageData): Extract<PreparedImage, { kind: 'pixels' }> {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!PIXEL_ARRAYS.includes(kindOf(data))) {
    throw new LikenessError(
      'invalid-argument',
      `Pixels must be a Uint8ClampedArray or a Uint8Array, 4 bytes each (RGBA); these are a ${kindOf(data)}.`,
    );
  }
  if (!whole || data.length !== width * height * 4) {
    throw new LikenessError(
      'invalid-argument',
      `These pixels are not an RGBA image: ${width} × ${height} needs ${width * height * 4} bytes, but there are ${data.length}.`,
    );
  }
  const clamped = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  return { kind: 'pixels', width, height, data: clamped };
}
