import { LikenessError } from '../errors.js';

/** Two items that belong together, by their numbers. */
export interface Link {
  readonly a: number;
  readonly b: number;
}

/**
 * The groups that links make of `count` items: two items share a group when a chain of links leads from
 * one to the other (union-find with halved paths; R. E. Tarjan, J. ACM 22, 1975).
 * @param count how many items there are, numbered from 0
 * @returns groups of two or more, each ascending, in the order of their first items
 * @throws LikenessError `invalid-argument` for a link to an item that isn't there
 */
export function groupsOf(count: number, links: Iterable<Link>): number[][] {
  const parent = Uint32Array.from({ length: count }, (_, item) => item);
  const rootOf = (item: number): number => {
    let node = item;
    for (;;) {
      const above = parent[node] ?? node;
      if (above === node) return node;
      const next = parent[above] ?? above;
      parent[node] = next;
      node = next;
    }
  };
  for (const { a, b } of links) {
    for (const item of [a, b]) {
      if (Number.isInteger(item) && item >= 0 && item < count) continue;
      throw new LikenessError('invalid-argument', `A link names item ${item} of ${count}.`);
    }
    const first = rootOf(a);
    const second = rootOf(b);
    // The smallest number leads, so that the order of the links doesn't matter.
    parent[Math.max(first, second)] = Math.min(first, second);
  }
  const groups = new Map<number, number[]>();
  for (let item = 0; item < count; item += 1) {
    const root = rootOf(item);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [item]);
    else group.push(item);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}
