import type { ModelCalibration } from '../models/manifest.js';
import type { Fingerprint } from '../types.js';
import { Buckets } from './buckets.js';
import { bitCount, type HashWords, hashWordsOf, mirrored } from './hashes.js';
import { SKETCH_BITS, SKETCH_WORDS } from './sketch.js';

/**
 * Bits that the angle of two pictures is underestimated by before they are refused: more than four
 * standard deviations of the sketch's estimate.
 */
const SLACK_BITS = 50;

/** How far a cosine computed here may be from the core's. */
const COSINE_ERROR = 1e-5;

/** 16-bit words that the two hashes of a picture make. */
const HASH_TABLES = 8;
const SKETCH_TABLES = SKETCH_BITS / 16;

/** The hashes that a picture may be compared by. */
export interface Hashed {
  /** Without borders and, where it has any, with them. */
  readonly upright: readonly HashWords[];
  /** The same of its mirror image. */
  readonly mirrored: readonly HashWords[];
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

/** The hashes of a fingerprint, upright and mirrored. */
export function hashesOf({ luma, fullLuma }: Fingerprint): Hashed {
  const same = luma.every((value, i) => value === fullLuma[i]);
  const lumas = same ? [luma] : [luma, fullLuma];
  return {
    upright: lumas.map(hashWordsOf),
    mirrored: lumas.map((each) => hashWordsOf(mirrored(each))),
  };
}

/**
 * Finds pictures that may be near-duplicates of a new one among those before it, by any of two
 * perceptual hashes and the embedding.
 *
 * Hashes: multi-index hashing (M. Norouzi et al., CVPR 2012) over four words of 16 bits, each within two
 * bits: nothing within 11 bits of 64 is missed, upright or mirrored. Embeddings: locality-sensitive
 * hashing of 32 words of 16 random hyperplanes, each within two bits. What is found is then held against
 * a bound on the near-duplicate rule, in which correlation is the best there can be, first with a cosine
 * that the sketches overestimate, then with the true one: of 3,000 photographs that leaves one pair in 270
 * to be rated. A pair's fate depends on its two pictures alone, so the order and the batches they come in
 * change nothing.
 *
 * The chance to miss a pair by its embedding alone is (1 − P)^32, P being the chance that at most two of
 * 16 bits differ: 3e-6 at a centred cosine of 0.8, 0.1 % at 0.7, 3 % at 0.6. A pair is missed when its
 * hashes both differ in 12 bits or more as well.
 */
export class CandidateIndex {
  readonly #signatures: (Signature | undefined)[] = [];
  readonly #hashTables = Array.from({ length: HASH_TABLES }, () => new Buckets());
  readonly #sketchTables = Array.from({ length: SKETCH_TABLES }, () => new Buckets());
  /** Items by entry of a hash table; a picture with borders has two. */
  readonly #hashItems: number[] = [];
  readonly #sketchItems: number[] = [];
  /** The last item that each item was looked at for. */
  #seen = new Int32Array(1024).fill(-1);
  readonly #rule: Rule | undefined;

  /**
   * @param calibration undefined: every pair found is a candidate
   * @param squaredMean squared length of the mean embedding
   */
  constructor(
    calibration: ModelCalibration | undefined,
    private readonly squaredMean: number,
  ) {
    this.#rule = calibration?.nearDuplicate;
  }

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
    for (const hash of signature.upright) {
      for (const [table, word] of wordsOf(hash).entries()) this.#hashTables[table]?.add(word);
      this.#hashItems.push(item);
    }
    for (const [table, word] of wordsOf(signature.sketch).entries()) {
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
      const before = this.#signatures[other];
      if (before !== undefined && this.#mayBeNear(before, signature)) found.push(other);
    };
    const byHash = (entry: number): void => look(this.#hashItems[entry] ?? 0);
    for (const hash of [...signature.upright, ...signature.mirrored]) {
      for (const [table, word] of wordsOf(hash).entries()) {
        this.#hashTables[table]?.near(word, byHash);
      }
    }
    const bySketch = (entry: number): void => look(this.#sketchItems[entry] ?? 0);
    for (const [table, word] of wordsOf(signature.sketch).entries()) {
      this.#sketchTables[table]?.near(word, bySketch);
    }
    return found.sort((x, y) => x - y);
  }

  /** Whether the rule could accept the pair, were its correlation 1. */
  #mayBeNear(a: Signature, b: Signature): boolean {
    const rule = this.#rule;
    if (rule === undefined || a.digest === b.digest) return true;
    const room = rule.bias + rule.agreement - leastPenalty(rule, a, b);
    let different = 0;
    for (let i = 0; i < SKETCH_WORDS; i += 1) {
      different += bitCount((a.sketch[i] ?? 0) ^ (b.sketch[i] ?? 0));
    }
    const angle = (Math.max(0, different - SLACK_BITS) / SKETCH_BITS) * Math.PI;
    const most = a.length * b.length * Math.cos(angle) + a.onMean + b.onMean - this.squaredMean;
    if (room + rule.cosine * Math.min(1, most) < 0) return false;
    return room + rule.cosine * (cosineOf(a, b) + COSINE_ERROR) >= 0;
  }
}

function cosineOf(a: Signature, b: Signature): number {
  const [x, y] = [a.vector, b.vector];
  let sum = 0;
  for (let i = 0; i < x.length; i += 1) sum += (x[i] ?? 0) * (y[i] ?? 0);
  return sum / (a.norm * b.norm);
}

type Rule = ModelCalibration['nearDuplicate'];

/**
 * The least that the rule takes off for the hash distances of two pictures: rating takes those of the
 * variant with the smallest sum, or of the upright pictures.
 */
export function leastPenalty(rule: Rule, a: Hashed, b: Hashed): number {
  let penalty = Number.POSITIVE_INFINITY;
  for (const x of a.upright) {
    for (const y of b.upright) penalty = Math.min(penalty, penaltyOf(rule, x, y));
    for (const y of b.mirrored) penalty = Math.min(penalty, penaltyOf(rule, x, y));
  }
  return penalty;
}

function penaltyOf(rule: Rule, a: HashWords, b: HashWords): number {
  const dct = bitCount(a[0] ^ b[0]) + bitCount(a[1] ^ b[1]);
  const gradient = bitCount(a[2] ^ b[2]) + bitCount(a[3] ^ b[3]);
  return (rule.dct * dct + rule.gradient * gradient) / 64;
}

/** The halves of 32-bit words. */
function wordsOf(words: Iterable<number>): number[] {
  const halves: number[] = [];
  for (const word of words) halves.push(word & 0xffff, word >>> 16);
  return halves;
}
