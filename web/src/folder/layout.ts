/** Places for pictures on a plane, so that what is alike lies close: UMAP. It knows no document, and runs in a worker. */
import { UMAP } from 'umap-js';
import { randomSource } from '../random.ts';
import type { Neighbours } from './neighbours.ts';

/** Pictures from which on half as many rounds are enough. */
const LARGE = 2000;

/**
 * Lays pictures out. The same neighbours give the same places.
 * @param progress called with the share that is done, 0 to 1
 * @returns x and y of each, from 0 to 1
 */
export function layOut(
  { numbers, distances }: Neighbours,
  progress: (share: number) => void = () => {},
): Float32Array<ArrayBuffer> {
  const count = numbers.length;
  const nNeighbors = (numbers[0]?.length ?? 0) + 1;
  const umap = new UMAP({
    nNeighbors,
    nComponents: 2,
    nEpochs: count > LARGE ? 200 : 400,
    minDist: 0.15,
    random: randomSource(1),
  });
  // Each is its own first neighbour.
  umap.setPrecomputedKNN(
    numbers.map((near, at) => [at, ...near]),
    distances.map((far) => [0, ...far]),
  );
  const epochs = umap.initializeFit(Array.from({ length: count }, () => []));
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    umap.step();
    if (epoch % 10 === 0) progress(epoch / epochs);
  }
  return fitted(umap.getEmbedding());
}

/** Places moved and scaled, both axes alike, to lie between 0 and 1. */
function fitted(places: readonly (readonly number[])[]): Float32Array<ArrayBuffer> {
  const axis = (at: 0 | 1): { low: number; size: number } => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const place of places) {
      low = Math.min(low, place[at] ?? 0);
      high = Math.max(high, place[at] ?? 0);
    }
    return { low, size: high - low };
  };
  const axes = [axis(0), axis(1)] as const;
  const size = Math.max(axes[0].size, axes[1].size, Number.MIN_VALUE);
  const result = new Float32Array(places.length * 2);
  for (const [number, place] of places.entries()) {
    for (const at of [0, 1] as const) {
      const middle = (size - axes[at].size) / 2;
      result[number * 2 + at] = ((place[at] ?? 0) - axes[at].low + middle) / size;
    }
  }
  return result;
}
