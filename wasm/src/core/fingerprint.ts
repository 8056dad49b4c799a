import { LikenessError } from '../errors.js';
import type { Embedding, Fingerprint } from '../types.js';

/** 128 bits. A damaged digest must not pass: two of them might look like the same pixels. */
const DIGEST = /^[0-9a-f]{32}$/;

/**
 * The fingerprint of an embedding, which may come out of anybody's storage.
 * @returns undefined where there is none
 * @throws LikenessError `invalid-argument` when a field isn't what it should be; the core checks the
 *   lumas' lengths
 */
export function fingerprintOf({ fingerprint }: Embedding): Fingerprint | undefined {
  if (fingerprint === undefined || fingerprint === null) return undefined;
  const { width, height, digest, greyscale, luma, fullLuma } = fingerprint;
  const sound =
    Number.isInteger(width) &&
    Number.isInteger(height) &&
    typeof digest === 'string' &&
    DIGEST.test(digest) &&
    typeof greyscale === 'boolean' &&
    luma instanceof Uint8Array &&
    fullLuma instanceof Uint8Array;
  if (sound) return fingerprint;
  throw new LikenessError(
    'invalid-argument',
    'The fingerprint of an embedding is damaged. Store all of its fields, luma and fullLuma as Uint8Array, or leave it out.',
  );
}
