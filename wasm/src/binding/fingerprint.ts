import { LikenessError } from '../errors.js';
import { isUint8Array } from '../realms.js';
import type { Embedding, Fingerprint } from '../types.js';

/** Pixels of a luma, 64 × 64. */
const LUMA_PIXELS = 4096;

/** 128 bits. A damaged digest must not pass: two of them might look like the same pixels. */
const DIGEST = /^[0-9a-f]{32}$/;

/**
 * The fingerprint of an embedding, which may come out of anybody's storage.
 * @returns undefined where there is none
 * @throws LikenessError `invalid-argument` when a field isn't what it should be
 */
export function fingerprintOf({
  fingerprint,
}: Pick<Embedding, 'fingerprint'>): Fingerprint | undefined {
  if (fingerprint === undefined || fingerprint === null) return undefined;
  const { width, height, digest, frames, greyscale, luma, fullLuma } = fingerprint;
  const sound =
    isCount(width) &&
    isCount(height) &&
    isCount(frames) &&
    typeof digest === 'string' &&
    DIGEST.test(digest) &&
    typeof greyscale === 'boolean' &&
    isLuma(luma) &&
    isLuma(fullLuma);
  if (sound) return fingerprint;
  throw new LikenessError(
    'invalid-argument',
    'The fingerprint of an embedding is damaged. Store all of its fields, luma and fullLuma as Uint8Array, or leave it out.',
  );
}

function isLuma(luma: Uint8Array): boolean {
  return isUint8Array(luma) && luma.length === LUMA_PIXELS;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
