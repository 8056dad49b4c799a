import type { Relation, Similarity, Verdict } from '../types.js';

const VERDICT_SENTENCES: Readonly<Record<Verdict, string>> = {
  identical: 'Identical: the same picture.',
  'near-duplicate': 'Near-duplicate: the same picture, changed a little.',
  similar: 'Similar: two pictures of the same kind of thing.',
  different: 'Different: the two have little in common.',
};

const RELATION_WORDS: Readonly<Record<Relation, string>> = {
  mirrored: 'mirrored',
  'rotated-90': 'turned right',
  'rotated-180': 'turned upside down',
  'rotated-270': 'turned left',
  greyscale: 'in grey',
  cropped: 'cropped',
};

/** A verdict in an English sentence, with what was done to the picture where that is known. */
export function describeVerdict({
  verdict,
  evidence,
}: Pick<Similarity, 'verdict' | 'evidence'>): string {
  const relations = evidence?.relations ?? [];
  if (relations.length === 0) return VERDICT_SENTENCES[verdict];
  return `Near-duplicate: the same picture, ${relations.map((name) => RELATION_WORDS[name]).join(' and ')}.`;
}

/** Milliseconds as people say them. */
export function describeTime(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
