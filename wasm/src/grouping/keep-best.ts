import type { Fingerprint } from '../types.js';

/** What a suggestion looks at. */
export interface Keepable {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** See `sharpnessOf`; larger is sharper. */
  readonly sharpness?: number | undefined;
  /** Of the file. */
  readonly bytes: number;
}

/**
 * Pictures with at least this share of the sharpest one's sharpness count as equally sharp: encoding one
 * again as JPEG makes it up to 1.4 times as sharp by its artefacts alone.
 */
const AS_SHARP = 0.5;

/**
 * Which picture of a group to keep: the one with the most pixels; of several the sharpest; of those that
 * are about as sharp, or of unknown sharpness, the largest file; of those the first.
 * @returns its place in the group, or -1 for an empty one
 */
export function suggestKept(group: readonly Keepable[]): number {
  const most = Math.max(...group.map(pixelsOf));
  const sharpest = Math.max(
    ...group.map((picture) => (pixelsOf(picture) === most ? (picture.sharpness ?? 0) : 0)),
  );
  let best = -1;
  for (const [place, picture] of group.entries()) {
    const { sharpness = sharpest, bytes } = picture;
    if (pixelsOf(picture) < most || sharpness < AS_SHARP * sharpest) continue;
    if (bytes > (group[best]?.bytes ?? -1)) best = place;
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

function pixelsOf(picture: Pick<Keepable, 'width' | 'height'> | undefined): number {
  return picture === undefined ? 0 : picture.width * picture.height;
}
