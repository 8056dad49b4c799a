import { html, nothing, type TemplateResult } from 'lit';
import { pairTable } from './pair-table.ts';
import { FolderPart } from './part.ts';

/** From which score on pictures belong together, fitted to what somebody has called right and wrong. */
export class TuneView extends FolderPart {
  #fitted = '';

  protected override render(): TemplateResult | typeof nothing {
    const { words, figures, session } = this;
    if (session.items.length === 0) return nothing;
    const { threshold, result, marks } = session;
    return html`<section class="card"><details data-part="tune"><summary>${words.tune}</summary>
      <section>
        <label for="threshold">${words.threshold}: ${figures.number(threshold, 1)}</label>
        <input id="threshold" type="range" min="0" max="100" step="0.5" .value=${String(threshold)}
          @input=${(event: Event) => {
            session.threshold = Number((event.target as HTMLInputElement).value);
          }} />
        <div class="row">
          <output for="threshold">${words.accepted(figures.number(result.pairs), figures.number(result.groups.length))}</output>
          <button data-part="fit" ?disabled=${marks.fit() === undefined} @click=${this.#fit}>${words.fit}</button>
        </div>
        <p role="status" class="faint" data-part="fitted">${this.#fitted}</p>
        ${this.#marks()}
      </section></details></section>`;
  }

  #marks(): TemplateResult | typeof nothing {
    const { words, figures, session } = this;
    const { pairs } = session.marks;
    if (pairs.length === 0) return nothing;
    const title = words.marks(figures.number(pairs.length));
    return html`<details data-part="marks"><summary>${title}</summary>${pairTable(this.shared, pairs, title)}</details>`;
  }

  #fit(): void {
    const { words, figures, session } = this;
    const fitted = session.marks.fit();
    if (fitted === undefined) return;
    this.#fitted = words.fitted(
      figures.number(fitted.threshold, 1),
      figures.share(fitted.balancedError),
    );
    session.threshold = fitted.threshold;
  }
}

customElements.define('likeness-folder-tune', TuneView);
