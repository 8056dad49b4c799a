import { groupsOf, type Link } from './groups.js';

/** Cosines are counted in steps of 1 / 32,768. */
const STEPS = 32768;

/**
 * The groups that pairs from a cosine up make, for every cosine at once: single linkage by SLINK
 * (R. Sibson, Computer J. 16, 1973), which takes the cosines of one item after the other and remembers
 * two numbers for each. The pairs themselves are only counted.
 */
export class SingleLinkage {
  /** By SLINK's numbers, which run from the last item to the first. */
  readonly #next: Int32Array;
  /** Cosine at which an item joins the group of the `#next` one. */
  readonly #level: Float64Array;
  readonly #counts = new Float64Array(2 * STEPS + 1);
  readonly #cosines: Float64Array;
  #taken = 0;

  constructor(readonly size: number) {
    this.#next = new Int32Array(size);
    this.#level = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.#cosines = new Float64Array(size);
  }

  /** Takes the cosines of the next item, from the last to the first, with all items after it. */
  take(cosines: Float32Array): void {
    const number = this.#taken;
    const next = this.#next;
    const level = this.#level;
    const nearest = this.#cosines;
    for (let i = 0; i < number; i += 1) {
      const cosine = cosines[number - 1 - i] ?? 0;
      nearest[i] = cosine;
      const step = Math.round((cosine + 1) * STEPS);
      this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    }
    next[number] = number;
    for (let i = 0; i < number; i += 1) {
      const own = level[i] ?? 0;
      const cosine = nearest[i] ?? 0;
      const above = next[i] ?? 0;
      const passed = Math.min(own, cosine);
      if (cosine >= own) {
        level[i] = cosine;
        next[i] = number;
      }
      // Items join the newest one directly; of others the weaker tie is passed on.
      if (above !== number && (nearest[above] ?? 0) < passed) nearest[above] = passed;
    }
    for (let i = 0; i < number; i += 1) {
      if ((level[i] ?? 0) <= (level[next[i] ?? 0] ?? 0)) next[i] = number;
    }
    this.#taken += 1;
  }

  /** Groups of two or more, as `groupsOf` gives them. */
  groupsFrom(cosine: number): number[][] {
    const links: Link[] = [];
    const last = this.size - 1;
    for (let i = 0; i < this.size; i += 1) {
      if ((this.#level[i] ?? 0) >= cosine)
        links.push({ a: last - i, b: last - (this.#next[i] ?? 0) });
    }
    return groupsOf(this.size, links);
  }

  /** How many pairs have at least this cosine, to the nearest 1 / 32,768. */
  pairsFrom(cosine: number): number {
    let sum = 0;
    for (let step = Math.round((cosine + 1) * STEPS); step < this.#counts.length; step += 1) {
      sum += this.#counts[step] ?? 0;
    }
    return sum;
  }
}

/**
 * An order in which groups show: the leaves of the single-linkage tree, each group turned so that what is
 * most alike meets.
 * @param cosines of all pairs of `size` items, in the order of SciPy's pdist
 */
export function leafOrder(size: number, cosines: Float32Array): number[] {
  const at = (i: number, j: number): number => {
    const [low, high] = i < j ? [i, j] : [j, i];
    return cosines[low * size - (low * (low + 1)) / 2 + high - low - 1] ?? 0;
  };
  const pairs: [number, number][] = [];
  for (let i = 0; i < size; i += 1) for (let j = i + 1; j < size; j += 1) pairs.push([i, j]);
  pairs.sort(([a, b], [c, d]) => at(c, d) - at(a, b));
  const groups = Array.from({ length: size }, (_, item) => [item]);
  for (const [i, j] of pairs) {
    const first = groups[i] ?? [];
    const second = groups[j] ?? [];
    if (first === second) continue;
    const joined = joinAtBestEnds(first, second, at);
    for (const item of joined) groups[item] = joined;
  }
  return groups[0] ?? [];
}

function joinAtBestEnds(
  first: readonly number[],
  second: readonly number[],
  at: (i: number, j: number) => number,
): number[] {
  let best: readonly [number[], number] = [[], Number.NEGATIVE_INFINITY];
  for (const left of [first, first.toReversed()]) {
    for (const right of [second, second.toReversed()]) {
      const meeting = at(left.at(-1) ?? 0, right[0] ?? 0);
      if (meeting > best[1]) best = [[...left, ...right], meeting];
    }
  }
  return best[0];
}
