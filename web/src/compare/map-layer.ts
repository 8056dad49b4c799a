import type { ImageSource, Rectangle } from 'image-likeness';
import { cellAfter } from 'image-likeness/display';
import type { CompareStrings } from '../strings/compare-en.ts';
import { type Affine, invert, type Layout, multiply, type Size } from './geometry.ts';
import {
  amountOf,
  type Explained,
  type LikenessMap,
  likenessMap,
  type MapSide,
  smooth,
} from './likeness-map.ts';
import { cssMatrix } from './painter.ts';
import { cutOut } from './pixels.ts';

/** Compares two pictures, and says how much each part of them adds to their likeness. */
export type Explain = (a: ImageSource, b: ImageSource) => Promise<Explained>;

/** How dark it is where nothing makes two pictures alike, 0 to 1. */
const DARKEST = 0.8;

/** Pixels of a drawn map for each cell. */
const FINENESS = 8;

/**
 * Where the likeness of two pictures comes from.
 *
 * Where one lies over the other, what both show is explained, the second one turned as the first is: so the map
 * agrees with a score that no turn, mirror or crop changes.
 * @param registered how the pictures lie over each other; missing where nothing is known of that
 */
export async function explainPair(
  pictures: readonly [HTMLImageElement, HTMLImageElement],
  registered: Layout | undefined,
  explain: Explain,
): Promise<LikenessMap> {
  const cut = (side: 0 | 1): OffscreenCanvas => {
    const picture = pictures[side];
    const { naturalWidth: width, naturalHeight: height } = picture;
    const part = registered?.shared ?? { x: 0, y: 0, width, height };
    return cutOut(part, (context, scale) => {
      context.scale(scale, scale);
      context.translate(-part.x, -part.y);
      if (registered !== undefined) context.transform(...registered.places[side]);
      context.drawImage(picture, 0, 0);
    });
  };
  const [a, b] = [cut(0), cut(1)];
  const explained = await explain(a, b);
  const own = [(await explain(a, a)).matchMap, (await explain(b, b)).matchMap] as const;
  return likenessMap(explained, own);
}

/** The map over one of the pictures: light, and a button for each cell. */
export class MapLayer {
  readonly root = document.createElement('div');
  readonly #cells: readonly HTMLButtonElement[];
  readonly #rectangle: Rectangle;

  /** @param onChoose called with a cell that is pointed at or has the focus */
  constructor(
    private readonly side: 0 | 1,
    private readonly map: MapSide,
    private readonly registered: Layout | undefined,
    size: Size,
    words: CompareStrings,
    onChoose: (cell: number) => void,
  ) {
    this.#rectangle = registered?.shared ?? { x: 0, y: 0, ...size };
    const { root } = this;
    root.className = 'map';
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', words.mapOverlay(side === 0 ? words.first : words.second));
    root.style.setProperty('--columns', String(map.grid.columns));
    root.style.setProperty('--rows', String(map.grid.rows));
    root.style.width = `${this.#rectangle.width}px`;
    root.style.height = `${this.#rectangle.height}px`;
    root.append(drawDarkness(map));
    this.#cells = map.shares.map((share, index) => {
      const cell = document.createElement('button');
      cell.type = 'button';
      cell.tabIndex = index === 0 ? 0 : -1;
      const where = words.where[whereIsCell(map, index)] ?? '';
      cell.setAttribute('aria-label', words.mapCell(where, words.mapAmount[amountOf(share)]));
      cell.addEventListener('pointerenter', () => onChoose(index));
      cell.addEventListener('focus', () => onChoose(index));
      cell.addEventListener('keydown', (event) => this.#step(event, index));
      return cell;
    });
    root.append(...this.#cells);
  }

  /** Puts the map where its picture is. */
  place(layout: Layout, onPane: Affine): void {
    const { side, registered, root } = this;
    const { x, y } = this.#rectangle;
    const toPicture = registered === undefined ? undefined : invert(registered.places[side]);
    const toTable =
      toPicture === undefined ? layout.places[side] : multiply(layout.places[side], toPicture);
    const matrix = multiply(multiply(onPane, toTable), [1, 0, 0, 1, x, y]);
    root.style.transform = cssMatrix(matrix);
    // Lines are as thick however large the map is.
    root.style.setProperty('--pixel', `${1 / Math.hypot(matrix[0], matrix[1])}px`);
  }

  /** Marks cells, and no others. */
  mark(chosen: number | undefined, partners: readonly number[]): void {
    for (const [index, cell] of this.#cells.entries()) {
      cell.classList.toggle('chosen', index === chosen);
      cell.classList.toggle('partner', partners.includes(index));
      if (chosen !== undefined) cell.tabIndex = index === chosen ? 0 : -1;
    }
  }

  /** Arrow keys walk over the cells; Tab leaves them. */
  #step(event: KeyboardEvent, index: number): void {
    const next = cellAfter(event.key, index, this.map.grid);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#cells[next]?.focus();
  }
}

/** In which of nine parts of the picture a cell's middle lies. */
export function whereIsCell({ grid: { columns, rows } }: MapSide, cell: number): number {
  const third = (at: number, count: number): number =>
    Math.min(2, Math.floor((3 * (at + 0.5)) / count));
  return 3 * third(Math.floor(cell / columns), rows) + third(cell % columns, columns);
}

function drawDarkness(map: MapSide): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = map.grid.columns * FINENESS;
  canvas.height = map.grid.rows * FINENESS;
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  const image = context.createImageData(canvas.width, canvas.height);
  for (const [at, share] of smooth(map, canvas.width, canvas.height).entries()) {
    image.data[4 * at + 3] = Math.round(255 * DARKEST * (1 - share));
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
