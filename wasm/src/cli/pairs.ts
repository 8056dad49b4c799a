/** Which of many pictures belong together. */
import { createLikenessCore } from '../core/index.js';
import {
  createCollection,
  type LongCallOptions,
  type NearDuplicate,
  type Rater,
} from '../grouping/index.js';
import type { Embedding } from '../types.js';

/** Two of many pictures by their numbers, a < b, and how alike they are. */
export type RatedPair = NearDuplicate;

/** How far a score of `pairsFrom`, made of a float32, may be from that of `similarity`. */
const SCORE_ERROR = 1e-3;

/**
 * The pairs that belong together: identical and near-duplicate ones and, with a threshold, those with at
 * least that score, at whose pixels nobody has to look; in the order of their numbers.
 * @param rater rates pairs by their pixels, too
 * @param model id of the embeddings' model
 * @param embeddings none of them all zero
 * @param options told how many of the pictures have been held against the others
 */
export async function pairsOf(
  rater: Rater,
  model: string,
  embeddings: readonly Embedding[],
  threshold: number | undefined,
  options: LongCallOptions = {},
): Promise<RatedPair[]> {
  await using collection = createCollection(rater);
  await collection.add(embeddings, options);
  const pairs = [...collection.pairs];
  if (threshold !== undefined) {
    const core = await createLikenessCore({ model });
    const plain = embeddings.map(({ fingerprint: _, ...embedding }) => embedding);
    const copies = new Set(pairs.map(({ a, b }) => a * embeddings.length + b));
    for await (const { a, b } of collection.pairsFrom(threshold - SCORE_ERROR, options)) {
      const [first, second] = [plain[a], plain[b]];
      if (first === undefined || second === undefined) continue;
      if (copies.has(a * embeddings.length + b)) continue;
      const similarity = core.similarity(first, second);
      if (similarity.score >= threshold) pairs.push({ a, b, similarity });
    }
  }
  return pairs.sort((x, y) => x.a - y.a || x.b - y.b);
}
