import { LARGEST_MATRIX, type ScoreMatrix } from 'image-likeness/grouping';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { FolderCollection } from './collection.ts';
import { FolderPart } from './part.ts';

const NEAREST = 10;

/** Score that is drawn darkest: strangers lie around it. */
const DARKEST = 5;

export const matrixStyles = css`
  .matrix { inline-size: min(100%, 36rem); aspect-ratio: 1; image-rendering: pixelated; border: 1px solid var(--line); border-radius: 0.5rem; }
`;

/** The scores of all pairs as a heat map, worked by pointer or arrow keys; of up to 200 images, when all are read. */
export class MatrixView extends FolderPart {
  #matrix: (ScoreMatrix & { readonly numbers: readonly number[] }) | undefined;
  #cell = { row: 0, column: 0 };
  /** What it is drawn of, or going to be. */
  #of: { readonly collection: FolderCollection; readonly size: number } | undefined;

  /** Whether somebody wants to see it. */
  #open = false;

  protected override willUpdate(): void {
    if (!this.#open) return;
    const { collection, busy, items } = this.session;
    const [known, size] = [this.#of, items.length];
    if (known?.collection === collection && known?.size === size) return;
    this.#matrix = undefined;
    this.#of = undefined;
    if (collection === undefined || busy || size < 2 || size > LARGEST_MATRIX) return;
    this.#of = { collection, size };
    void this.#load(collection, [...items.keys()]);
  }

  async #load(collection: FolderCollection, numbers: readonly number[]): Promise<void> {
    const matrix = await collection.matrix(numbers).catch(() => undefined);
    // Without one there is no map: the folder has gone, or there is no memory for it.
    if (matrix === undefined || this.#of?.collection !== collection) return;
    this.#matrix = { ...matrix, numbers: matrix.order.map((place) => numbers[place] ?? 0) };
    this.#cell = { row: 0, column: 1 };
    this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words, session } = this;
    const nameOf = (number: number): string => session.pathOf(number);
    const { items, busy } = session;
    if (busy || items.length < 2 || items.length > LARGEST_MATRIX) return nothing;
    return html`<section class="card" data-part="matrix"><details @toggle=${(event: Event) => {
      this.#open = (event.target as HTMLDetailsElement).open;
      this.requestUpdate();
    }}><summary>${words.matrix}</summary>${this.#matrix === undefined ? nothing : this.#map(this.#matrix, nameOf)}</details></section>`;
  }

  #map(
    matrix: ScoreMatrix & { readonly numbers: readonly number[] },
    nameOf: (number: number) => string,
  ): TemplateResult {
    const { words, figures } = this;
    const { numbers } = matrix;
    const { row, column } = this.#cell;
    const [first = 0, second = 0] = [numbers[row], numbers[column]];
    const nearest = numbers
      .map((number, at) => ({ number, at, score: this.#score(row, at) }))
      .filter(({ at }) => at !== row)
      .sort((x, y) => y.score - x.score)
      .slice(0, NEAREST);
    const said = words.matrixCell(
      nameOf(first),
      nameOf(second),
      figures.number(this.#score(row, column), 1),
    );
    const side = numbers.length;
    return html`<section><p class="faint" id="matrix-help">${words.matrixHelp(figures.number(side))}</p>
      <canvas class="matrix" role="img" tabindex="0" aria-label=${words.matrix} aria-describedby="matrix-help cell" width=${side} height=${side}
        @keydown=${this.#move} @pointermove=${this.#point} @pointerdown=${this.#point}></canvas>
      <p id="cell" class="name" aria-live="polite">${said}</p>
      <details><summary>${words.nearest}</summary><div class="scroll"><table><tbody>${nearest.map(
        ({ number, score }) =>
          html`<tr><th scope="row">${nameOf(number)}</th><td class="figure">${figures.number(score, 1)}</td></tr>`,
      )}</tbody></table></div></details>
    </section>`;
  }

  /** Paints the canvas that `render` has made. */
  protected override updated(): void {
    const context = this.find<HTMLCanvasElement>('canvas')?.getContext('2d');
    if (!context || this.#matrix === undefined) return;
    const side = this.#matrix.numbers.length;
    const image = context.createImageData(side, side);
    for (let at = 0; at < side * side; at += 1) {
      const row = Math.floor(at / side);
      const column = at % side;
      const chosen = (row === this.#cell.row) !== (column === this.#cell.column) ? 0.7 : 1;
      // Dark blue to light yellow; the rest of the chosen row and column is darker.
      const heat = Math.max(0, (this.#score(row, column) - DARKEST) / (100 - DARKEST));
      image.data.set(
        [(20 + 235 * heat) * chosen, (30 + 205 * heat) * chosen, (80 + 70 * heat) * chosen, 255],
        at * 4,
      );
    }
    context.putImageData(image, 0, 0);
  }

  #score(row: number, column: number): number {
    const { scores, numbers } = this.#matrix ?? { scores: [], numbers: [] };
    return scores[row * numbers.length + column] ?? 0;
  }

  readonly #move = (event: KeyboardEvent): void => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
      event.key
    ];
    if (step === undefined) return;
    event.preventDefault();
    this.#goTo(this.#cell.row + (step[0] ?? 0), this.#cell.column + (step[1] ?? 0));
  };

  readonly #point = (event: PointerEvent): void => {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const scale = canvas.width / canvas.clientWidth;
    this.#goTo(Math.floor(event.offsetY * scale), Math.floor(event.offsetX * scale));
  };

  #goTo(row: number, column: number): void {
    const last = (this.#matrix?.numbers.length ?? 1) - 1;
    const within = (value: number): number => Math.min(last, Math.max(0, value));
    this.#cell = { row: within(row), column: within(column) };
    this.requestUpdate();
  }
}

customElements.define('likeness-folder-matrix', MatrixView);
