import { GridLayout } from '@lit-labs/virtualizer/layouts/grid.js';
import type { RangeChangedEvent } from '@lit-labs/virtualizer/events.js';
import { virtualize } from '@lit-labs/virtualizer/virtualize.js';
import { css, html, nothing, type TemplateResult } from 'lit';
import { FolderPart } from './part.ts';
import { tile } from './tile.ts';

/** From so many images on only those in sight are in the document. */
const FEW = 24;

/** Unreadable files that are named. */
const MOST_UNREADABLE = 500;

/** Pixels above and below what is in sight that are in the document, too: a row, and some of the next one. */
const AROUND = 400;

class CloseGrid extends GridLayout {
  protected override _overhang = AROUND;
}

const LAYOUT = {
  type: CloseGrid,
  itemSize: { width: '152px', height: '250px' },
  gap: '12px',
  padding: '4px',
} as const;

export const imagesStyles = css`
  .all { block-size: min(70vh, 48rem); border: 1px solid var(--line); border-radius: 0.75rem; }
  /* What is not in sight has no layout; outlines may leave the tile. */
  .all .tile { inline-size: 152px; block-size: 250px; content-visibility: auto; overflow-clip-margin: 6px; }
  .all .name { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
`;

/** All images, and the files that are none. */
export class ImagesView extends FolderPart {
  /** Of all images that have not been moved; the list of them is laid out anew when this is another array. */
  #numbers: number[] = [];
  /** The most tiles that the list has had in the document. */
  #tiles = 1;

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
          : html`<div class="all" role="list" tabindex="0" aria-labelledby="images"
              @rangeChanged=${({ first, last }: RangeChangedEvent) => this.#count(last - first + 1)}>${virtualize(
                {
                  items: numbers,
                  scroller: true,
                  layout: LAYOUT,
                  renderItem: show,
                  // A tile that leaves becomes one that comes: new ones are 100 MB of garbage in a long scroll.
                  keyFunction: (_, at) => at % this.#tiles,
                },
              )}</div>`
      }</section>`;
  }

  #count(tiles: number): void {
    this.#tiles = Math.max(this.#tiles, tiles);
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
