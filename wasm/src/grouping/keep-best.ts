import type { Fingerprint } from '../types.js';

/** What a suggestion looks at. */
export interface Keepable {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Larger is sharper; left out of the decision unless both pictures have one. */
  readonly sharpness?: number | undefined;
  /** Of the file. */
  readonly bytes: number;
}

/**
 * Which picture of a group to keep: the one with the most pixels, of those the sharpest, of those the
 * largest file, of those the first.
 * @returns its place in the group, or -1 for an empty one
 */
export function suggestKept(group: readonly Keepable[]): number {
  let best = -1;
  for (const [place, picture] of group.entries()) {
    const champion = group[best];
    if (champion === undefined || isBetter(picture, champion)) best = place;
  }
  return best;
}

/**
 * Which pictures of a group `suggestKept` needs the sharpness of: those that share the most pixels and are
 * not the same to the last one. Sharpness takes a picture's pixels, so that it is best asked for late.
 * @returns their places in the group
 */
export function undecidedBySize(group: readonly (Fingerprint | undefined)[]): number[] {
  const most = Math.max(...group.map(pixelsOf));
  const tied = group.flatMap((print, place) => (pixelsOf(print) === most ? [place] : []));
  const digests = new Set(tied.map((place) => group[place]?.digest));
  return digests.size < 2 ? [] : tied;
}

function pixelsOf(print: Fingerprint | undefined): number {
  return print === undefined ? 0 : print.width * print.height;
}

function isBetter(a: Keepable, b: Keepable): boolean {
  const pixels = a.width * a.height - b.width * b.height;
  if (pixels !== 0) return pixels > 0;
  const sharpness =
    a.sharpness === undefined || b.sharpness === undefined ? 0 : a.sharpness - b.sharpness;
  if (sharpness !== 0) return sharpness > 0;
  return a.bytes > b.bytes;
}
