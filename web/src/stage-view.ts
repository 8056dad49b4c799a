import { element } from './dom.ts';

const VIEWS = ['side', 'slider', 'difference'] as const;
type View = (typeof VIEWS)[number];

/** The two pictures beside each other, behind a slider, or as their difference; the URL's hash knows which. */
export class StageView {
  private readonly pair = element('.pair', HTMLElement);
  private readonly main = element('main', HTMLElement);
  private readonly stage = element('.stage', HTMLElement);
  private readonly slider = element('.stage input', HTMLInputElement);
  private readonly choices = element('.views', HTMLFieldSetElement);
  private readonly pictures = [
    element('.stage .under', HTMLImageElement),
    element('.stage .over', HTMLImageElement),
  ] as const;
  private filled = false;

  constructor() {
    this.choices.addEventListener('change', () => {
      const settings = readHash();
      settings.set('pictures', this.chosen);
      history.replaceState(undefined, '', `#${settings}`);
      this.render();
    });
    this.slider.addEventListener('input', () => this.render());
    addEventListener('hashchange', () => this.restore());
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

  private get chosen(): View {
    const value = element('input:checked', HTMLInputElement, this.choices).value;
    return VIEWS.find((view) => view === value) ?? 'side';
  }

  private restore(): void {
    const asked = readHash().get('pictures');
    const view = VIEWS.find((known) => known === asked) ?? 'side';
    element(`[value="${view}"]`, HTMLInputElement, this.choices).checked = true;
    this.render();
  }

  private render(): void {
    const view = this.filled ? this.chosen : 'side';
    this.choices.hidden = !this.filled;
    this.pair.hidden = view !== 'side';
    this.stage.hidden = view === 'side';
    this.slider.hidden = view !== 'slider';
    this.main.dataset['view'] = view;
    this.stage.style.setProperty('--split', this.slider.value);
  }
}

function readHash(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}
