/** The lowest score of copies; see `Verdict` of the package. */
export const COPIES_FROM = 88;

/** The parts of the scale from 0 to 100, the least alike first. */
export type Band = 'different' | 'similar' | 'copy';

/** The part that a score is in. */
export function bandOf(score: number, similarFrom: number): Band {
  if (score >= COPIES_FROM) return 'copy';
  return score >= similarFrom ? 'similar' : 'different';
}
