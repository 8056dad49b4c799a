import { LikenessError } from '../errors.js';
import { isUint8Array } from '../realms.js';
import type { Embedding, PictureDetail, PixelSize } from '../types.js';

/**
 * The detail of an embedding, which may come out of anybody's storage.
 * @returns undefined where there is none
 * @throws LikenessError `invalid-argument` when a field isn't what it should be; the core checks that
 *   the pixels are as many as a picture of its size has
 */
export function detailOf({ detail }: Pick<Embedding, 'detail'>): PictureDetail | undefined {
  if (detail === undefined || detail === null) return undefined;
  const { pixels, data } = detail;
  const sound =
    isSize(detail) &&
    isSize(pixels) &&
    isUint8Array(data) &&
    data.length === 3 * pixels.width * pixels.height;
  if (sound) return detail;
  throw new LikenessError(
    'invalid-argument',
    'The detail of an embedding is damaged. Store all of its fields, data as Uint8Array, or leave it out.',
  );
}

function isSize(size: PixelSize | undefined): boolean {
  return size !== undefined && Number.isInteger(size.width) && Number.isInteger(size.height);
}
