/**
 * Which of many pictures belong together. The near-duplicate rule adds up the cosine, two hash distances
 * and a correlation that takes milliseconds to find; since no correlation is above 1, the others tell of
 * nearly all pairs that they can't be near-duplicates. What is left is rated as `compare` does, so that
 * the answer is that of rating every pair.
 */
import { createLikenessCore, type LikenessCore } from '../core/index.js';
import { findModel, type ModelEntry } from '../models/manifest.js';
import type { Embedding, Fingerprint, Likeness, Similarity } from '../types.js';

/** Two of many pictures by their numbers, a < b, and how alike they are. */
export interface RatedPair {
  readonly a: number;
  readonly b: number;
  readonly similarity: Similarity;
}

/** Side of a fingerprint's lumas, in pixels. */
const LUMA_SIDE = 64;

/** Bits of a hash, which its distances are shares of. */
const HASH_BITS = 64;

/** How far cosines of all pairs, which are float32, may be off. */
const COSINE_ERROR = 1e-5;

/** Both 64-bit hashes of a luma: dct low, dct high, gradient low, gradient high. */
type Hashes = readonly [number, number, number, number];

/** The hashes that a picture may be compared by: without its borders and with them. */
interface Hashed {
  readonly upright: readonly Hashes[];
  readonly mirrored: readonly Hashes[];
  /** Equal ones mean equal pixels. */
  readonly pixels: string;
}

/**
 * The pairs that belong together: identical and near-duplicate ones and, with a threshold, those with at
 * least that score; in the order of their numbers.
 * @param embeddings of the model of `likeness`, none of them all zero
 * @param onRated told how many of the pairs that need a closer look have had it
 * @throws LikenessError `out-of-memory` for more than the cosines of all pairs fit in memory
 */
export async function pairsOf(
  likeness: Likeness,
  embeddings: readonly Embedding[],
  threshold: number | undefined,
  onRated: (done: number, all: number) => void = () => undefined,
): Promise<RatedPair[]> {
  const entry = findModel(likeness.model.id);
  const core = await createLikenessCore({ model: entry.id });
  const close = await possibleCopies(likeness, core, entry, embeddings);
  const copies = await rateAll(likeness, embeddings, close, onRated);
  const pairs = copies.filter(({ similarity: { verdict } }) => isCopy(verdict));
  if (threshold !== undefined) {
    pairs.push(...(await pairsByScore(likeness, core, entry, embeddings, threshold, copies)));
  }
  return pairs.sort((x, y) => x.a - y.a || x.b - y.b);
}

type Pair = Pick<RatedPair, 'a' | 'b'>;

function isCopy(verdict: Similarity['verdict']): boolean {
  return verdict === 'identical' || verdict === 'near-duplicate';
}

/** All pairs that are near-duplicates if their correlation is 1; see near_duplicate_margin in core/. */
async function possibleCopies(
  likeness: Likeness,
  core: LikenessCore,
  { calibration }: ModelEntry,
  embeddings: readonly Embedding[],
): Promise<Pair[]> {
  const { cosine: weight, bias, correlation, dct, gradient } = calibration.nearDuplicate;
  const hashed = embeddings.map(({ fingerprint }) => fingerprint && hashesOf(core, fingerprint));
  const pairs: Pair[] = [];
  await forEachCosine(likeness, embeddings, (a, b, cosine) => {
    const room = weight * (cosine + COSINE_ERROR) + bias + correlation;
    const [first, second] = [hashed[a], hashed[b]];
    if (first === undefined || second === undefined) return;
    const near = room >= 0 && closest(first, second, dct, gradient) <= room * HASH_BITS;
    if (near || first.pixels === second.pixels) pairs.push({ a, b });
  });
  return pairs;
}

/** Pairs with at least a score that are no copies; nobody has to look at their pixels. */
async function pairsByScore(
  likeness: Likeness,
  core: LikenessCore,
  { meanEmbedding }: ModelEntry,
  embeddings: readonly Embedding[],
  threshold: number,
  looked: readonly RatedPair[],
): Promise<RatedPair[]> {
  const pairs = looked.filter(
    ({ similarity: { verdict, score } }) => !isCopy(verdict) && score >= threshold,
  );
  const known = new Set(looked.map(({ a, b }) => a * embeddings.length + b));
  const plain = embeddings.map(({ fingerprint: _, ...embedding }) => embedding);
  const centred =
    meanEmbedding === undefined ? plain : plain.map((item) => centredBy(item, meanEmbedding));
  const least = leastCosine(core, threshold) - COSINE_ERROR;
  await forEachCosine(likeness, centred, (a, b, cosine) => {
    if (cosine < least || known.has(a * embeddings.length + b)) return;
    const [first, second] = [plain[a], plain[b]];
    if (first === undefined || second === undefined) return;
    const similarity = core.similarity(first, second);
    if (similarity.score >= threshold) pairs.push({ a, b, similarity });
  });
  return pairs;
}

