/** Which of two equal files is the one to keep, as far as their paths and ages tell. */
import { sep } from 'node:path';
import type { Picture } from './pictures.js';
import { isOutOfSight } from './walk.js';

/**
 * A rank for each picture, from 0: the smaller of two is rather kept. That is the one that isn't in a hidden, trash
 * or thumbnail folder; then the one that isn't hidden itself; then the one in fewer folders; then the older one; then the first one.
 */
export function ranksOf(pictures: readonly Pick<Picture, 'found' | 'modified'>[]): number[] {
  const keys = pictures.map(({ found: { real }, modified }, place) => {
    const names = real.split(sep);
    const name = names.pop() ?? '';
    const hidden = 2 * Number(names.some(isOutOfSight)) + Number(name.startsWith('.'));
    return [hidden, names.length, modified, place] as const;
  });
  const ranks = new Array<number>(pictures.length).fill(0);
  for (const [rank, [, , , place]] of keys.sort(compareKeys).entries()) ranks[place] = rank;
  return ranks;
}

/** Negative where the first numbers that differ are smaller in `a`. */
function compareKeys(a: readonly number[], b: readonly number[]): number {
  const differences = a.map((value, index) => value - (b[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
