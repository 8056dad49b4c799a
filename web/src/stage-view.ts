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
  private readonly alignment = element('[data-testid="alignment"]', HTMLElement);
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

  /** One of the two can't be read: nothing lies on anything. */
  reject(): void {
    this.filled = false;
    this.render();
  }

  /**
   * Gives the frame a shape halfway between those of the two pictures. Both fill it, from the middle:
   * so the same place of two pictures of one shape, or of a picture and its narrower cut, is in the
   * same place of the frame.
   */
  private align(): void {
    const [a, b] = this.pictures.map(({ naturalWidth, naturalHeight }) =>
      naturalHeight > 0 ? naturalWidth / naturalHeight : undefined,
    );
    if (a === undefined || b === undefined) return;
    this.stage.style.setProperty('--aspect', String(Math.sqrt(a * b)));
    const outside = 1 - Math.sqrt(Math.min(a / b, b / a));
    this.alignment.textContent =
      outside < LEAST_OUTSIDE ? words().sameShape : words().otherShape(formatShare(outside));
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
