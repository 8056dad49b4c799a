import { type Comparison, LikenessError } from 'image-likeness';

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
