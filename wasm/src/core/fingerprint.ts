import { LikenessError } from '../errors.js';
import type { Embedding, Fingerprint } from '../types.js';

/**
 * The fingerprint of an embedding, which may come out of anybody's storage.
 * @returns undefined where there is none
 * @throws LikenessError `invalid-argument` when a field has another type than it should
 */
export function fingerprintOf({ fingerprint }: Embedding): Fingerprint | undefined {
  if (fingerprint === undefined || fingerprint === null) return undefined;
  const { width, height, digest, greyscale, luma, fullLuma } = fingerprint;
  const sound =
    Number.isInteger(width) &&
    Number.isInteger(height) &&
    typeof digest === 'string' &&
    typeof greyscale === 'boolean' &&
    luma instanceof Uint8Array &&
    fullLuma instanceof Uint8Array;
  if (sound) return fingerprint;
  throw new LikenessError(
    'invalid-argument',
    'The fingerprint of an embedding is damaged. Store all of its fields, luma and fullLuma as Uint8Array, or leave it out.',
  );
}
