/**
 * A vector as the signs of its random projections: two vectors at angle θ differ in each bit with
 * probability θ / π (M. S. Charikar, STOC 2002). The projections are those of two rounds of random
 * signs and a Walsh-Hadamard transform (A. Andoni et al., NeurIPS 2015), from a fixed seed.
 */

/** Bits of a sketch. */
export const SKETCH_BITS = 1536;
/** 32-bit words of a sketch. */
const SKETCH_WORDS = SKETCH_BITS / 32;

const ROUNDS = 2;

/** Makes sketches of vectors of one length; its own buffers make it cheap to call often. */
export class Sketcher {
  readonly #values: Float64Array;
  readonly #signs: Float64Array;

  constructor(dimension: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(SKETCH_BITS, dimension)));
    this.#values = new Float64Array(size);
    this.#signs = randomSigns(size * ROUNDS);
  }

  sketch(vector: Float64Array): Uint32Array {
    const values = this.#values;
    const size = values.length;
    values.fill(0);
    values.set(vector);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let i = 0; i < size; i += 1) {
        values[i] = (values[i] ?? 0) * (this.#signs[round * size + i] ?? 0);
      }
      transform(values);
    }
    const words = new Uint32Array(SKETCH_WORDS);
    for (let bit = 0; bit < SKETCH_BITS; bit += 1) {
      if ((values[bit] ?? 0) > 0) words[bit >> 5] = (words[bit >> 5] ?? 0) | (1 << (bit & 31));
    }
    return words;
  }
}

/** The Walsh-Hadamard transform, in place. */
function transform(values: Float64Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let start = 0; start < values.length; start += 2 * half) {
      for (let i = start; i < start + half; i += 1) {
        const left = values[i] ?? 0;
        const right = values[i + half] ?? 0;
        values[i] = left + right;
        values[i + half] = left - right;
      }
    }
  }
}

/** 1 or −1 each, by xorshift (G. Marsaglia, J. Stat. Softw. 8, 2003). */
function randomSigns(count: number): Float64Array {
  let state = 2463534242;
  return Float64Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0x10000 ? 1 : -1;
  });
}
