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

/**
 * Generated embeddings in clusters, without fingerprints: as with pictures of some kinds of subject, no
 * value is negative, and the members of a cluster have a cosine of about .85, others one of about .6.
 */
export function clusteredEmbeddings(
  model: string,
  count: number,
  dimension: number,
  clusters: number,
  seed: number,
): Embedding[] {
  // Cubes: few values are large, as in the features of a network.
  const centres = randomFloats(clusters * dimension, seed).map((value) => value ** 3);
  const noise = randomFloats(count * dimension, seed + 1).map((value) => value ** 3);
  return Array.from({ length: count }, (_, row) => {
    const centre = (row % clusters) * dimension;
    const vector = Float32Array.from(
      { length: dimension },
      (_, place) => (centres[centre + place] ?? 0) + 0.8 * (noise[row * dimension + place] ?? 0),
    );
    return { model, dimension, vector };
  });
}
