import type { Evidence, Rectangle, Registration } from 'image-likeness';
import { placesOf } from 'image-likeness/display';
import { element } from './dom.ts';
import { formatShare, onLanguage, words } from './language.ts';
import { get, onSettings, set } from './settings.ts';

/** Less of a picture outside the frame than this share is not worth a word: it may be rounding. */
const LEAST_OUTSIDE = 0.005;

/** The two pictures beside each other, behind a slider, or as their difference; the URL's hash knows which. */
export class StageView {
  private readonly pair = element('.pair', HTMLElement);
  private readonly main = element('[data-mode="pair"]', HTMLElement);
  private readonly stage = element('.stage', HTMLElement);
  private readonly slider = element('.stage input', HTMLInputElement);
  private readonly choices = element('.views', HTMLFieldSetElement);
  private readonly pictures = [
    element('.stage .under', HTMLImageElement),
    element('.stage .over', HTMLImageElement),
  ] as const;
  private readonly frame = element('.pictures', HTMLElement);
  private readonly places = element('.places', HTMLElement);
  private readonly alignment = element('[data-testid="alignment"]', HTMLElement);
  private evidence: Evidence | undefined;
  private filled = false;

  constructor() {
    for (const picture of this.pictures) {
      picture.addEventListener('load', () => this.align());
      // What this browser can't show lies on nothing.
      picture.addEventListener('error', () => this.reject());
    }
    onLanguage(() => this.align());
    this.choices.addEventListener('change', () => {
      set('pictures', element('input:checked', HTMLInputElement, this.choices).value);
    });
    this.slider.addEventListener('input', () => this.render());
    for (const kind of ['pointerdown', 'pointermove'] as const) {
      this.frame.addEventListener(kind, (event) => this.drag(event));
    }
    onSettings(() => this.restore());
    this.restore();
  }

  /** Takes other pictures, or none while one of the two is missing. */
  update(files: readonly (File | undefined)[]): void {
    this.evidence = undefined;
    this.filled = files.every((file) => file !== undefined);
    for (const [index, picture] of this.pictures.entries()) {
      URL.revokeObjectURL(picture.src);
      const file = this.filled ? files[index] : undefined;
      if (file === undefined) picture.removeAttribute('src');
      else picture.src = URL.createObjectURL(file);
      picture.alt = file?.name ?? '';
    }
    this.render();
  }

  /** Lays the second picture over the first as was found out. */
  register(evidence: Evidence | undefined): void {
    this.evidence = evidence;
    this.align();
  }

  /** One of the two can't be read: nothing lies on anything. */
  reject(): void {
    this.filled = false;
    this.render();
  }

  /**
   * Where it is known how the pictures lie over each other, they do, the first one upright. Else the
   * frame gets a shape halfway between theirs, and both fill it from the middle.
   */
  private align(): void {
    const [a, b] = this.pictures.map(({ naturalWidth: width, naturalHeight: height }) =>
      width > 0 && height > 0 ? { width, height } : undefined,
    );
    if (a === undefined || b === undefined) return;
    const { registration } = this.evidence ?? {};
    this.frame.classList.toggle('registered', registration !== undefined);
    this.places.replaceChildren();
    if (registration === undefined) this.alignMiddles(a, b);
    else this.alignRegistered(a, b, registration);
  }

  private alignMiddles(a: PixelSize, b: PixelSize): void {
    for (const picture of this.pictures) picture.removeAttribute('style');
    const [first, second] = [a.width / a.height, b.width / b.height];
    this.stage.style.setProperty('--aspect', String(Math.sqrt(first * second)));
    const outside = 1 - Math.sqrt(Math.min(first / second, second / first));
    this.alignment.textContent =
      outside < LEAST_OUTSIDE ? words().sameShape : words().otherShape(formatShare(outside));
  }

  private alignRegistered(a: PixelSize, b: PixelSize, registration: Registration): void {
    const back = matrixOf(registration).inverse();
    const frame = around([
      ...cornersOf(a),
      ...cornersOf(b).map((corner) => back.transformPoint(corner)),
    ]);
    this.stage.style.setProperty('--aspect', String(frame.width / frame.height));
    const [under, over] = this.pictures;
    // Pixels of the first picture are the unit; a share of an element's own side is what CSS can move by.
    place(under, frame, { x: 0, y: 0, ...a });
    place(over, frame, { x: 0, y: 0, ...b });
    over.style.transform = `translate(${percent(back.e / b.width)}, ${percent(back.f / b.height)}) matrix(${back.a}, ${back.b}, ${back.c}, ${back.d}, 0, 0)`;
    for (const change of placesOf(this.evidence?.changes ?? [])) {
      const outline = document.createElement('div');
      outline.className = 'place';
      place(outline, frame, change.a);
      this.places.append(outline);
    }
    this.alignment.textContent = words().registered;
  }

  /** The line goes where the picture is pressed, as far as the pointer is drawn. */
  private drag(event: PointerEvent): void {
    if (event.buttons !== 1 || get('pictures') !== 'slider') return;
    if (event.type === 'pointerdown') this.frame.setPointerCapture(event.pointerId);
    const { left, width } = this.frame.getBoundingClientRect();
    this.slider.value = String(((event.clientX - left) / width) * 100);
    this.render();
  }

  private restore(): void {
    element(`[value="${get('pictures')}"]`, HTMLInputElement, this.choices).checked = true;
    this.render();
  }

  private render(): void {
    const view = this.filled ? get('pictures') : 'side';
    this.choices.hidden = !this.filled;
    this.pair.hidden = view !== 'side';
    this.stage.hidden = view === 'side';
    this.slider.hidden = view !== 'slider';
    this.main.dataset['view'] = view;
    this.stage.style.setProperty('--split', this.slider.value);
  }
}

interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** From pixels of the first picture to those of the second. */
function matrixOf({ matrix: [a = 1, c = 0, e = 0, b = 0, d = 1, f = 0] }: Registration): DOMMatrix {
  return new DOMMatrix([a, b, c, d, e, f]);
}

function cornersOf({ width, height }: PixelSize): DOMPoint[] {
  return [0, width].flatMap((x) => [0, height].map((y) => new DOMPoint(x, y)));
}

/** The smallest upright rectangle around points. */
function around(points: readonly DOMPoint[]): Rectangle {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** Puts an element where a rectangle lies in the frame. */
function place(node: HTMLElement, frame: Rectangle, { x, y, width, height }: Rectangle): void {
  node.style.left = percent((x - frame.x) / frame.width);
  node.style.top = percent((y - frame.y) / frame.height);
  node.style.inlineSize = percent(width / frame.width);
  node.style.blockSize = percent(height / frame.height);
}

function percent(share: number): string {
  return `${100 * share}%`;
}
