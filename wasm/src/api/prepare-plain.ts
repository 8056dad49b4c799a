import type { PreparedImage } from '../engine/environment.js';
import { LikenessError } from '../errors.js';

/**
 * Brings an image source that every platform knows (a file's bytes, a URL, pixels) into a form that
 * can be posted to a worker.
 * @param transfer whether the caller gives its buffers away
 * @returns undefined when it is none of these
 * @throws LikenessError `corrupt-image` when it is empty, `invalid-argument` when pixels and size
 *   don't match
 */
export function preparePlain(image: unknown, transfer: boolean): PreparedImage | undefined {
  if (image instanceof Blob) return { kind: 'file', file: image };
  if (image instanceof Uint8Array) return prepareFile(image, transfer);
  if (image instanceof ArrayBuffer) return prepareFile(image, transfer);
  if (image instanceof URL) return { kind: 'url', url: image.href };
  return isImageData(image) ? { ...preparePixels(image), transfer } : undefined;
}

/** The type of a value that was passed as an image, in words. */
export function describeSource(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `A ${typeof value}`;
  return `A ${value.constructor?.name ?? 'plain object'}`;
}

/** A buffer that was transferred before is empty and can't be posted. */
function prepareFile(file: Uint8Array | ArrayBuffer, transfer: boolean): PreparedImage {
  if (file.byteLength === 0) {
    throw new LikenessError(
      'corrupt-image',
      'The file is empty (0 bytes), or its buffer was transferred before. Choose another file.',
    );
  }
  return {
    kind: 'file',
    file: file instanceof ArrayBuffer ? new Uint8Array(file) : file,
    transfer,
  };
}

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
