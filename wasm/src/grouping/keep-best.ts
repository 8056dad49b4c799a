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

function isBetter(a: Keepable, b: Keepable): boolean {
  const pixels = a.width * a.height - b.width * b.height;
  if (pixels !== 0) return pixels > 0;
  const sharpness =
    a.sharpness === undefined || b.sharpness === undefined ? 0 : a.sharpness - b.sharpness;
  if (sharpness !== 0) return sharpness > 0;
  return a.bytes > b.bytes;
}
