import type { Grid, HeatMap, MatchMap } from '../types.js';
import { cellAfter } from './cell-keys.js';
import { colourOf } from './colour.js';

/** How many partners of a cell are highlighted. */
const PARTNERS = 3;

/** Which image: 0 the first, 1 the second. */
export type Side = 0 | 1;

/** A cell for display: row and column from 1, and its contribution in thousandths of the cosine. */
export interface NamedCell {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/** The texts of a match map. */
export interface MatchMapWords {
  /** Label of the map over one of the images. */
  readonly overlay: (side: Side) => string;
  /** Label of a cell. */
  readonly cell: (cell: NamedCell) => string;
  /** Describes the contribution of the chosen cell and its strongest partner in the other image. */
  readonly chosen: (
    side: Side,
    cell: NamedCell,
    best: NamedCell | undefined,
    cosine: number,
  ) => string;
}

const NAMES = ['first', 'second'] as const;

const ENGLISH: MatchMapWords = {
  overlay: (side) => `Where the likeness comes from, ${NAMES[side]} image`,
  cell: ({ row, column, value }) =>
    `row ${row}, column ${column} gives ${tenths(value)} thousandths`,
  chosen: (side, { row, column, value }, best, cosine) => {
    const mostWith =
      best === undefined
        ? ''
        : `; most with row ${best.row}, column ${best.column} of the ${NAMES[side === 0 ? 1 : 0]} (${tenths(best.value)})`;
    return `In the ${NAMES[side]} image, row ${row}, column ${column} gives ${tenths(value)} thousandths of the cosine, ${cosine.toFixed(3)}${mostWith}.`;
  },
};

/** Options of a MatchMapPair. */
export interface MatchMapPairOptions {
  /** Width of each shown image over its height. */
  readonly aspects: readonly [a: number, b: number];
  /** Called with a sentence about the chosen cell. */
  readonly onRead: (sentence: string) => void;
  /** The texts. Default: English. */
  readonly words?: MatchMapWords;
}

/**
 * The style sheet of match maps: adopt it where the overlays are put. Each overlay fills its parent,
 * which needs `position: relative` and `container-type: size`, and shows the image with
 * `object-fit: contain`.
 */
export const matchMapStyles = `
.map {
  --shown-width: min(100cqw, 100cqh * var(--aspect));
  --shown-height: calc(var(--shown-width) / var(--aspect));
  position: absolute;
  inset: 0;
  margin: auto;
  width: var(--shown-width);
  height: var(--shown-height);
  display: grid;
  grid-template: repeat(var(--rows), minmax(0, 1fr)) / repeat(var(--columns), minmax(0, 1fr));
}
.map.centre {
  --side: calc(var(--crop) * min(var(--shown-width), var(--shown-height)));
  width: var(--side);
  height: var(--side);
}
.map canvas {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  opacity: 0.6;
}
.map button {
  position: relative;
  min-width: 0;
  padding: 0;
  border: 0;
  background: none;
  color: #fff;
  font: inherit;
  font-size: clamp(0.6rem, 3cqw, 0.9rem);
  font-weight: 700;
  text-shadow: 0 0 3px #000;
  cursor: crosshair;
}
.map .chosen,
.map button:focus-visible {
  outline: 3px solid #fff;
  outline-offset: -2px;
  box-shadow: 0 0 0 2px #000;
  z-index: 1;
}
.map .partner::after {
  content: attr(data-term);
}
.map .partner {
  outline: 2px dashed #fff;
  outline-offset: -2px;
  box-shadow: 0 0 0 1px #000;
  z-index: 1;
}
`;

/** An image's overlay: the heat map, and a button for each cell of it. */
interface Overlay {
  readonly root: HTMLElement;
  readonly cells: readonly HTMLButtonElement[];
}

/**
 * A match map as two overlays, one for each image: heat maps, and cells that highlight their partners in the other
 * image. A cell is chosen with the pointer, or with the arrow keys once a cell has the focus.
 */
export class MatchMapPair {
  private readonly pair: readonly [Overlay, Overlay];
  private readonly words: MatchMapWords;

  constructor(
    private readonly map: MatchMap,
    private readonly options: MatchMapPairOptions,
  ) {
    this.words = options.words ?? ENGLISH;
    this.pair = [this.createOverlay(0), this.createOverlay(1)];
    const [best] = map.pairs;
    if (best !== undefined) this.select(0, best.a);
  }

