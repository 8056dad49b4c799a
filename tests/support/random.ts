import { randomFractions, xorshift32 } from '../../scripts/lib/random.mjs';

/** `count` bytes. */
export function randomBytes(count: number, seed: number): Uint8Array {
  const next = xorshift32(seed);
  return Uint8Array.from({ length: count }, () => next() >>> 24);
}

/** `count` numbers in [0, 1). */
export function randomFloats(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, randomFractions(seed));
}
