/** Where the scores of pairs that no pixels prove begin to be squeezed, and where they end. */
const SQUEEZED_FROM = 80;
const MOST_UNPROVEN = 87.9;
const SLOPE = (MOST_UNPROVEN - SQUEEZED_FROM) / (100 - SQUEEZED_FROM);

/**
 * Scores from centred cosines as core/src/rating.cpp has them where nothing else is known of a pair:
 * monotone cubic pieces between knots (F. N. Fritsch and R. E. Carlson, SIAM J. Numer. Anal. 17, 1980),
 * squeezed below the scores of copies.
 */
export class ScoreCurve {
  readonly #slopes: number[];

  /**
   * @param cosines knots, strictly increasing from −1 to 1
   * @param scores at the knots, strictly increasing from 0 to 100
   */
  constructor(
    private readonly cosines: readonly number[],
    private readonly scores: readonly number[],
  ) {
    const last = cosines.length - 1;
    const secants = Array.from({ length: last }, (_, i) => this.#secant(i));
    const slopes = cosines.map((_, i) => {
      if (i === 0 || i === last) return secants[i === 0 ? 0 : last - 1] ?? 0;
      return ((secants[i - 1] ?? 0) + (secants[i] ?? 0)) / 2;
    });
    for (const [i, secant] of secants.entries()) {
      const alpha = (slopes[i] ?? 0) / secant;
      const beta = (slopes[i + 1] ?? 0) / secant;
      const squaredRadius = alpha * alpha + beta * beta;
      if (squaredRadius <= 9) continue;
      const shrink = 3 / Math.sqrt(squaredRadius);
      slopes[i] = shrink * alpha * secant;
      slopes[i + 1] = shrink * beta * secant;
    }
    this.#slopes = slopes;
  }

  /** @param cosine centred, −1 to 1 @returns 0 to 87.9 */
  score(cosine: number): number {
    const score = this.#onCurve(cosine);
    return score <= SQUEEZED_FROM ? score : SQUEEZED_FROM + SLOPE * (score - SQUEEZED_FROM);
  }

  /** The smallest cosine with at least this score, within 2^-40; above 1 where there is none. */
  cosine(score: number): number {
    if (score > MOST_UNPROVEN) return 2;
    let low = -1;
    let high = 1;
    if (this.score(low) >= score) return low;
    for (let step = 0; step < 41; step += 1) {
      const middle = (low + high) / 2;
      if (this.score(middle) >= score) high = middle;
      else low = middle;
    }
    return high;
  }

  #onCurve(cosine: number): number {
    if (cosine <= -1) return 0;
    if (cosine >= 1) return 100;
    let i = 0;
    while ((this.cosines[i + 1] ?? 1) <= cosine) i += 1;
    const width = (this.cosines[i + 1] ?? 0) - (this.cosines[i] ?? 0);
    const left = this.#slopes[i] ?? 0;
    const right = this.#slopes[i + 1] ?? 0;
    const secant = this.#secant(i);
    const quadratic = (3 * secant - 2 * left - right) / width;
    const cubic = (left + right - 2 * secant) / (width * width);
    const x = cosine - (this.cosines[i] ?? 0);
    const low = this.scores[i] ?? 0;
    const high = this.scores[i + 1] ?? 0;
    return Math.min(high, Math.max(low, low + x * (left + x * (quadratic + x * cubic))));
  }

  #secant(i: number): number {
    const rise = (this.scores[i + 1] ?? 0) - (this.scores[i] ?? 0);
    return rise / ((this.cosines[i + 1] ?? 0) - (this.cosines[i] ?? 0));
  }
}
