import type { Fingerprint } from '../types.js';
import { Buckets, differencesOf } from './buckets.js';
import { bitCount, hashWordsOf } from './hashes.js';
import { SKETCH_BITS } from './sketch.js';

/** 32-bit words of the sketches, and their bits, that the angle of two pictures is estimated from. */
const ANGLE_WORDS = 16;
const ANGLE_BITS = 32 * ANGLE_WORDS;

/**
 * Bits that the angle is underestimated by before a pair is refused: more than four standard deviations
 * of the estimate.
 */
const SLACK_BITS = 50;

/** Bits of both hashes together, 128, that a copy's may differ in at most. */
const MOST_HASH_BITS = 20;

/** The least cosine of a copy, of embeddings as they are. */
const LEAST_COSINE = 0.8;

/** Words that a hash of 64 bits makes. */
const HASH_WORDS = 3;
const HASH_WORD_BITS = 21;
const HASH_DIFFERENCES = differencesOf(HASH_WORD_BITS, 3);

/** Words that a sketch makes. */
const SKETCH_WORD_BITS = 20;
const SKETCH_WORDS = Math.floor(SKETCH_BITS / SKETCH_WORD_BITS);
const SKETCH_DIFFERENCES = differencesOf(SKETCH_WORD_BITS, 2);

/** So many pictures are sooner looked at one by one than looked up. */
const LOOKED_AT_ALL = 2048;

/** Words of a row: two pairs of hashes, then a part of the sketch. */
const SKETCH_PLACE = 8;
const ROW_WORDS = SKETCH_PLACE + ANGLE_WORDS;

/** The hashes that a picture may be compared by, four words each; see HashWords. */
export interface Hashed {
  /** Without borders and, where it has any, with them. */
  readonly upright: Uint32Array;
  /** The same in the seven other ways in which it may be turned and mirrored. */
  readonly turned: Uint32Array;
}

/** A picture as candidates are found by. */
export interface Signature extends Hashed {
  /** Of its centred embedding. */
  readonly sketch: Uint32Array;
  /** Length of the centred embedding, where the embedding's own is 1. */
  readonly length: number;
  /** Dot product of the embedding of length 1 and the model's mean. */
  readonly onMean: number;
  /** The embedding as it is, and its length. */
  readonly vector: Float32Array;
  readonly norm: number;
  /** Of all pixels. */
  readonly digest: string;
}

/** The hashes of a fingerprint, upright and turned. */
export function hashesOf({ luma, fullLuma }: Fingerprint): Hashed {
  const lumas = sameBytes(luma, fullLuma) ? [luma] : [luma, fullLuma];
  const upright: number[] = [];
  const turned: number[] = [];
  for (const each of lumas) {
    const own = hashWordsOf(each);
    upright.push(...own.upright);
    turned.push(...own.mirrored);
    const across = transposed(each);
    for (const other of [upsideDown(each), across, upsideDown(across)]) {
      const hashes = hashWordsOf(other);
      turned.push(...hashes.upright, ...hashes.mirrored);
    }
  }
  return { upright: Uint32Array.from(upright), turned: Uint32Array.from(turned) };
}

/** The rows of a 64 × 64 luma in the opposite order. */
function upsideDown(luma: Uint8Array): Uint8Array {
  return luma.map((_, i) => luma[i ^ (63 * 64)] ?? 0);
}

/** Rows of a 64 × 64 luma for columns. */
function transposed(luma: Uint8Array): Uint8Array {
  return luma.map((_, i) => luma[(i & 63) * 64 + (i >> 6)] ?? 0);
}

