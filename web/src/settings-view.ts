import type { Demotion } from 'image-likeness';
import { element } from './dom.ts';
import {
  type Language,
  languages,
  nameOf,
  onLanguage,
  preferredLanguage,
  setLanguage,
  words,
} from './language.ts';
import { threadCount } from './models.ts';
import type { Isolation } from './offline/isolation.ts';
import { get, onSettings, set } from './settings.ts';
import { showProblem } from './words.ts';

/** The controls of the settings that aren't beside what they change, and the choice of the language. */
export class SettingsView {
  private readonly root = element('.settings', HTMLDetailsElement);
  private readonly language = element('.language select', HTMLSelectElement);
  private readonly model = element('[name="model"]', HTMLSelectElement, this.root);
  private readonly backend = element('[name="backend"]', HTMLSelectElement, this.root);
  private readonly orientations = element('[name="orientations"]', HTMLInputElement, this.root);
  private readonly threads = element('[name="threads"]', HTMLInputElement, this.root);
  private readonly threadNote = element('#threads-note', HTMLElement, this.root);
  private readonly note = element('#demoted', HTMLElement);
  private demoted: readonly Demotion[] = [];

  constructor(private readonly isolation: Isolation) {
    this.language.replaceChildren(...languages.map(languageOption));
    this.language.addEventListener('change', () => set('lang', this.language.value));
    this.model.addEventListener('change', () => set('model', this.model.value));
    this.backend.addEventListener('change', () => set('backend', this.backend.value));
    this.orientations.addEventListener('change', () =>
      set('orientations', this.orientations.checked ? 'on' : 'off'),
    );
    this.threads.addEventListener('change', () =>
      set('threads', this.threads.checked ? 'on' : 'off'),
    );
    isolation.onChange(() => this.explainThreads());
    onSettings(() => this.restore());
    onLanguage(() => {
      this.explainDemotions();
      this.explainThreads();
    });
    this.restore();
  }

  /** Says which backends were asked for and given up, and why. */
  showDemoted(demoted: readonly Demotion[]): void {
    this.demoted = demoted;
    this.explainDemotions();
  }

  private explainDemotions(): void {
    const { demoted, technical } = words();
    const said = this.demoted.map(({ backend, reason }) => ({
      text: demoted(backend, reason),
      reason,
    }));
    const text = said.map((one) => one.text).join(' ');
    const reasons = said.map(({ reason }) => reason).join(' ');
    const problem = technical === undefined ? { text } : { text, technical: reasons };
    showProblem(this.note, text === '' ? undefined : problem);
  }

  private explainThreads(): void {
    const { state } = this.isolation;
    this.threads.disabled = state === 'impossible';
    const note = words().threads[state](threadCount());
    // A screen reader would say the same text again.
    if (this.threadNote.textContent !== note) this.threadNote.textContent = note;
  }

  private restore(): void {
    const asked = get('lang');
    const language = asked === 'auto' ? preferredLanguage() : asked;
    setLanguage(language);
    this.language.value = language;
    this.model.value = get('model');
    this.backend.value = get('backend');
    this.orientations.checked = get('orientations') === 'on';
    this.threads.checked = get('threads') === 'on' && this.isolation.state !== 'impossible';
    this.explainThreads();
  }
}

function languageOption(tag: Language): HTMLOptionElement {
  const option = new Option(nameOf(tag), tag);
  option.lang = tag;
  return option;
}
