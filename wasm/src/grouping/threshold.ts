import { LikenessError } from '../errors.js';

/** A user's judgement of a pair. */
export interface Mark {
  /** The score of the pair, 0 to 100. */
  readonly score: number;
  /** Whether the two images belong together. */
  readonly right: boolean;
}

/** A threshold and its error on the marks that it was fitted to. */
export interface FittedThreshold {
  /** Pairs with this score or a higher one are accepted. */
  readonly threshold: number;
  /** Mean of the share of right pairs refused and the share of wrong pairs accepted, 0 to 0.5. */
  readonly balancedError: number;
}

/**
 * The threshold with the smallest balanced error on the marks, that is, with the largest Youden's index
 * (W. J. Youden, Cancer 3, 1950). It lies in the middle between two neighbouring scores. Of equally good
 * thresholds the highest is taken, because it accepts the fewest pairs.
 * @throws LikenessError `invalid-argument` unless there are marks of both kinds, with scores from 0 to
 *   100
 */
export function fitThreshold(marks: Iterable<Mark>): FittedThreshold {
  const sorted = [...marks].sort((x, y) => y.score - x.score);
  if (!sorted.every(({ score }) => score >= 0 && score <= 100)) {
    throw new LikenessError('invalid-argument', 'The score of a mark lies between 0 and 100.');
  }
  const right = sorted.filter((mark) => mark.right).length;
  const wrong = sorted.length - right;
  if (right === 0 || wrong === 0) {
    throw new LikenessError(
      'invalid-argument',
      'A threshold takes at least one pair marked right and one marked wrong.',
    );
  }
  // Accepting nothing is one of the candidates, but never better than one right pair.
  let best: FittedThreshold = { threshold: 100, balancedError: Number.POSITIVE_INFINITY };
  let rightAccepted = 0;
  let wrongAccepted = 0;
  for (const [place, { score, right: isRight }] of sorted.entries()) {
    if (isRight) rightAccepted += 1;
    else wrongAccepted += 1;
    const next = sorted[place + 1]?.score ?? 0;
    if (place + 1 < sorted.length && next === score) continue;
    const balancedError = ((right - rightAccepted) / right + wrongAccepted / wrong) / 2;
    if (balancedError < best.balancedError) best = { threshold: (score + next) / 2, balancedError };
  }
  return best;
}
