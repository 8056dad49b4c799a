import type { Change, ChangeKind, Similarity, Verdict } from '../types.js';

const VERDICT_SENTENCES: Readonly<Record<Verdict, string>> = {
  identical: 'Identical: the same picture.',
  'near-duplicate': 'Near-duplicate: the same picture',
  variant: 'Variant: mostly the same picture',
  similar: 'Similar: two pictures of the same kind of thing.',
  different: 'Different: the two have little in common.',
};

/** What was done, for the end of a sentence. */
const CHANGE_WORDS: Readonly<Record<ChangeKind, (amount: number) => string>> = {
  're-encoded': () => 'encoded again',
  resized: (factor) => `resized to ${percent(factor)}`,
  cropped: (share) => `cropped to ${percent(share)}`,
  uncropped: (share) => `as ${percent(share)} of a larger picture`,
  bordered: () => 'with a border',
  unbordered: () => 'without its border',
  turned: (degrees) => turnInWords(degrees),
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

/** A verdict in an English sentence, with what was done to the picture where that is known. */
export function describeVerdict({
  verdict,
  evidence,
}: Pick<Similarity, 'verdict' | 'evidence'>): string {
  const sentence = VERDICT_SENTENCES[verdict];
  if (sentence.endsWith('.')) return sentence;
  return `${[sentence, ...describeChanges(evidence?.changes ?? [])].join(', ')}.`;
}

/** What was done to the first picture to make the second, each thing once. */
export function describeChanges(changes: readonly Change[]): string[] {
  const counts = new Map<string, number>();
  for (const { kind, amount } of changes) {
    const words = CHANGE_WORDS[kind](amount);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([words, count]) => (count > 1 ? `${words} in ${count} places` : words));
}

/** Clockwise. */
function turnInWords(degrees: number): string {
  const quarter = Math.round(degrees / 90);
  if (Math.abs(degrees - 90 * quarter) > 0.3) {
    return `turned by ${Math.abs(degrees).toFixed(1)}° ${degrees > 0 ? 'clockwise' : 'counterclockwise'}`;
  }
  if (Math.abs(quarter) === 2) return 'turned upside down';
  return quarter > 0 ? 'turned right' : 'turned left';
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Milliseconds as people say them. */
export function describeTime(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
