import {
  apartFromCopies,
  type CopyGroup,
  type PicturePair,
  type SimilarGroups,
} from 'image-likeness/grouping';
import type { FolderCollection, Pair } from './collection.ts';
import type { Marks } from './marks.ts';

/** Whether copies and variants are shown only, or similar images, too. */
export type Mode = 'copies' | 'alike';

/** Images that are shown together, by their numbers. */
export interface Group {
  /**
   * `copies`: one is proven to stand in for the others. `variants`: the first one, and what shows the same
   * but for some places. `alike`: the first one, and what is like it. Only among copies is anything spare.
   */
  readonly kind: 'copies' | 'variants' | 'alike';
  readonly members: readonly number[];
  /** The one of the copies that is suggested to stay. */
  readonly kept?: number;
}

/** What threshold and marks make of a folder. */
export interface Result {
  /** How many pairs are accepted: each image of a group with the one it is there for. */
  readonly pairs: number;
  readonly groups: readonly Group[];
}

/** Pairs that are shown of one group. */
export const MOST_EVIDENCE = 50;

/** Copies and variants with at least this score that nobody has marked wrong. */
export async function copiesFrom(
  collection: FolderCollection,
  threshold: number,
  marks: Marks,
): Promise<Result> {
  return resultOf((await provenFrom(collection, threshold, marks)).groups);
}

/** Groups of copies as they are, and all that is shown of copies and variants. */
async function provenFrom(
  collection: FolderCollection,
  threshold: number,
  marks: Marks,
): Promise<{ readonly copies: readonly CopyGroup[]; readonly groups: readonly Group[] }> {
  const refused = (pair: Pair): boolean =>
    pair.similarity.score < threshold || marks.of(pair) === false;
  const copies = await collection.groups([...collection.pairs.filter(refused), ...marks.wrong]);
  const variants = collection.variants.filter((pair) => !refused(pair));
  const groups = [
    ...copies.map(({ kept, spare }): Group => {
      const members = [kept, ...spare].sort((x, y) => x - y);
      return { kind: 'copies', members, kept };
    }),
    ...byFirst(variants).map((members): Group => ({ kind: 'variants', members })),
  ];
  return { copies, groups };
}

/** Copies and variants, whatever their score, and groups of similar images with at least this score. */
export async function similarFrom(
  collection: FolderCollection,
  similar: SimilarGroups,
  threshold: number,
  marks: Marks,
): Promise<Result> {
  const { copies, groups } = await provenFrom(collection, 0, marks);
  const alike = apartFromCopies(await similar.groupsAt(threshold), copies).map(
    (group): Group => ({
      kind: 'alike',
      members: [
        group.centre,
        ...group.alike.filter((number) => marks.of(pairOf(group.centre, number)) !== false),
      ],
    }),
  );
  return resultOf([...groups, ...alike.filter(({ members }) => members.length > 1)]);
}

function resultOf(groups: readonly Group[]): Result {
  return { groups, pairs: groups.reduce((sum, { members }) => sum + members.length - 1, 0) };
}

/** The pairs of a group that say why its images are in it: those with the first one, or the kept one. */
export async function evidenceOf(
  collection: FolderCollection,
  { members, kept = members[0] ?? -1 }: Group,
): Promise<Pair[]> {
  const others = members.filter((number) => number !== kept);
  const pairs = await Promise.all(others.map((number) => collection.pair(pairOf(kept, number))));
  return pairs
    .flatMap((pair) => pair ?? [])
    .sort((x, y) => y.similarity.score - x.similarity.score);
}

/** The second images of pairs, under the first one of each. */
function byFirst(pairs: readonly Pair[]): number[][] {
  const groups = new Map<number, number[]>();
  for (const { a, b } of pairs) {
    const group = groups.get(a);
    if (group === undefined) groups.set(a, [a, b]);
    else group.push(b);
  }
  return [...groups.values()];
}

function pairOf(one: number, other: number): PicturePair {
  return { a: Math.min(one, other), b: Math.max(one, other) };
}
