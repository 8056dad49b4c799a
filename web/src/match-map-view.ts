import type { MatchMap } from 'image-likeness';
import { colourOf } from './colour.ts';
import { element } from './dom.ts';
import type { Slot } from './slot.ts';

/** How many partners of a cell light up. */
const PARTNERS = 3;

const NAMES = ['first', 'second'] as const;

/** Which picture: 0 the first, 1 the second. */
type Side = 0 | 1;

/** A picture's overlay: the heat map, and a button for each cell of it. */
interface Overlay {
  readonly root: HTMLElement;
  readonly cells: readonly HTMLButtonElement[];
}

/**
 * Shows where the likeness comes from: a heat map over each picture; the cell under the pointer or
 * with the focus lights up its partners in the other picture, and a line of text has the numbers.
 */
export class MatchMapView {
  private readonly toggle = element('[data-testid="explain"]', HTMLButtonElement);
  private readonly legend = element('.legend', HTMLElement);
  private readonly readout = element('[data-testid="cell"]', HTMLElement);
  /** Whether the visitor wants to see maps. */
  private open = false;
  private map: MatchMap | undefined;
  private overlays: readonly [Overlay, Overlay] | undefined;

  constructor(private readonly slots: readonly [Slot, Slot]) {
    drawLegend(element('canvas', HTMLCanvasElement, this.legend));
    this.toggle.addEventListener('click', () => {
      this.open = !this.open;
      this.render();
    });
  }

  /** Takes the map of a new comparison, or none; when the view is open, it shows at once. */
  update(map: MatchMap | undefined): void {
    this.map = map;
    this.toggle.hidden = map === undefined;
    this.render();
  }

  private render(): void {
    const shown = this.open ? this.map : undefined;
    this.toggle.setAttribute('aria-pressed', String(this.open));
    for (const overlay of this.overlays ?? []) overlay.root.remove();
    this.overlays = undefined;
    this.legend.hidden = shown === undefined;
    this.readout.hidden = shown === undefined;
    if (shown === undefined) return;
    this.overlays = [this.createOverlay(shown, 0), this.createOverlay(shown, 1)];
    const [best] = shown.pairs;
    if (best !== undefined) this.select(shown, 0, best.a);
  }

  private createOverlay(map: MatchMap, side: Side): Overlay {
    const slot = this.slots[side];
    const root = document.createElement('div');
    root.className = 'map';
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', `Where the likeness comes from, ${NAMES[side]} image`);
    root.style.setProperty('--crop', String(map.crop));
    root.style.setProperty('--aspect', String(slot.aspect));
    root.style.setProperty('--grid', String(map.grid));
    root.append(drawHeat(map, side));
    const contributions = side === 0 ? map.a : map.b;
    const cells = Array.from(contributions, (value, index) => {
      const cell = document.createElement('button');
      cell.type = 'button';
      cell.tabIndex = index === 0 ? 0 : -1;
      cell.setAttribute(
        'aria-label',
        `${nameOf(map, index)} gives ${thousandths(value)} thousandths`,
      );
      cell.addEventListener('pointerenter', () => this.select(map, side, index));
      cell.addEventListener('focus', () => this.select(map, side, index));
      cell.addEventListener('keydown', (event) => this.move(event, map, side, index));
      return cell;
    });
    root.append(...cells);
    slot.cover(root);
    return { root, cells };
  }

  /** Arrow keys walk over the cells; Tab leaves them. */
  private move(event: KeyboardEvent, { grid }: MatchMap, side: Side, index: number): void {
    const steps: Readonly<Record<string, [dx: number, dy: number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const within = (value: number): number => Math.min(grid - 1, Math.max(0, value));
    const column = within((index % grid) + step[0]);
    const row = within(Math.floor(index / grid) + step[1]);
    this.overlays?.[side].cells[row * grid + column]?.focus();
  }

  private select(map: MatchMap, side: Side, index: number): void {
    const overlays = this.overlays;
    if (overlays === undefined) return;
    const other = side === 0 ? 1 : 0;
    const partners = partnersOf(map, side, index);
    for (const overlay of overlays) {
      for (const cell of overlay.cells) {
        cell.classList.remove('chosen', 'partner');
        cell.textContent = '';
      }
    }
    for (const [at, cell] of overlays[side].cells.entries()) cell.tabIndex = at === index ? 0 : -1;
    overlays[side].cells[index]?.classList.add('chosen');
    for (const { cell, term } of partners) {
      const partner = overlays[other].cells[cell];
      partner?.classList.add('partner');
      if (partner !== undefined) partner.textContent = thousandths(term);
    }
    const value = (side === 0 ? map.a : map.b)[index] ?? 0;
    const [best] = partners;
    const mostWith =
      best === undefined
        ? ''
        : `; most with ${nameOf(map, best.cell)} of the ${NAMES[other]} (${thousandths(best.term)})`;
    this.readout.textContent = `In the ${NAMES[side]} image, ${nameOf(map, index)} gives ${thousandths(value)} thousandths of the cosine, ${map.cosine.toFixed(3)}${mostWith}.`;
  }
}

/** The cells of the other picture with which a cell gives most, first the largest term. */
function partnersOf(map: MatchMap, side: Side, index: number): { cell: number; term: number }[] {
  const cells = map.grid * map.grid;
  return Array.from({ length: cells }, (_, cell) => ({
    cell,
    term: map.terms[side === 0 ? index * cells + cell : cell * cells + index] ?? 0,
  }))
    .sort((a, b) => b.term - a.term)
    .slice(0, PARTNERS);
}

function nameOf({ grid }: MatchMap, index: number): string {
  return `row ${Math.floor(index / grid) + 1}, column ${(index % grid) + 1}`;
}

/** Of the cosine, as the command line prints them too. */
function thousandths(value: number): string {
  return (1000 * value).toFixed(1).replace('-', '−');
}

function drawHeat(map: MatchMap, side: Side): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = map.heat.side;
  canvas.height = map.heat.side;
  paint(canvas, side === 0 ? map.heat.a : map.heat.b);
  return canvas;
}

function drawLegend(canvas: HTMLCanvasElement): void {
  const { width } = canvas;
  paint(
    canvas,
    Array.from({ length: width }, (_, x) => x / (width - 1)),
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
