import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, words } from '../language.ts';
import { View } from '../view.ts';
import './answer-view.css';
import { COPIES_FROM, type Band, bandOf } from './scale.ts';
import { describeAnswer } from './sentence.ts';
import type { Answer, PairSession } from './session.ts';

/** Milliseconds in which a refined score moves from the one before. */
const REFINING = 700;

/** The question, and in its place the answer: the score, a sentence and a scale. */
export class AnswerView extends View {
  #shown: Answer | undefined;
  /** The score as it is on its way from one answer to a refined one. */
  #moving: number | undefined;
  #movement = 0;

  constructor(private readonly session: PairSession) {
    super(session);
  }

  protected override willUpdate(): void {
    const { answer } = this.session;
    if (answer === this.#shown) return;
    this.#shown = answer;
    cancelAnimationFrame(this.#movement);
    this.#moving = undefined;
    if (answer?.before !== undefined) this.#moveScore(answer.before, answer.comparison.score);
  }

  protected override render(): TemplateResult {
    const { answer, pair } = this.session;
    return html`
      <div class="question" ?hidden=${pair !== undefined}>
        <h2>${words().page.question}</h2>
        <p>${words().page.lead}</p>
      </div>
      <div class="answer" aria-live="polite" aria-busy=${this.#moving === undefined ? nothing : 'true'}>
        ${answer === undefined ? this.#renderFirstAnswer() : this.#renderAnswer(answer)}
      </div>
      ${answer === undefined ? nothing : this.#renderScale(answer)}
      ${this.#renderStatus()}`;
  }

  #renderFirstAnswer(): TemplateResult | typeof nothing {
    const { phase } = this.session;
    if (phase.kind !== 'comparing' || phase.first === undefined) return nothing;
    return html`<p class="first-answer" data-testid="first-answer">${words().firstAnswer[phase.first]}</p>`;
  }

  #renderAnswer({ comparison, model, before }: Answer): TemplateResult {
    const score = formatNumber(this.#moving ?? comparison.score, 1);
    return html`
      <p class="score"><span data-testid="score">${score}</span><small>%</small></p>
      <div>
        <p class="verdict" data-testid="verdict" data-verdict=${comparison.verdict}>${describeAnswer(comparison, model, this.session.sizes[0], words().sentence)}</p>
        ${
          before === undefined
            ? nothing
            : html`<p class="refined" data-testid="refined">${describeRefinement(before, comparison.score)}</p>`
        }
      </div>`;
  }

  #renderScale({ comparison, model }: Answer): TemplateResult {
    const { bands } = words();
    const band = bandOf(comparison.score, model.similarFrom);
    const name = (kind: Band): TemplateResult =>
      html`<span data-band=${kind} ?data-here=${kind === band}>${bands[kind]}</span>`;
    return html`<div class="scale" data-testid="scale" role="img"
      aria-label=${words().scale(formatNumber(comparison.score, 1), bands[band])}>
      <div class="line"><div class="marker"></div></div>
      <div class="bands">${name('different')}${name('similar')}${name('copy')}</div>
    </div>`;
  }

  #renderStatus(): TemplateResult {
    const { phase, progress } = this.session;
    const said =
      phase.kind === 'waiting'
        ? words()[phase.for]
        : phase.kind === 'comparing'
          ? words().comparing
          : '';
    // Those who see the page see that it is ready, or how far the model has come.
    const quiet = phase.kind === 'waiting' && (phase.for === 'ready' || phase.for === 'loading');
    const { notices } = this.session;
    return html`
      <p class="status ${quiet ? 'hidden-text' : ''}" data-testid="status" role="status">${said}</p>
      <progress class="loading" max="1" .value=${progress ?? 0} aria-label=${words().page.loadingModel}
        ?hidden=${progress === undefined}></progress>
      <p class="notice" data-testid="notice" ?hidden=${notices.size === 0}>${[...notices].map((notice) => words()[notice]).join(' ')}</p>`;
  }

  protected override updated(): void {
    const scale = this.querySelector<HTMLElement>('.scale');
    const { answer } = this.session;
    if (scale === null || answer === undefined) return;
    scale.style.setProperty('--score', String(answer.comparison.score));
    scale.style.setProperty('--similar-from', String(answer.model.similarFrom));
    scale.style.setProperty('--copies-from', String(COPIES_FROM));
  }

  /** Counts from one score to another in sight; a screen reader hears the last one only. */
  #moveScore(from: number, to: number): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    this.#moving = from;
    let start: number | undefined;
    const step = (now: number): void => {
      start ??= now;
      const part = Math.min(1, (now - start) / REFINING);
      this.#moving = part < 1 ? from + (to - from) * (1 - (1 - part) ** 3) : undefined;
      if (part < 1) this.#movement = requestAnimationFrame(step);
      this.requestUpdate();
    };
    this.#movement = requestAnimationFrame(step);
  }
}

/** What the full model made of the small one's score, as both are shown. */
function describeRefinement(before: number, after: number): string {
  const [said, now] = [formatNumber(before, 1), formatNumber(after, 1)];
  return said === now ? words().confirmed : words().refined(said);
}
