import { grid } from '@lit-labs/virtualizer/layouts/grid.js';
import { virtualize } from '@lit-labs/virtualizer/virtualize.js';
import { css, html, nothing, type TemplateResult } from 'lit';
import { FolderPart } from './part.ts';
import { tile } from './tile.ts';

/** From so many images on only those in sight are in the document. */
const FEW = 24;

/** Unreadable files that are named. */
const MOST_UNREADABLE = 500;

const LAYOUT = grid({
  itemSize: { width: '152px', height: '250px' },
  gap: '12px',
  padding: '4px',
});

export const imagesStyles = css`
  .all { block-size: min(70vh, 48rem); border: 1px solid var(--line); border-radius: 0.75rem; }
  .all .tile { inline-size: 152px; block-size: 250px; }
  .all .name { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
`;

/** All images, and the files that are none. */
export class ImagesView extends FolderPart {
  /** Of all images that have not been moved; the list of them is laid out anew when this is another array. */
  #numbers: number[] = [];

  protected override render(): TemplateResult | typeof nothing {
    const { words, figures, session } = this;
    const { gone } = session.tidying;
    const count = session.items.length - gone.size;
    const unreadable = this.#unreadable();
    if (count === 0) return html`${unreadable}`;
    if (this.#numbers.length !== count) {
      this.#numbers = [...session.items.keys()].filter((number) => !gone.has(number));
    }
    const numbers = this.#numbers;
    const show = (number: number) => tile(this.shared, number);
    return html`${unreadable}<section data-part="images"><h2 id="images">${words.images} (${figures.number(count)})</h2>
      ${
        count <= FEW
          ? html`<div class="grid" role="list" aria-labelledby="images">${numbers.map(show)}</div>`
          : html`<div class="all" role="list" tabindex="0" aria-labelledby="images">${virtualize({
              items: numbers,
              scroller: true,
              layout: LAYOUT,
              renderItem: show,
            })}</div>`
      }</section>`;
  }

  #unreadable(): TemplateResult | typeof nothing {
    const { words, figures, session } = this;
    const files = session.collection?.unreadable ?? [];
    if (files.length === 0) return nothing;
    return html`<section class="card"><details data-part="unreadable" open><summary class="alarm">${words.unreadable(figures.number(files.length))}</summary>
      ${files.some(({ code }) => code === 'unsupported-format') ? html`<p class="faint">${words.readable}</p>` : nothing}
      <ul>${files.slice(0, MOST_UNREADABLE).map(({ path, code, message }) => html`<li class="name"><strong>${path}</strong> · <code>${code}</code> · ${message}</li>`)}</ul></details></section>`;
  }
}

customElements.define('likeness-folder-images', ImagesView);
