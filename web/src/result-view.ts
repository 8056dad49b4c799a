import type { Comparison, LoadProgress, ModelInfo } from 'image-likeness';
import { element } from './dom.ts';
import { formatNumber, onLanguage, words } from './language.ts';
import type { Strings } from './strings/en.ts';
import { type Scale, ScaleView } from './scale.ts';
import { describeError, describeEvidence, showProblem } from './words.ts';

/** Names of what the page says about what is going on. */
type Status = keyof Pick<
  Strings,
  'loading' | 'ready' | 'otherImage' | 'comparing' | 'fetchingPair'
>;

/** Names of what the visitor should know that is no error. */
type Notice = keyof Pick<Strings, 'falsified' | 'onlyTwo'>;

/** An answer, and the score that a small copy of the model gave the same pair before. */
interface Answer {
  readonly comparison: Comparison;
  readonly scale: Scale;
  /** Id of the full model where a small copy of it answered. */
  readonly fullModel: string | undefined;
  readonly before: number | undefined;
}

/** Milliseconds in which a refined score moves from the one before. */
const REFINING = 700;

/** Everything below the two images: score, verdict, status, progress, errors. */
export class ResultView {
  private readonly answerLine = element('.answer', HTMLElement);
  private readonly scoreLine = element('.score', HTMLElement);
  private readonly score = element('[data-testid="score"]', HTMLElement);
  private readonly verdict = element('[data-testid="verdict"]', HTMLElement);
  private readonly refined = element('[data-testid="refined"]', HTMLElement);
  private readonly evidence = element('[data-testid="evidence"]', HTMLElement);
  private readonly scale = new ScaleView();
  private readonly status = element('[data-testid="status"]', HTMLElement);
  private readonly progress = element('.loading', HTMLProgressElement);
  private readonly error = element('[data-testid="error"]', HTMLElement);
  private readonly notice = element('[data-testid="notice"]', HTMLElement);
  private answer: Answer | undefined;
  private working: Status | undefined;
  private failure: { readonly error: unknown } | undefined;
  private readonly notices = new Set<Notice>();
  private movement = 0;

  constructor() {
    onLanguage(() => this.render());
  }

  /** Says what is going on; takes an earlier result and error away. */
  showWork(status: Status): void {
    this.answer = undefined;
    this.failure = undefined;
    this.showStatus(status);
  }

  /** Says something without touching the result. */
  showStatus(status: Status): void {
    this.working = status;
    this.render();
  }

  /**
   * Shows an answer. One of the full model, about the pair that its small copy has answered, refines
   * that answer in sight.
   */
  showComparison(comparison: Comparison, model: ModelInfo): void {
    const { id, fullModel } = model;
    const previous = this.answer;
    const before = previous?.fullModel === id ? previous.comparison.score : undefined;
    this.answer = { comparison, scale: model, fullModel, before };
    this.failure = undefined;
    this.working = undefined;
    this.render();
    if (before !== undefined) this.moveScore(before, comparison.score);
  }

  showError(error: unknown): void {
    this.answer = undefined;
    this.working = undefined;
    this.failure = { error };
    this.render();
  }

  /** How far the model has been loaded; undefined when that is over. */
  showProgress(progress: LoadProgress | undefined): void {
    this.progress.hidden = progress === undefined;
    if (progress?.phase === 'model') this.progress.value = progress.loaded / progress.total;
  }

  /** Whether there is something that the visitor should know and that is no error. */
  setNotice(notice: Notice, present: boolean): void {
    if (present) this.notices.add(notice);
    else this.notices.delete(notice);
    this.render();
  }

  private render(): void {
    this.stopMoving();
    const { answer, failure, working } = this;
    this.renderAnswer(answer);
    showProblem(this.error, failure && describeError(failure.error));
    this.notice.hidden = this.notices.size === 0;
    this.notice.textContent = [...this.notices].map((notice) => words()[notice]).join(' ');
    if (working !== undefined) this.status.textContent = words()[working];
    else if (answer === undefined) this.status.textContent = '';
    else {
      const { total } = answer.comparison.timings;
      this.status.textContent = words().comparedIn(words().time(total));
    }
  }

  private renderAnswer(answer: Answer | undefined): void {
    this.scoreLine.hidden = answer === undefined;
    this.refined.hidden = answer?.before === undefined;
    if (answer === undefined) {
      this.scale.hide();
      for (const node of [this.score, this.verdict, this.evidence]) node.textContent = '';
      delete this.verdict.dataset['verdict'];
      return;
    }
    const { comparison, before } = answer;
    this.score.textContent = formatNumber(comparison.score, 1);
    this.verdict.textContent = words().verdict(comparison);
    this.verdict.dataset['verdict'] = comparison.verdict;
    this.evidence.textContent = describeEvidence(comparison);
    this.scale.show(comparison.score, answer.scale);
    this.refined.textContent = before === undefined ? '' : words().refined(formatNumber(before, 1));
  }

  /** Counts from one score to another in sight; a screen reader hears the last one only. */
  private moveScore(from: number, to: number): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    this.answerLine.setAttribute('aria-busy', 'true');
    let start: number | undefined;
    const step = (now: number): void => {
      start ??= now;
      const part = Math.min(1, (now - start) / REFINING);
      const eased = 1 - (1 - part) ** 3;
      this.score.textContent = formatNumber(from + (to - from) * eased, 1);
      if (part < 1) this.movement = requestAnimationFrame(step);
      else this.stopMoving();
    };
    this.movement = requestAnimationFrame(step);
  }

  private stopMoving(): void {
    cancelAnimationFrame(this.movement);
    this.answerLine.removeAttribute('aria-busy');
  }
}
