import type { Embedding, Likeness, Similarity } from '../types.js';

/** Two of many pictures by their numbers, a < b, and how alike they are. */
export interface RatedPair {
  readonly a: number;
  readonly b: number;
  readonly similarity: Similarity;
}

/**
 * The pairs that belong together: identical and near-duplicate ones and, with a threshold, those with at
 * least that score; in the order of their numbers.
 */
export async function pairsOf(
  likeness: Likeness,
  embeddings: readonly Embedding[],
  threshold: number | undefined,
): Promise<RatedPair[]> {
  const pairs: RatedPair[] = [];
  for (const [a, first] of embeddings.entries()) {
    for (const [offset, second] of embeddings.slice(a + 1).entries()) {
      const similarity = await likeness.similarity(first, second);
      const copies = similarity.verdict === 'identical' || similarity.verdict === 'near-duplicate';
      if (copies || similarity.score >= (threshold ?? Number.POSITIVE_INFINITY)) {
        pairs.push({ a, b: a + 1 + offset, similarity });
      }
    }
  }
  return pairs;
}
