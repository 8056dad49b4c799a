import { type Comparison, LikenessError, type Relation, type Verdict } from 'image-likeness';

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

/** A verdict in a sentence, with what was done to the picture where that is known. */
export function describeVerdict({ verdict, evidence }: Comparison): string {
  const relations = evidence?.relations ?? [];
  if (relations.length === 0) return VERDICT_SENTENCES[verdict];
  return `Near-duplicate: the same picture, ${relations.map((name) => RELATION_WORDS[name]).join(' and ')}.`;
}

/** What the verdict rests on, in a line. */
export function describeEvidence({ verdict, probability, evidence }: Comparison): string {
  if (verdict === 'identical') return 'Every pixel is the same.';
  const kind = `Same kind of subject: ${describeProbability(probability)}.`;
  if (evidence === undefined) return kind;
  const { dct, gradient } = evidence.hashDistance;
  return `${kind} Perceptual hashes differ in ${dct} and ${gradient} of 64 bits.`;
}

/** In whole percent, but never certain. */
function describeProbability(probability: number): string {
  if (probability < 0.01) return 'under 1 %';
  if (probability > 0.99) return 'over 99 %';
  return `${Math.round(probability * 100)} %`;
}

/** An error in plain words, its code at the end. */
export function describeError(error: unknown): string {
  if (error instanceof LikenessError) return `${error.message} (${error.code})`;
  return `Something unexpected went wrong: ${error instanceof Error ? error.message : error}`;
}

/** Milliseconds as people say them. */
export function describeTime(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
