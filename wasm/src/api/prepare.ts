import { host } from '#host';
import type { PreparedImage } from '../engine/environment.js';
import { LikenessError } from '../errors.js';
import { isBlob, readBlob } from '../realms.js';
import type { ImageSource } from '../types.js';
import { noImageError, preparePlain } from './prepare-plain.js';

/**
 * Brings any image source into a form that can be posted to a worker, without harming the caller's
 * own object.
 * @param transfer whether the caller gives its buffers away
 * @throws LikenessError `invalid-argument` when it is no image source, `corrupt-image` when it is empty
 */
export async function prepareImage(image: ImageSource, transfer: boolean): Promise<PreparedImage> {
  if (typeof image === 'string') return { kind: 'url', url: urlOf(image) };
  if (isBlob(image) && !host.isPostable(image)) {
    return { kind: 'file', file: await readBlob(image), transfer: true };
  }
  const plain = preparePlain(image, transfer);
  if (plain !== undefined) return plain;
  const drawable =
    typeof image === 'object' && image !== null
      ? await host.prepareDrawable(image, transfer)
      : undefined;
  if (drawable !== undefined) return drawable;
  throw noImageError(
    image,
    'Blob, File, ArrayBuffer, Uint8Array, URL or ImageData; in a browser also an image, canvas, video, ImageBitmap or VideoFrame',
  );
}

/** @throws LikenessError `invalid-argument` */
function urlOf(text: string): string {
  const url = text === '' ? undefined : host.resolveImageUrl(text);
  if (url !== undefined) return url;
  throw new LikenessError(
    'invalid-argument',
    `"${text}" is no URL of an image. Pass an absolute one; for a file in Node pathToFileURL(path).`,
  );
}
