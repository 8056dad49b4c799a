/**
 * Which of many pictures belong together. The near-duplicate rule adds up the cosine, two hash distances
 * and a correlation that takes milliseconds to find; since no correlation is above 1, the others tell of
 * nearly all pairs that they can't be near-duplicates. What is left is rated as `compare` does, so that
 * the answer is that of rating every pair.
 */
import { createLikenessCore, type LikenessCore } from '../core/index.js';
import { hashesOf, leastPenalty } from '../grouping/candidates.js';
import { findModel, type ModelEntry } from '../models/manifest.js';
import type { Embedding, Likeness, Similarity } from '../types.js';

/** Two of many pictures by their numbers, a < b, and how alike they are. */
export interface RatedPair {
  readonly a: number;
  readonly b: number;
  readonly similarity: Similarity;
}

/** How far cosines of all pairs, which are float32, may be off. */
const COSINE_ERROR = 1e-5;

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
  const close = await possibleCopies(likeness, entry, embeddings);
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

function samePixels(a: Embedding | undefined, b: Embedding | undefined): boolean {
  const [first, second] = [a?.fingerprint, b?.fingerprint];
  return (
    first?.digest === second?.digest &&
    first?.width === second?.width &&
    first?.height === second?.height
  );
}

/** All pairs that are near-duplicates if their agreement is 1; see near_duplicate_margin in core/. */
async function possibleCopies(
  likeness: Likeness,
  { calibration }: ModelEntry,
  embeddings: readonly Embedding[],
): Promise<Pair[]> {
  const rule = calibration.nearDuplicate;
  const hashed = embeddings.map(({ fingerprint }) => fingerprint && hashesOf(fingerprint));
  const pairs: Pair[] = [];
  await forEachCosine(likeness, embeddings, (a, b, cosine) => {
    const room = rule.cosine * (cosine + COSINE_ERROR) + rule.bias + rule.agreement;
    const [first, second] = [hashed[a], hashed[b]];
    if (first === undefined || second === undefined) return;
    const near = room >= 0 && leastPenalty(rule, first, second) <= room;
    if (near || samePixels(embeddings[a], embeddings[b])) pairs.push({ a, b });
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
