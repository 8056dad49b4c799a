import type { ScoreMatrix } from 'image-likeness/grouping';
import { html, nothing, type ReactiveController, type TemplateResult } from 'lit';
import type { FolderCollection } from './collection.ts';
import type { Figures } from './figures.ts';
import type { FolderStrings } from './words.ts';

/** What the map is part of. */
interface Host {
  readonly renderRoot: Element | DocumentFragment;
  addController(controller: ReactiveController): void;
  requestUpdate(): void;
}

/** What the map is written with. */
interface Writing {
  readonly words: FolderStrings;
  readonly figures: Figures;
  /** The name of an image by its number. */
  readonly nameOf: (number: number) => string;
}

const NEAREST = 10;

/** Score that is drawn darkest: strangers lie around it. */
const DARKEST = 5;

/** The scores of all pairs as a heat map, worked by pointer or arrow keys. */
export class MatrixView implements ReactiveController {
  #matrix: (ScoreMatrix & { readonly numbers: readonly number[] }) | undefined;
  #cell = { row: 0, column: 0 };

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  /** Draws images anew; there is no map of fewer than two. */
  async show(collection: FolderCollection, numbers: readonly number[]): Promise<void> {
    if (numbers.length < 2) return;
    const matrix = await collection.matrix(numbers);
    this.#matrix = { ...matrix, numbers: matrix.order.map((place) => numbers[place] ?? 0) };
    this.#cell = { row: 0, column: 1 };
    this.host.requestUpdate();
  }

  clear(): void {
    this.#matrix = undefined;
    this.host.requestUpdate();
  }

  render({ words, figures, nameOf }: Writing): TemplateResult | typeof nothing {
    const matrix = this.#matrix;
    if (matrix === undefined) return nothing;
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
    return html`<section class="card" data-part="matrix"><h2>${words.matrix}</h2>
      <p class="faint" id="matrix-help">${words.matrixHelp(figures.number(side))}</p>
      <canvas role="img" tabindex="0" aria-label=${words.matrix} aria-describedby="matrix-help cell" width=${side} height=${side}
        @keydown=${this.#move} @pointermove=${this.#point} @pointerdown=${this.#point}></canvas>
      <p id="cell" class="name" aria-live="polite">${said}</p>
      <details><summary>${words.nearest}</summary><div class="scroll"><table><tbody>${nearest.map(
        ({ number, score }) =>
          html`<tr><th scope="row">${nameOf(number)}</th><td class="figure">${figures.number(score, 1)}</td></tr>`,
      )}</tbody></table></div></details>
    </section>`;
  }

  /** Paints the canvas that `render` has made. */
  hostUpdated(): void {
    const context = this.host.renderRoot.querySelector('canvas')?.getContext('2d');
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
    this.host.requestUpdate();
  }
}
