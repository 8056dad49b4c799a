import { element } from './dom.ts';
import { onLanguage } from './language.ts';
import { get, onSettings, set } from './settings.ts';

/** What the page needs of the element that shows a folder. */
export interface FolderElement extends HTMLElement {
  /** Says everything anew, in the document's language. */
  requestUpdate(): void;
}

/** The page's two views, two images or a folder, and the switch between them. */
export class Views {
  private readonly modes = element('.modes', HTMLFieldSetElement);
  private readonly pair = element('[data-mode="pair"]', HTMLElement);
  private readonly folder = element('[data-mode="folder"]', HTMLElement);
  private opened: Promise<FolderElement> | undefined;

  /** @param loadFolder loads the class of the folder view, when it is first asked for */
  constructor(private readonly loadFolder: () => Promise<new () => FolderElement>) {
    this.modes.addEventListener('change', () => {
      set('view', element('input:checked', HTMLInputElement, this.modes).value);
    });
    onSettings(() => this.render());
    onLanguage(async () => (await this.opened)?.requestUpdate());
    this.render();
  }

  /** Whether images that arrive are meant for the pair. */
  get showsPair(): boolean {
    return get('view') === 'pair';
  }

  private render(): void {
    const { showsPair } = this;
    element(`[value="${showsPair ? 'pair' : 'folder'}"]`, HTMLInputElement, this.modes).checked =
      true;
    this.pair.hidden = !showsPair;
    this.folder.hidden = showsPair;
    if (!showsPair) this.opened ??= this.mount();
  }

  private async mount(): Promise<FolderElement> {
    const Folder = await this.loadFolder();
    // Defined here: a bundler drops a module of which only the side effect is wanted.
    customElements.define('likeness-folder', Folder);
    const view = new Folder();
    this.folder.append(view);
    return view;
  }
}
