import type { Rgb } from 'image-likeness';
import type { CompareStrings } from '../strings/compare-en.ts';
import { apply, invert, type Point } from './geometry.ts';
import { imagesOf } from './painter.ts';
import { asHex, differenceOf, PixelReader } from './pixels.ts';
import type { CompareSession, PanePoint } from './session.ts';
import { tablePoint } from './viewport.ts';

/** Says what is at a point of both pictures, and marks the point in the one that is not pointed at. */
export class PixelLine {
  readonly #reader = new PixelReader();

  constructor(
    private readonly stage: HTMLElement,
    private readonly session: CompareSession,
  ) {}

  /** @param pointed undefined where nothing is pointed at */
  show(pointed: PanePoint | undefined, words: CompareStrings): void {
    this.#markTwin(pointed);
    const parts = pointed === undefined ? [] : this.#describe(pointed.at, words);
    this.stage.querySelector('.pixels')?.replaceChildren(...parts);
  }

  #markTwin(pointed: PanePoint | undefined): void {
    const twins = [...this.stage.querySelectorAll<HTMLElement>('.twin')];
    for (const [side, twin] of twins.entries()) {
      const over = this.session.arrangement === 'over';
      twin.hidden = pointed === undefined || over || side === pointed.side;
      twin.style.left = `${pointed?.at.x ?? 0}px`;
      twin.style.top = `${pointed?.at.y ?? 0}px`;
    }
  }

  #describe(at: Point, words: CompareStrings): HTMLElement[] {
    const { layout, viewport } = this.session;
    if (layout === undefined || viewport === undefined) return [];
    const onTable = tablePoint(viewport, at);
    const read = imagesOf(this.stage).map((image, side) => {
      const place = layout.places[side] ?? layout.places[0];
      const point = apply(invert(place), onTable);
      return { point, colour: this.#reader.read(image, point) };
    });
    const [first, second] = read.map(({ colour }) => colour);
    if (first === undefined && second === undefined) return [];
    const parts = read.map(({ point, colour }) =>
      colour === undefined ? withText(words.nothingThere) : describePixel(point, colour),
    );
    return first === undefined || second === undefined
      ? parts
      : [...parts, withText(words.differBy(differenceOf(first, second)))];
  }
}

function withText(text: string): HTMLElement {
  const part = document.createElement('span');
  part.textContent = text;
  return part;
}

function describePixel({ x, y }: Point, colour: Rgb): HTMLElement {
  const swatch = document.createElement('span');
  swatch.className = 'swatch';
  swatch.style.background = asHex(colour);
  const part = withText(`${asHex(colour)} (${Math.floor(x)}, ${Math.floor(y)})`);
  part.prepend(swatch);
  return part;
}
