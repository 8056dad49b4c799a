/** The generator of tests/data/README.md: xorshift32 (G. Marsaglia, "Xorshift RNGs", 2003). */
function xorshift32(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/** `count` bytes. */
export function randomBytes(count: number, seed: number): Uint8Array {
  const next = xorshift32(seed);
  return Uint8Array.from({ length: count }, () => next() >>> 24);
}

/** `count` numbers in [0, 1). */
export function randomFloats(count: number, seed: number): Float32Array {
  const next = xorshift32(seed);
  return Float32Array.from({ length: count }, () => (next() >>> 8) / 2 ** 24);
}
