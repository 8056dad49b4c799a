import type { Demotion } from 'image-likeness';
import { element } from './dom.ts';
import {
  languages,
  nameOf,
  onLanguage,
  preferredLanguage,
  setLanguage,
  words,
} from './language.ts';
import { get, onSettings, set } from './settings.ts';

/** The controls of the settings that aren't beside what they change, and the choice of the language. */
export class SettingsView {
  private readonly root = element('[data-testid="settings"]', HTMLDetailsElement);
  private readonly language = element('[data-testid="language"]', HTMLSelectElement);
  private readonly model = element('[name="model"]', HTMLSelectElement, this.root);
  private readonly backend = element('[name="backend"]', HTMLSelectElement, this.root);
  private readonly orientations = element('[name="orientations"]', HTMLInputElement, this.root);
  private readonly note = element('[data-testid="demoted"]', HTMLElement);
  private demoted: readonly Demotion[] = [];

  constructor() {
    for (const tag of languages) {
      const option = new Option(nameOf(tag), tag);
      option.lang = tag;
      this.language.append(option);
    }
    this.language.addEventListener('change', () => set('lang', this.language.value));
    this.model.addEventListener('change', () => set('model', this.model.value));
    this.backend.addEventListener('change', () => set('backend', this.backend.value));
    this.orientations.addEventListener('change', () =>
      set('orientations', this.orientations.checked ? 'on' : 'off'),
    );
    onSettings(() => this.restore());
    onLanguage(() => this.explainDemotions());
    this.restore();
  }

  /** Says which backends were asked for and given up, and why. */
  showDemoted(demoted: readonly Demotion[]): void {
    this.demoted = demoted;
    this.explainDemotions();
  }

  private explainDemotions(): void {
    this.note.textContent = this.demoted
      .map(({ backend, reason }) => words().demoted(backend, reason))
      .join(' ');
    this.note.hidden = this.demoted.length === 0;
  }

  private restore(): void {
    const asked = get('lang');
    const language = asked === 'auto' ? preferredLanguage() : asked;
    setLanguage(language);
    this.language.value = language;
    this.model.value = get('model');
    this.backend.value = get('backend');
    this.orientations.checked = get('orientations') === 'on';
  }
}
