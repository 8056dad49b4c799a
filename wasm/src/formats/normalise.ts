/** The vectors divided by their length (L2). One of zeros has no direction: it stays as it is. */
export function normalised(vectors: readonly Float32Array[]): readonly Float32Array[] {
  return vectors.map((vector) => {
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
    return vector.map((value) => value / length);
  });
}
