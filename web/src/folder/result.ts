import { groupsOf, isCopy, type Link, type SimilarGroups } from 'image-likeness/grouping';
import type { FolderCollection, Pair } from './collection.ts';
import type { Marks } from './marks.ts';

/** Whether copies are shown only, or similar images, too. */
export type Mode = 'copies' | 'alike';

/** What threshold and marks make of a folder. */
export interface Result {
  /** How many pairs are accepted. */
  readonly pairs: number;
  /** Numbers of images that accepted pairs hold together. */
  readonly groups: readonly (readonly number[])[];
}

/** Pairs that are shown of one group. */
export const MOST_EVIDENCE = 50;

/** Largest group whose every pair is shown. */
const FULLY_SHOWN = 10;

/** Of a group, images whose pairs are looked at. */
export const LOOKED_AT = 200;

/** Copies with at least this score that nobody has marked wrong. */
export function copiesFrom(
  { items, pairs }: FolderCollection,
  threshold: number,
  marks: Marks,
): Result {
  const accepted = pairs.filter(
    (pair) => pair.similarity.score >= threshold && marks.of(pair) !== false,
  );
  return { pairs: accepted.length, groups: groupsOf(items.length, accepted) };
}

/** Copies, and pairs with at least this score; those marked wrong are left out. */
export function similarFrom(
  { items, pairs }: FolderCollection,
  similar: SimilarGroups,
  threshold: number,
  marks: Marks,
): Result {
  const count = items.length;
  const copies = pairs.filter((pair) => marks.of(pair) !== false);
  const beside = copies.filter(
    ({ b, similarity }) => b >= similar.size || !similar.reaches(similarity, threshold),
  );
  const wrong = marks.wrong.filter(
    ({ b, similarity }) => b < similar.size && similar.reaches(similarity, threshold),
  );
  const links: Link[] = [...copies];
  for (const [a = 0, ...others] of similar.groupsAt(threshold)) {
    for (const b of others) links.push({ a, b });
  }
  return {
    pairs: similar.pairsAt(threshold) + beside.length - wrong.length,
    groups: groupsOf(count, links),
  };
}

/**
 * The pairs of a group that say most about it: all of them in a small group, of a larger one those with
 * the highest scores. Best first.
 */
export async function evidenceOf(
  collection: FolderCollection,
  group: readonly number[],
): Promise<Pair[]> {
  const links =
    group.length <= FULLY_SHOWN ? linksOf(group) : await strongestLinks(collection, group);
  const pairs = await Promise.all(links.map(({ a, b }) => collection.pair(a, b)));
  return pairs
    .flatMap((pair) => pair ?? [])
    .sort((x, y) => y.similarity.score - x.similarity.score);
}

/** A group of similar images without the pairs that were marked wrong, where all its pairs are known. */
export function splitByMarks(
  collection: FolderCollection,
  group: readonly number[],
  evidence: readonly Pair[] | undefined,
  threshold: number,
  marks: Marks,
): number[][] {
  const known = evidence?.length === (group.length * (group.length - 1)) / 2;
  const wrong = evidence?.some((pair) => marks.of(pair) === false) ?? false;
  if (evidence === undefined || !known || !wrong) return [[...group]];
  const right = evidence.filter(
    (pair) =>
      marks.of(pair) !== false && (pair.similarity.score >= threshold || isCopy(pair.similarity)),
  );
  return groupsOf(collection.items.length, right);
}

function linksOf(group: readonly number[]): Link[] {
  return group.flatMap((a, at) => group.slice(at + 1).map((b) => ({ a, b })));
}

async function strongestLinks(
  collection: FolderCollection,
  group: readonly number[],
): Promise<Link[]> {
  const some = group.slice(0, LOOKED_AT);
  const { order, scores } = await collection.matrix(some);
  const links: { a: number; b: number; score: number }[] = [];
  for (const [row, first] of order.entries()) {
    for (const [column, second] of order.slice(0, row).entries()) {
      const [a, b] = [some[first] ?? 0, some[second] ?? 0].sort((x, y) => x - y) as [
        number,
        number,
      ];
      links.push({ a, b, score: scores[row * order.length + column] ?? 0 });
    }
  }
  return links.sort((x, y) => y.score - x.score).slice(0, MOST_EVIDENCE);
}
