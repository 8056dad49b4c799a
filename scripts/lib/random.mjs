/**
 * The generator of tests/data/README.md: xorshift32 (G. Marsaglia, "Xorshift RNGs", 2003).
 * @param {number} seed
 * @returns {() => number} whole numbers of 32 bits
 */
export function xorshift32(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/**
 * @param {number} seed
 * @returns {() => number} numbers in [0, 1), of 24 bits: float32 holds them
 */
export function randomFractions(seed) {
  const next = xorshift32(seed);
  return () => (next() >>> 8) / 2 ** 24;
}
