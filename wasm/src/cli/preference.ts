/** Which of two equal files is the one to keep, as far as their paths and ages tell, and why. */
import { sep } from 'node:path';
import type { Change, ChangeKind, Similarity } from '../types.js';
import type { Picture } from './pictures.js';
import { type FoundFile, isOutOfSight } from './walk.js';

/**
 * A rank for each picture, from 0: the smaller of two is rather kept. That is the one that isn't in a hidden, trash
 * or thumbnail folder; then the one that isn't hidden itself; then the one in fewer folders; then the older one; then the first one.
 */
export function ranksOf(pictures: readonly FileFacts[]): number[] {
  const keys = pictures.map((picture, place) => [...keyOf(picture), place] as const);
  const ranks = new Array<number>(pictures.length).fill(0);
  for (const [rank, [, , , place]] of keys.sort(compareKeys).entries()) ranks[place] = rank;
  return ranks;
}

/** Each file by the one of its names that is rather kept, with the others, in the order in which files first come. */
export function byBestName<File extends Pick<FoundFile, 'real' | 'inode'>>(
  files: readonly File[],
): Map<File, File[]> {
  const byInode = new Map<string, File[]>();
  for (const file of files) {
    const names = byInode.get(file.inode);
    if (names === undefined) byInode.set(file.inode, [file]);
    else names.push(file);
  }
  const byName = new Map<File, File[]>();
  for (const names of byInode.values()) {
    const best = names[ranksOf(names.map((found) => ({ found, modified: 0 }))).indexOf(0)];
    const others = names.filter((name) => name !== best);
    if (best !== undefined) byName.set(best, others);
  }
  return byName;
}

/** What a rank is made of. */
interface FileFacts extends Pick<Picture, 'modified'> {
  readonly found: Pick<FoundFile, 'real'>;
}

/** Whether a picture is in a hidden, trash or thumbnail folder. */
export function isTuckedAway({ found: { real } }: Pick<FileFacts, 'found'>): boolean {
  return real.split(sep).slice(0, -1).some(isOutOfSight);
}

/** Numbers that decide one after the other: the smaller one is rather kept. */
function keyOf(picture: FileFacts): readonly [number, number, number] {
  const names = picture.found.real.split(sep);
  const hidden = 2 * Number(isTuckedAway(picture)) + Number(names.at(-1)?.startsWith('.'));
  return [hidden, names.length, picture.modified];
}

/** Why one of two files is rather kept, by the numbers of `keyOf`. */
const BETTER_FILE = [
  'it is not hidden or in the trash',
  'it is in fewer folders',
  'its file is older',
] as const;

/** By what was done to the kept picture to make the other one: in the order in which that counts. */
const BETTER_PICTURE: readonly (readonly [made: ChangeKind, reason: string])[] = [
  ['cropped', 'it shows more'],
  ['greyscale', 'it has colour'],
  ['blurred', 'it is sharper'],
  ['bordered', 'it has no border'],
];

/**
 * Why a picture is kept, and not a copy of it, in words.
 * @param pair the verdict about the two
 * @param changes from the kept one to the copy
 */
export function whyKept(
  kept: Picture,
  copy: Picture,
  { verdict }: Pick<Similarity, 'verdict'>,
  changes: readonly Change[],
): string {
  if (verdict !== 'identical') {
    const kinds = changes.map(({ kind }) => kind);
    const [, better] = BETTER_PICTURE.find(([made]) => kinds.includes(made)) ?? [];
    if (better !== undefined) return better;
    if (changes.some(({ kind, amount }) => kind === 'resized' && amount < 1)) {
      return 'it has more pixels';
    }
    if (kept.bytes > copy.bytes) return 'its file is larger';
  }
  const [ours, theirs] = [keyOf(kept), keyOf(copy)];
  const deciding = ours.findIndex((value, place) => value !== theirs[place]);
  return BETTER_FILE[deciding] ?? 'it comes first';
}

/** Negative where the first numbers that differ are smaller in `a`. */
function compareKeys(a: readonly number[], b: readonly number[]): number {
  const differences = a.map((value, index) => value - (b[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