async function forEachCosine(
  likeness: Likeness,
  embeddings: readonly Embedding[],
  use: (a: number, b: number, cosine: number) => void,
): Promise<void> {
  if (embeddings.length < 2) return;
  const cosines = await likeness.pairwise(embeddings);
  let place = 0;
  for (let a = 0; a < embeddings.length; a += 1) {
    for (let b = a + 1; b < embeddings.length; b += 1) {
      use(a, b, cosines[place] ?? Number.NaN);
      place += 1;
    }
  }
}

/** Rates pairs, as many at once as there are workers. */
async function rateAll(
  likeness: Likeness,
  embeddings: readonly Embedding[],
  pairs: readonly Pair[],
  onRated: (done: number, all: number) => void,
): Promise<RatedPair[]> {
  const rated: RatedPair[] = [];
  let next = 0;
  const rateSome = async (): Promise<void> => {
    for (let pair = pairs[next]; pair !== undefined; pair = pairs[next]) {
      next += 1;
      const [first, second] = [embeddings[pair.a], embeddings[pair.b]];
      if (first === undefined || second === undefined) continue;
      rated.push({ ...pair, similarity: await likeness.similarity(first, second) });
      onRated(rated.length, pairs.length);
    }
  };
  const hands = Math.max(1, 2 * likeness.info.workers);
  await Promise.all(Array.from({ length: hands }, rateSome));
  return rated;
}

function hashesOf(core: LikenessCore, fingerprint: Fingerprint): Hashed {
  const { luma, fullLuma, width, height, digest } = fingerprint;
  const lumas = Buffer.compare(luma, fullLuma) === 0 ? [luma] : [luma, fullLuma];
  const hash = (pixels: Uint8Array): Hashes => {
    const { dct, gradient } = core.perceptualHash({ ...fingerprint, luma: pixels });
    const half = (digits: string, from: number): number =>
      Number.parseInt(digits.slice(from, from + 8), 16);
    return [half(dct, 0), half(dct, 8), half(gradient, 0), half(gradient, 8)];
  };
  return {
    upright: lumas.map(hash),
    mirrored: lumas.map((pixels) => hash(mirrored(pixels))),
    pixels: `${width} ${height} ${digest}`,
  };
}

function mirrored(luma: Uint8Array): Uint8Array {
  const result = new Uint8Array(luma.length);
  for (let row = 0; row < luma.length; row += LUMA_SIDE) {
    result.set(luma.subarray(row, row + LUMA_SIDE).toReversed(), row);
  }
  return result;
}

/** The smallest weighted distance over all ways in which the rule may compare two pictures. */
function closest(a: Hashed, b: Hashed, dct: number, gradient: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const ours of a.upright) {
    for (const variants of [b.upright, b.mirrored]) {
      for (const theirs of variants) {
        const weighted =
          dct * (bits(ours[0] ^ theirs[0]) + bits(ours[1] ^ theirs[1])) +
          gradient * (bits(ours[2] ^ theirs[2]) + bits(ours[3] ^ theirs[3]));
        if (weighted < least) least = weighted;
      }
    }
  }
  return least;
}

/** How many bits of a 32-bit integer are set (H. S. Warren, Hacker's Delight, 5-1). */
function bits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** An embedding as seen from the model's mean, as the score is made of it. */
function centredBy(embedding: Embedding, mean: readonly number[]): Embedding {
  const length = Math.hypot(...embedding.vector);
  const vector = embedding.vector.map((value, place) => value / length - (mean[place] ?? 0));
  return { ...embedding, vector };
}

/** The lowest centred cosine that is worth a score: scores rise with it. */
function leastCosine(core: LikenessCore, score: number): number {
  let [low, high] = [-1, 1];
  while (high - low > COSINE_ERROR) {
    const middle = (low + high) / 2;
    if (core.calibrate(middle).score >= score) high = middle;
    else low = middle;
  }
  return low;
}
