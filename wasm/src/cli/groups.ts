/** What `dedupe` finds. */
import { reversedChanges } from '../grouping/index.js';
import type { Change, Similarity } from '../types.js';
import type { Skipped } from './pictures.js';

/** A picture of a group. */
export interface Member {
  readonly path: string;
  /** Its bytes in base64, where they are no UTF-8. */
  readonly pathBytes?: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Of the file. */
  readonly bytes: number;
  readonly sha256: string;
  /** Other paths of the same file, which are hard links; only those that were found. */
  readonly hardLinks: readonly string[];
  /** Bytes that the disk has more without this path: none where it is a link, or while the file has another name anywhere. */
  readonly frees: number;
}

/** Two pictures, and what is known of them. */
export interface GroupPair extends Similarity {
  readonly a: string;
  readonly b: string;
  /** Whether the files are the same, byte for byte. */
  readonly sameBytes: boolean;
}

/** Pictures that belong together. */
export interface Group {
  /**
   * For copies the weakest verdict of their pairs. `similar`: an image and those similar to it, none of which can
   * replace another.
   */
  readonly kind: 'identical' | 'near-duplicate' | 'similar';
  /** Path of the picture that is suggested to be kept; null where none stands in for another. */
  readonly keep: string | null;
  readonly pictures: readonly Member[];
  /** The one to keep, or the first one, with each of the others. */
  readonly pairs: readonly GroupPair[];
}

/** What `dedupe --json` prints. */
export interface Report {
  /** `<model id>@<weights version>/<view>`. */
  readonly model: string;
  readonly threshold: number | null;
  readonly pictures: number;
  readonly skipped: readonly Skipped[];
  readonly groups: readonly Group[];
  /** Pictures that show the same but for some places, which the changes name. None of them is spare. */
  readonly variants: readonly GroupPair[];
  /** Files that were found under several names: their paths, the one first that stands in groups. */
  readonly hardLinks: readonly (readonly string[])[];
}

/** The pair of a group that says why a picture is in it: the one with the picture they all share. */
export function reasonFor(path: string, { pairs }: Group): GroupPair | undefined {
  return pairs.find(({ a, b }) => a === path || b === path);
}

/** The pictures of a group, the one to keep before the others. */
export function keptFirst({ keep, pictures }: Group): Member[] {
  const kept = pictures.filter(({ path }) => path === keep);
  return [...kept, ...pictures.filter(({ path }) => path !== keep)];
}

/** The pictures that others stand in for. */
export function spareOf(groups: readonly Group[]): Member[] {
  return groups.flatMap(({ keep, pictures }) =>
    keep === null ? [] : pictures.filter(({ path }) => path !== keep),
  );
}

/** What was done to one picture of a pair to make the other one. */
export function changesFrom(path: string, { a, evidence }: GroupPair): readonly Change[] {
  const changes = evidence?.changes ?? [];
  return path === a ? changes : reversedChanges(changes);
}