  /** The elements to place over the first and the second image. */
  get overlays(): readonly [a: HTMLElement, b: HTMLElement] {
    return [this.pair[0].root, this.pair[1].root];
  }

  /** Removes the overlays from the document. */
  remove(): void {
    for (const { root } of this.pair) root.remove();
  }

  private createOverlay(side: Side): Overlay {
    const { map, options } = this;
    const grid = gridOf(map, side);
    const root = document.createElement('div');
    root.className = 'map';
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', this.words.overlay(side));
    if (map.crop !== undefined) {
      root.classList.add('centre');
      root.style.setProperty('--crop', String(map.crop));
    }
    root.style.setProperty('--aspect', String(options.aspects[side]));
    root.style.setProperty('--columns', String(grid.columns));
    root.style.setProperty('--rows', String(grid.rows));
    root.append(drawHeat(side === 0 ? map.heat.a : map.heat.b));
    const contributions = side === 0 ? map.a : map.b;
    const cells = Array.from(contributions, (value, index) => {
      const cell = document.createElement('button');
      cell.type = 'button';
      cell.tabIndex = index === 0 ? 0 : -1;
      cell.setAttribute('aria-label', this.words.cell(named(grid, index, value)));
      cell.addEventListener('pointerenter', () => this.select(side, index));
      cell.addEventListener('focus', () => this.select(side, index));
      cell.addEventListener('keydown', (event) => this.move(event, side, index));
      return cell;
    });
    root.append(...cells);
    return { root, cells };
  }

  /** Arrow keys walk over the cells; Tab leaves them. */
  private move(event: KeyboardEvent, side: Side, index: number): void {
    const next = cellAfter(event.key, index, gridOf(this.map, side));
    if (next === undefined) return;
    event.preventDefault();
    this.pair[side].cells[next]?.focus();
  }

  private select(side: Side, index: number): void {
    const { map, pair } = this;
    const other = side === 0 ? 1 : 0;
    const partners = partnersOf(map, side, index);
    for (const overlay of pair) {
      for (const cell of overlay.cells) {
        cell.classList.remove('chosen', 'partner');
        delete cell.dataset['term'];
      }
    }
    for (const [at, cell] of pair[side].cells.entries()) cell.tabIndex = at === index ? 0 : -1;
    pair[side].cells[index]?.classList.add('chosen');
    for (const { cell, term } of partners) {
      const partner = pair[other].cells[cell];
      partner?.classList.add('partner');
      if (partner !== undefined) partner.dataset['term'] = tenths(1000 * term);
    }
    const value = (side === 0 ? map.a : map.b)[index] ?? 0;
    const [best] = partners;
    this.options.onRead(
      this.words.chosen(
        side,
        named(gridOf(map, side), index, value),
        best && named(gridOf(map, other), best.cell, best.term),
        map.cosine,
      ),
    );
  }
}

/** The cells of the other image with the largest terms for a cell, largest first. */
function partnersOf(map: MatchMap, side: Side, index: number): { cell: number; term: number }[] {
  const columns = map.b.length;
  return Array.from(side === 0 ? map.b : map.a, (_, cell) => ({
    cell,
    term: map.terms[side === 0 ? index * columns + cell : cell * columns + index] ?? 0,
  }))
    .sort((a, b) => b.term - a.term)
    .slice(0, PARTNERS);
}

function gridOf({ grid }: MatchMap, side: Side): Grid {
  return side === 0 ? grid.a : grid.b;
}

function named({ columns }: Grid, index: number, value: number): NamedCell {
  return {
    row: Math.floor(index / columns) + 1,
    column: (index % columns) + 1,
    value: 1000 * value,
  };
}

/** One decimal, as the command line prints it. */
function tenths(value: number): string {
  return value.toFixed(1).replace('-', '−');
}

function drawHeat({ width, height, values }: HeatMap): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  paint(canvas, values);
  return canvas;
}

/** Paints all colours of the maps on a canvas, the least on the left. */
export function drawLegend(canvas: HTMLCanvasElement): void {
  const { width, height } = canvas;
  paint(
    canvas,
    Array.from({ length: width * height }, (_, at) => (at % width) / Math.max(1, width - 1)),
  );
}

/** Colours each pixel of the canvas by its value from 0 to 1, row by row. */
function paint(canvas: HTMLCanvasElement, values: ArrayLike<number>): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const image = context.createImageData(canvas.width, canvas.height);
  for (const [index, value] of Array.from(values).entries()) {
    image.data.set([...colourOf(value), 255], index * 4);
  }
  context.putImageData(image, 0, 0);
}
