import type { Embedding } from 'image-likeness';
import { randomFloats } from './random.js';

/** Generated embeddings, without fingerprints. */
export function randomEmbeddings(
  model: string,
  count: number,
  dimension: number,
  seed: number,
): Embedding[] {
  const values = randomFloats(count * dimension, seed);
  return Array.from({ length: count }, (_, row) => ({
    model,
    dimension,
    vector: values.slice(row * dimension, (row + 1) * dimension),
  }));
}
