import type { ModelInfo } from 'image-likeness';
import { element } from './dom.ts';

/** What the model says of its own scores. */
export type Scale = Pick<ModelInfo, 'similarFrom' | 'scoreRanges'>;

/** The kinds of pairs whose scores are known, from the least alike. */
export const KINDS = ['different', 'similar', 'edited'] as const;

/**
 * The line from 0 to 100 with the score on it, where "similar" begins, and below it where the scores
 * of strangers, look-alikes and copies lie with the model that answers.
 */
export class ScaleView {
  private readonly root = element('.scale', HTMLElement);
  private readonly ranges = element('.ranges', HTMLElement, this.root);

  /** Shows a score, 0 to 100, among those that the model gives to known pairs. */
  show(score: number, { similarFrom, scoreRanges }: Scale): void {
    this.root.style.setProperty('--score', String(score));
    this.root.style.setProperty('--similar-from', String(similarFrom));
    this.ranges.hidden = scoreRanges === undefined;
    if (scoreRanges !== undefined) {
      for (const kind of KINDS) {
        const [from, to] = scoreRanges[kind];
        const bar = element(`[data-kind="${kind}"]`, HTMLElement, this.ranges);
        bar.style.setProperty('--from', String(from));
        bar.style.setProperty('--to', String(to));
        element('.numbers', HTMLElement, bar).textContent = `${Math.round(from)}–${Math.round(to)}`;
      }
    }
    this.root.hidden = false;
  }

  /** There is no score to show. */
  hide(): void {
    this.root.hidden = true;
  }
}
