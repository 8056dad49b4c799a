import { css, html, nothing, type TemplateResult } from 'lit';
import { asScript } from './exports.ts';
import { FolderPart } from './part.ts';
import { save } from './save.ts';
import type { LeftFile } from './move.ts';

/** Files left in place that are named. */
const MOST_LEFT = 100;

export const summaryStyles = css`
  .summary { gap: 0.6rem; }
  .summary h2 { font-size: clamp(1.2rem, 2.5vw, 1.5rem); line-height: 1.25; text-wrap: balance; }
  .summary h2 .faint { font-weight: normal; font-size: 0.75em; }
  .summary .note { flex: 1 1 20rem; font-size: 0.875rem; }
  .moving { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.25rem 0.75rem; align-items: center; }
  .moving p { grid-column: 1 / -1; }
`;

/** What there is to do, what has been decided, and the button that does it. */
export class SummaryView extends FolderPart {
  protected override render(): TemplateResult | typeof nothing {
    const { words, figures, session } = this;
    const { review, items, collection } = session;
    const unreadable = collection?.unreadable.length ?? 0;
    if (items.length + unreadable === 0) return this.#tidied();
    const totals = review.totals;
    const title =
      totals.groups === 0
        ? session.busy
          ? words.noGroups
          : words.nothingToDo
        : words.summary(
            figures.count(totals.pictures),
            figures.count(totals.groups),
            figures.count(totals.couldGo),
            figures.size(totals.couldWin),
          );
    return html`<section class="card summary" data-part="summary" aria-labelledby="summary">
      <h2 id="summary">${title}<span class="faint">; ${words.readCount(figures.count(items.length), figures.count(unreadable))}</span></h2>
      ${totals.groups === 0 ? nothing : this.#decisions()}
      ${this.#tidied()}
    </section>`;
  }

  #decisions(): TemplateResult {
    const { words, figures, session } = this;
    const { review, tidying } = session;
    const totals = review.totals;
    return html`
      <div class="row">
        <button data-part="keep-best-of-all" class=${totals.spare === 0 ? 'main' : ''} ?disabled=${tidying.underway !== undefined}
          @click=${() => review.keepBest()}>${words.keepBestOfAll}</button>
        <button data-part="undo" ?disabled=${!review.canUndo} @click=${() => review.undo()}>${words.undo}</button>
        <button data-part="redo" ?disabled=${!review.canRedo} @click=${() => review.redo()}>${words.redo}</button>
        <p data-part="totals" role="status">${words.decidedCount(
          figures.count(totals.decided),
          figures.count(totals.groups),
          figures.count(totals.spare),
          figures.size(totals.bytes),
        )}</p>
      </div>
      ${totals.spare === 0 ? nothing : this.#doing()}`;
  }

  /** How what was decided is done: here where the browser lets a page do it, else by a script. */
  #doing(): TemplateResult {
    const { words, figures, session } = this;
    const { moves } = session.review.plan();
    const possible = session.tidying.possible(moves, session.items).length;
    const script = html`<button data-part="script" class=${possible === 0 ? 'main' : ''}
      @click=${() => save('likeness.sh', asScript(session.planned))}>${words.script}</button>`;
    if (possible === 0) {
      return html`<div class="row">${script}<p class="faint note">${words.cannotMove}</p></div>`;
    }
    return html`<div class="row">
        <button data-part="move" class="main" ?disabled=${session.tidying.underway !== undefined || session.busy}
          @click=${() => session.moveSpare()}>${words.move(figures.count(possible))}</button>${script}
        <p class="faint note">${words.moveNote}</p>
      </div>
      ${
        possible === moves.length
          ? nothing
          : html`<p class="faint">${words.someCannotMove(figures.count(moves.length - possible))}</p>`
      }`;
  }

  /** What is being done, what was done last, and the way back. */
  #tidied(): TemplateResult | typeof nothing {
    const { words, figures, session } = this;
    const { underway, last, spare } = session.tidying;
    if (underway !== undefined) {
      const { kind, done, total } = underway;
      const said = words[kind](figures.number(done), figures.number(total));
      return html`<div class="moving" data-part="moving"><p>${said}</p>
        <progress aria-label=${said} max=${total || 1} .value=${done}></progress>
        <button @click=${() => session.tidying.stop()}>${words.stop}</button></div>`;
    }
    if (last === undefined && spare === 0) return nothing;
    return html`<div role="status" data-part="tidied" data-kind=${last?.kind ?? ''}>
        ${last === undefined ? nothing : html`<p>${words[last.kind](figures.count(last.files), figures.size(last.bytes))}</p>`}
        ${last === undefined || last.left.length === 0 ? nothing : this.#left(last.left)}
      </div>
      ${
        spare === 0
          ? nothing
          : html`<div class="row"><p class="faint">${words.inSpare(figures.count(spare))}</p>
              <button data-part="restore" ?disabled=${session.busy} @click=${() => session.restoreSpare()}>${words.restore}</button></div>`
      }`;
  }

  #left(left: readonly LeftFile[]): TemplateResult {
    const { words, figures } = this;
    return html`<p class="alarm">${words.leftThere(figures.count(left.length))}</p>
      <ul>${left
        .slice(0, MOST_LEFT)
        .map(
          ({ path, because, message }) =>
            html`<li class="name"><strong>${path}</strong>: ${words.leftBecause(because)}${message === '' ? nothing : html` (${message})`}</li>`,
        )}</ul>`;
  }
}

customElements.define('likeness-folder-summary', SummaryView);
