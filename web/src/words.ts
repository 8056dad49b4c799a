import { type Comparison, LikenessError } from 'image-likeness';
import { formatShare, words } from './language.ts';

/** What the verdict rests on, in a line. */
export function describeEvidence({ verdict, probability, evidence }: Comparison): string {
  const { allPixelsSame, sameKind, hashesDiffer } = words();
  if (verdict === 'identical') return allPixelsSame;
  const kind = sameKind(describeProbability(probability));
  if (evidence === undefined) return kind;
  const { dct, gradient } = evidence.hashDistance;
  return `${kind} ${hashesDiffer(dct, gradient)}`;
}

/** In whole percent, but never certain. */
function describeProbability(probability: number): string {
  if (probability < 0.01) return words().under(formatShare(0.01));
  if (probability > 0.99) return words().over(formatShare(0.99));
  return formatShare(probability);
}

/** An error in plain words, its code at the end. */
export function describeError(error: unknown): string {
  const { problem, unexpected } = words();
  if (error instanceof LikenessError) {
    return `${problem(error.code)} ${error.message} (${error.code})`.trim();
  }
  return unexpected(error instanceof Error ? error.message : String(error));
}
