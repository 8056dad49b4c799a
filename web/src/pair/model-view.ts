import { html, nothing, type TemplateResult } from 'lit';
import { IN_ONE_FILE } from '../beside.ts';
import { words } from '../language.ts';
import { renderProblem } from '../problem.ts';
import { View } from '../view.ts';
import { describeError } from '../words.ts';
import type { FullModel } from './full-model.ts';
import './model-view.css';

/** Gets a model, and puts it beside the built page. */
const fetchCommand = (id: string): string => `npm run models -- fetch ${id}`;

/** Says which model has answered and what it is good for, and what becomes of the full one. */
export class ModelView extends View {
  constructor(private readonly full: FullModel) {
    super(full);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { model, state, answered, offered } = this.full;
    const { page } = words();
    if (model === undefined || (!answered && state.kind !== 'loading' && state.kind !== 'failed')) {
      return nothing;
    }
    const loading = state.kind === 'loading';
    return html`<section class="model" data-testid="model">
      <p data-testid="model-text">${words().model(model.title, words().purpose(model))}</p>
      <p data-testid="full-model-note" role="status">${this.#note()}</p>
      <progress data-testid="full-model-progress" max="1" .value=${loading ? state.share : 0}
        aria-label=${page.loadingFullModel} ?hidden=${!loading}></progress>
      <p class="row">
        <button type="button" class="ask" data-testid="full-model" ?hidden=${!offered} @click=${() => this.full.ask()}>${page.askFullModel}</button>
        <button type="button" data-testid="refuse-full-model" ?hidden=${!loading} @click=${this.#refuse}>${page.refuseFullModel}</button>
      </p>
      <div class="error" data-testid="full-model-error" role="alert" ?hidden=${state.kind !== 'failed'}>${
        state.kind === 'failed' ? renderProblem(describeError(state.error)) : nothing
      }</div>
    </section>`;
  }

  #note(): string {
    const { model, state, savesData, offered } = this.full;
    const { fullModelLoading, fullModelMissing, fullModelNotInFile, savingData } = words();
    if (model?.fullModel === undefined) return '';
    if (state.kind === 'loading') return fullModelLoading;
    if (state.kind === 'missing') {
      return IN_ONE_FILE ? fullModelNotInFile : fullModelMissing(fetchCommand(model.fullModel));
    }
    return savesData && offered ? savingData : '';
  }

  async #refuse(): Promise<void> {
    this.full.refuse();
    await this.updateComplete;
    // The button that had the focus is gone.
    this.querySelector<HTMLButtonElement>('.ask')?.focus();
  }
}
