import type { Change, ChangeKind, Similarity, Verdict } from '../types.js';

/** The texts of a pair's description, in one language. */
export interface PairWords {
  /** Sentences; without a full stop if changes follow. */
  readonly verdicts: Readonly<Record<Verdict, string>>;
  /** Changes, for the end of a sentence; `turned` gets angles that aren't multiples of 90°. */
  readonly changes: Readonly<Record<ChangeKind, (amount: number) => string>>;
  readonly turnedRight: string;
  readonly turnedLeft: string;
  readonly upsideDown: string;
  /** A change that was made in several places. */
  inPlaces(change: string, count: number): string;
}

const VERDICTS: PairWords['verdicts'] = {
  identical: 'Identical: the same image.',
  'near-duplicate': 'Near-duplicate: the same image',
  variant: 'Variant: mostly the same image',
  similar: 'Similar: two images of the same kind of thing.',
  different: 'Different: the two have little in common.',
};

const CHANGES: PairWords['changes'] = {
  're-encoded': () => 'encoded again',
  resized: (factor) => `resized to ${percent(factor)}`,
  cropped: (share) => `cropped to ${percent(share)}`,
  uncropped: (share) => `as ${percent(share)} of a larger image`,
  bordered: () => 'with a border',
  unbordered: () => 'without its border',
  turned: (degrees) =>
    `turned by ${Math.abs(degrees).toFixed(1)}° ${degrees > 0 ? 'clockwise' : 'counterclockwise'}`,
  mirrored: () => 'mirrored',
  greyscale: () => 'in grey',
  coloured: () => 'in colour',
  exposed: () => 'of other brightness or contrast',
  blurred: () => 'blurred',
  sharpened: () => 'sharper',
  added: () => 'something laid over',
  removed: () => 'something taken away',
  replaced: () => 'something replaced',
  reanimated: (frames) => `with ${frames} frames`,
};

const ENGLISH: PairWords = {
  verdicts: VERDICTS,
  changes: CHANGES,
  turnedRight: 'turned right',
  turnedLeft: 'turned left',
  upsideDown: 'turned upside down',
  inPlaces: (change, count) => `${change} in ${count} places`,
};

/** An angle this close to a multiple of 90°, in degrees, is called a quarter or half turn. */
const QUARTER_TOLERANCE = 0.3;

/** Changes of a place, not of the whole image. */
const LOCAL: ReadonlySet<ChangeKind> = new Set(['added', 'removed', 'replaced']);

/** The changes of single places, without those of the whole image. */
export function placesOf(changes: readonly Change[]): Change[] {
  return changes.filter(({ kind }) => LOCAL.has(kind));
}

/** A verdict in a sentence, with the changes that are known. */
export function describeVerdict(
  { verdict, evidence }: Pick<Similarity, 'verdict' | 'evidence'>,
  words: PairWords = ENGLISH,
): string {
  const sentence = words.verdicts[verdict];
  if (sentence.endsWith('.')) return sentence;
  return `${[sentence, ...describeChanges(evidence?.changes ?? [], words)].join(', ')}.`;
}

/** The changes from the first image to the second, each kind once. */
export function describeChanges(changes: readonly Change[], words: PairWords = ENGLISH): string[] {
  const counts = new Map<string, number>();
  for (const change of changes) {
    const name = describeChange(change, words);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count > 1 ? words.inPlaces(name, count) : name));
}

function describeChange({ kind, amount }: Change, words: PairWords): string {
  const quarters = Math.round(amount / 90);
  const nearly = quarters !== 0 && Math.abs(amount - 90 * quarters) <= QUARTER_TOLERANCE;
  if (kind !== 'turned' || !nearly) return words.changes[kind](amount);
  if (Math.abs(quarters) === 2) return words.upsideDown;
  return quarters > 0 ? words.turnedRight : words.turnedLeft;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Milliseconds as a text: "250 ms", "1.4 s". */
export function describeTime(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
