/** The perceptual hashes of core/src/perceptual_hash.cpp, bit for bit, where no module is loaded. */

const SIDE = 64;
const DCT_SIDE = 32;
const HASH_SIDE = 8;
const HASH_BITS = HASH_SIDE * HASH_SIDE;

/** Both hashes, each as its lower and its upper 32 bits: dct, dct, gradient, gradient. */
export type HashWords = readonly [number, number, number, number];

/** 2^14 cos((2 x + 1) u π / 64) as a whole number, at 32 · u + x. */
const BASIS = Float64Array.from({ length: HASH_SIDE * DCT_SIDE }, (_, i) => {
  const [u, x] = [Math.floor(i / DCT_SIDE), i % DCT_SIDE];
  return Math.round(16384 * Math.cos(((2 * x + 1) * u * Math.PI) / (2 * DCT_SIDE)));
});

/** The hashes of a luma, 64 × 64, and of its left-right mirror image, whose odd frequencies are opposite. */
export function hashWordsOf(luma: Uint8Array): { upright: HashWords; mirrored: HashWords } {
  const frequencies = frequenciesOf(luma);
  const opposite = frequencies.map((value, i) => (i % 2 === 1 ? -value : value));
  return {
    upright: [...signBits(frequencies), ...gradientHash(luma)],
    mirrored: [...signBits(opposite), ...gradientHash(mirrored(luma))],
  };
}

/** The left-right mirror image of a 64 × 64 luma. */
function mirrored(luma: Uint8Array): Uint8Array {
  const result = new Uint8Array(luma.length);
  for (let i = 0; i < luma.length; i += 1) result[i] = luma[i ^ (SIDE - 1)] ?? 0;
  return result;
}

/** How many bits of a 32-bit word are set. */
export function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return (((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** The lowest 8 × 8, by rows. Sums of whole numbers below 2^48: doubles are exact. */
function frequenciesOf(luma: Uint8Array): Float64Array {
  const halved = new Float64Array(DCT_SIDE * DCT_SIDE);
  for (let i = 0; i < luma.length; i += 1) {
    const at = (i >> 7) * DCT_SIDE + ((i & (SIDE - 1)) >> 1);
    halved[at] = (halved[at] ?? 0) + (luma[i] ?? 0);
  }
  const rows = new Float64Array(DCT_SIDE * HASH_SIDE);
  for (let y = 0; y < DCT_SIDE; y += 1) {
    for (let u = 0; u < HASH_SIDE; u += 1) {
      let sum = 0;
      for (let x = 0; x < DCT_SIDE; x += 1) {
        sum += (halved[y * DCT_SIDE + x] ?? 0) * (BASIS[u * DCT_SIDE + x] ?? 0);
      }
      rows[y * HASH_SIDE + u] = sum;
    }
  }
  const frequencies = new Float64Array(HASH_BITS);
  for (let v = 0; v < HASH_SIDE; v += 1) {
    for (let u = 0; u < HASH_SIDE; u += 1) {
      let sum = 0;
      for (let y = 0; y < DCT_SIDE; y += 1) {
        sum += (rows[y * HASH_SIDE + u] ?? 0) * (BASIS[v * DCT_SIDE + y] ?? 0);
      }
      frequencies[v * HASH_SIDE + u] = sum;
    }
  }
  return frequencies;
}

/** Which frequencies are above the median. */
function signBits(frequencies: Float64Array): [number, number] {
  const sorted = frequencies.toSorted();
  const twiceMedian = (sorted[HASH_BITS / 2 - 1] ?? 0) + (sorted[HASH_BITS / 2] ?? 0);
  const words: [number, number] = [0, 0];
  for (let i = 0; i < HASH_BITS; i += 1) {
    if (2 * (frequencies[i] ?? 0) > twiceMedian) setBit(words, i);
  }
  return words;
}

/** Neighbours of 9 × 8 areas; a column of the luma counts as 9 units, one of the small picture as 64. */
function gradientHash(luma: Uint8Array): [number, number] {
  const columns = HASH_SIDE + 1;
  const words: [number, number] = [0, 0];
  const sums = new Float64Array(columns + 1);
  for (let row = 0; row < HASH_SIDE; row += 1) {
    sums.fill(0);
    for (let x = 0; x < SIDE; x += 1) {
      let sum = 0;
      for (let y = 0; y < SIDE / HASH_SIDE; y += 1) {
        sum += luma[(row * (SIDE / HASH_SIDE) + y) * SIDE + x] ?? 0;
      }
      const column = Math.floor((x * columns) / SIDE);
      const inside = Math.min((column + 1) * SIDE - x * columns, columns);
      sums[column] = (sums[column] ?? 0) + inside * sum;
      sums[column + 1] = (sums[column + 1] ?? 0) + (columns - inside) * sum;
    }
    for (let i = 0; i < HASH_SIDE; i += 1) {
      if ((sums[i] ?? 0) < (sums[i + 1] ?? 0)) setBit(words, row * HASH_SIDE + i);
    }
  }
  return words;
}

function setBit(words: [number, number], bit: number): void {
  const place = bit < 32 ? 0 : 1;
  words[place] = (words[place] | (1 << (bit & 31))) >>> 0;
}
