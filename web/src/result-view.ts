import type { Comparison, LoadProgress } from 'image-likeness';
import { describeTime, describeVerdict } from 'image-likeness/display';
import { element } from './dom.ts';
import { type Scale, ScaleView } from './scale.ts';
import { describeError, describeEvidence } from './words.ts';

/** Everything below the two images: score, verdict, status, progress, errors. */
export class ResultView {
  private readonly scoreLine = element('.score', HTMLElement);
  private readonly score = element('[data-testid="score"]', HTMLElement);
  private readonly verdict = element('[data-testid="verdict"]', HTMLElement);
  private readonly evidence = element('[data-testid="evidence"]', HTMLElement);
  private readonly scale = new ScaleView();
  private readonly status = element('[data-testid="status"]', HTMLElement);
  private readonly progress = element('.loading', HTMLProgressElement);
  private readonly error = element('[data-testid="error"]', HTMLElement);
  private readonly notice = element('[data-testid="notice"]', HTMLElement);

  /** Says what is going on; takes an earlier result and error away. */
  showWork(status: string): void {
    this.clear();
    this.status.textContent = status;
  }

  /** Says something without touching the result. */
  showStatus(status: string): void {
    this.status.textContent = status;
  }

  /** @param scale what the model that answered says of its scores */
  showComparison(comparison: Comparison, scale: Scale): void {
    const { score, verdict, timings } = comparison;
    this.clear();
    this.score.textContent = score.toFixed(1);
    this.scoreLine.hidden = false;
    this.verdict.textContent = describeVerdict(comparison);
    this.evidence.textContent = describeEvidence(comparison);
    this.verdict.dataset['verdict'] = verdict;
    this.scale.show(score, scale);
    this.status.textContent = `Compared in ${describeTime(timings.total)}.`;
  }

  showError(error: unknown): void {
    this.clear();
    this.error.textContent = describeError(error);
    this.error.hidden = false;
  }

  /** How far the model has been loaded; undefined when that is over. */
  showProgress(progress: LoadProgress | undefined): void {
    this.progress.hidden = progress === undefined;
    if (progress?.phase === 'model') this.progress.value = progress.loaded / progress.total;
  }

  /** Something the visitor should know that is no error. */
  showNotice(text: string): void {
    this.notice.textContent = text;
    this.notice.hidden = false;
  }

  private clear(): void {
    this.scoreLine.hidden = true;
    this.score.textContent = '';
    this.verdict.textContent = '';
    delete this.verdict.dataset['verdict'];
    this.evidence.textContent = '';
    this.scale.hide();
    this.status.textContent = '';
    this.error.hidden = true;
    this.error.textContent = '';
  }
}