/**
 * Finds pictures that may be near-duplicates of a new one among those before it, by any of two
 * perceptual hashes and the embedding.
 *
 * Hashes: multi-index hashing (M. Norouzi et al., CVPR 2012) over three words of 21 bits, each within
 * three bits: nothing within 11 bits of 64 is missed, however it was turned. Embeddings: locality-sensitive
 * hashing of 76 words of 20 random hyperplanes, each within two bits. Of strangers that finds about one in
 * 40. Of what is found those stay whose hashes together differ in 20 bits of 128 at most, or whose cosine
 * is at least 0.8. The batches that pictures come in change nothing.
 * The first 2,048 pictures are held against each other without being looked up.
 *
 * The chance to miss a pair by its embedding alone is (1 − P)^76, P being the chance that at most two of
 * 20 bits differ: 1e-7 at a centred cosine of 0.8, 0.1 % at 0.7, 5 % at 0.6. A pair is missed when its
 * hashes both differ in 12 bits or more as well.
 */
export class CandidateIndex {
  readonly #signatures: (Signature | undefined)[] = [];
  /** Of each picture what it is refused by, side by side: memory is what looking at many takes. */
  #rows = new Uint32Array(1024 * ROW_WORDS);
  /** Of each picture `length` and `onMean`. */
  #lengths = new Float64Array(1024 * 2);
  readonly #hashTables = Array.from(
    { length: 2 * HASH_WORDS },
    () => new Buckets(HASH_WORD_BITS, HASH_DIFFERENCES),
  );
  readonly #sketchTables = Array.from(
    { length: SKETCH_WORDS },
    () => new Buckets(SKETCH_WORD_BITS, SKETCH_DIFFERENCES),
  );
  /** Items by entry of a hash table; a picture with borders has two. */
  readonly #hashItems: number[] = [];
  readonly #sketchItems: number[] = [];
  /** The last item that each item was looked at for. */
  #seen = new Int32Array(1024).fill(-1);

  /** @param squaredMean squared length of the mean embedding */
  constructor(private readonly squaredMean: number) {}

  get size(): number {
    return this.#signatures.length;
  }

  /**
   * Adds a picture.
   * @param signature undefined: it has no fingerprint, so no near-duplicates
   * @returns the candidates among those before it, ascending
   */
  add(signature: Signature | undefined): number[] {
    const item = this.#signatures.length;
    const found = signature === undefined ? [] : this.#find(signature, item);
    this.#signatures.push(signature);
    if (signature === undefined) return found;
    this.#keepRow(item, signature);
    for (let at = 0; at < signature.upright.length; at += 4) {
      for (const [table, word] of hashWords(signature.upright, at).entries()) {
        this.#hashTables[table]?.add(word);
      }
      this.#hashItems.push(item);
    }
    for (const [table, word] of sketchWords(signature.sketch).entries()) {
      this.#sketchTables[table]?.add(word);
    }
    this.#sketchItems.push(item);
    return found;
  }

  /** Forgets all pictures but the first `count`. */
  keepFirst(count: number): void {
    this.#signatures.length = Math.min(count, this.#signatures.length);
    for (const [items, tables] of [
      [this.#hashItems, this.#hashTables],
      [this.#sketchItems, this.#sketchTables],
    ] as const) {
      while ((items.at(-1) ?? -1) >= count) items.pop();
      for (const table of tables) table.keepFirst(items.length);
    }
    this.#seen.fill(-1);
  }

  #find(signature: Signature, item: number): number[] {
    if (item < LOOKED_AT_ALL) {
      return Array.from({ length: item }, (_, other) => other).filter(
        (other) => this.#signatures[other] !== undefined && this.#mayBeNear(other, signature),
      );
    }
    if (this.#seen.length <= item) {
      const seen = new Int32Array(item * 2).fill(-1);
      seen.set(this.#seen);
      this.#seen = seen;
    }
    const found: number[] = [];
    const seen = this.#seen;
    const look = (other: number): void => {
      if (seen[other] === item) return;
      seen[other] = item;
      if (this.#mayBeNear(other, signature)) found.push(other);
    };
    const byHash = (entry: number): void => look(this.#hashItems[entry] ?? 0);
    for (const hashes of [signature.upright, signature.turned]) {
      for (let at = 0; at < hashes.length; at += 4) {
        for (const [table, word] of hashWords(hashes, at).entries()) {
          this.#hashTables[table]?.near(word, byHash);
        }
      }
    }
    const bySketch = (entry: number): void => look(this.#sketchItems[entry] ?? 0);
    for (const [table, word] of sketchWords(signature.sketch).entries()) {
      this.#sketchTables[table]?.near(word, bySketch);
    }
    return found.sort((x, y) => x - y);
  }

  #keepRow(item: number, { upright, sketch, length, onMean }: Signature): void {
    if (this.#lengths.length <= 2 * item) {
      const rows = new Uint32Array(2 * item * ROW_WORDS);
      const lengths = new Float64Array(4 * item);
      rows.set(this.#rows);
      lengths.set(this.#lengths);
      this.#rows = rows;
      this.#lengths = lengths;
    }
    const row = item * ROW_WORDS;
    this.#rows.set(upright, row);
    // A picture without borders has one pair of hashes, which is there twice.
    if (upright.length === 4) this.#rows.set(upright, row + 4);
    this.#rows.set(sketch.subarray(0, ANGLE_WORDS), row + SKETCH_PLACE);
    this.#lengths.set([length, onMean], 2 * item);
  }

  /** Whether a picture and one before it are alike enough to be looked at. */
  #mayBeNear(item: number, b: Signature): boolean {
    const rows = this.#rows;
    const row = item * ROW_WORDS;
    const bits = Math.min(
      leastDifference(rows, row, b.upright),
      leastDifference(rows, row, b.turned),
    );
    if (bits <= MOST_HASH_BITS) return true;
    let different = 0;
    for (let i = 0; i < ANGLE_WORDS; i += 1) {
      different += differentBits(rows, row + SKETCH_PLACE + i, b.sketch, i);
    }
    const angle = (Math.max(0, different - SLACK_BITS) / ANGLE_BITS) * Math.PI;
    const length = this.#lengths[2 * item] ?? 0;
    const onMean = this.#lengths[2 * item + 1] ?? 0;
    const most = length * b.length * Math.cos(angle) + onMean + b.onMean - this.squaredMean;
    if (most < LEAST_COSINE) return false;
    const a = this.#signatures[item];
    return a !== undefined && (a.digest === b.digest || cosineOf(a, b) >= LEAST_COSINE);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

function cosineOf(a: Signature, b: Signature): number {
  const [x, y] = [a.vector, b.vector];
  let sum = 0;
  for (let i = 0; i < x.length; i += 1) sum += (x[i] ?? 0) * (y[i] ?? 0);
  return sum / (a.norm * b.norm);
}

/** The least distance of both hashes of two pictures together, in bits. */
function leastDifference(rows: Uint32Array, row: number, hashes: Uint32Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = row; i < row + SKETCH_PLACE; i += 4) {
    for (let j = 0; j < hashes.length; j += 4) {
      let bits = 0;
      for (let word = 0; word < 4; word += 1)
        bits += differentBits(rows, i + word, hashes, j + word);
      least = Math.min(least, bits);
    }
  }
  return least;
}

function differentBits(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  return bitCount((a[i] ?? 0) ^ (b[j] ?? 0));
}

/** Of the DCT hash, then of the gradient hash. */
function hashWords(hashes: Uint32Array, at: number): number[] {
  return [hashes.subarray(at, at + 2), hashes.subarray(at + 2, at + 4)].flatMap((words) =>
    slices(words, HASH_WORD_BITS, HASH_WORDS),
  );
}

function sketchWords(sketch: Uint32Array): number[] {
  return slices(sketch, SKETCH_WORD_BITS, SKETCH_WORDS);
}

/** The first bits of 32-bit words, so many at a time. */
function slices(words: Uint32Array, bits: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const place = (i * bits) >> 5;
    const shift = (i * bits) & 31;
    const low = (words[place] ?? 0) >>> shift;
    const high = shift === 0 ? 0 : (words[place + 1] ?? 0) << (32 - shift);
    return (low | high) & ((1 << bits) - 1);
  });
}
