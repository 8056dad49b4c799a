import { css, html, nothing, type TemplateResult } from 'lit';
import { askFor, type ChosenFolder } from './chosen-folder.ts';
import { fromDrop, fromInput } from './files.ts';
import { FolderPart } from './part.ts';
import { DENIED } from './session.ts';

export const intakeStyles = css`
  .drop { display: grid; gap: 0.75rem; justify-items: center; padding: 2rem 1rem; text-align: center;
    border: 2px dashed var(--edge-strong); border-radius: 1rem; background: var(--card); }
  .drop.small { display: flex; flex-wrap: wrap; gap: 0.4rem 0.75rem; align-items: center; padding: 0.5rem 0.75rem; border-width: 1px; text-align: start; }
  .drop.small > p { color: var(--faint); }
  .intake.small { grid-template-columns: auto minmax(0, 1fr); gap: 0.5rem 1rem; align-items: center; }
  .intake.small > :is(progress, [role='alert']) { grid-column: 1 / -1; }
  .intake.small > progress { order: 1; }
  @media (max-width: 48rem) { .intake.small { grid-template-columns: minmax(0, 1fr); } }
  .drop.over { border-color: var(--blue); }
  .go-on { display: grid; gap: 0.25rem; justify-items: center; }
`;

/** Where files come in, and how far their reading is. */
export class IntakeView extends FolderPart {
  /** The folder of an earlier visit, until something is chosen. */
  #earlier: ChosenFolder | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (pickDirectory() === undefined) return;
    void this.session.keeper.recall().then((earlier) => {
      this.#earlier = earlier;
      this.requestUpdate();
    });
  }

  protected override render(): TemplateResult {
    const { words, session } = this;
    const empty = session.state === 'empty';
    return html`<section class=${empty ? 'intake' : 'intake small'} aria-labelledby="title">
      <h2 id="title" class=${empty ? '' : 'hidden-text'}>${words.title}</h2>
      ${empty ? html`<p class="faint">${words.lead}</p>` : nothing}
      ${this.#input()} ${this.#progress()}
    </section>`;
  }

  #input(): TemplateResult {
    const { words, session } = this;
    const choose = (id: string) => () => this.find<HTMLInputElement>(id)?.click();
    const take = (event: Event): void => {
      const input = event.target as HTMLInputElement;
      const files = fromInput(input);
      input.value = '';
      void session.add(files);
    };
    const over = (on: boolean) => (event: DragEvent) => {
      event.preventDefault();
      (event.currentTarget as Element).classList.toggle('over', on);
    };
    const earlier = session.state === 'empty' ? this.#earlier : undefined;
    return html`<div class=${session.state === 'empty' ? 'drop' : 'drop small'} @dragover=${over(true)} @dragleave=${over(false)}
      @drop=${async (event: DragEvent) => {
        over(false)(event);
        event.stopPropagation();
        if (event.dataTransfer !== null) await session.add(await fromDrop(event.dataTransfer));
      }}>
      <p>${words.drop}</p>
      <div class="row">
        <button class=${session.state === 'empty' ? 'main' : ''} data-part="choose-folder" @click=${this.#pickFolder}>${words.chooseFolder}</button>
        <button @click=${choose('#files')}>${words.chooseImages}</button>
      </div>
      ${
        earlier === undefined
          ? nothing
          : html`<div class="go-on"><button data-part="go-on" @click=${() => this.#goOn(earlier)}>${words.goOn(earlier.directory.name)}</button>
              <p class="faint">${earlier.read ? words.goOnRead : words.goOnUnread}</p></div>`
      }
      <input id="files" type="file" multiple accept="image/*" hidden aria-label=${words.chooseImages} @change=${take} />
      <input id="folder" type="file" multiple webkitdirectory hidden aria-label=${words.chooseFolder} @change=${take} />
    </div>`;
  }

  async #pickFolder(): Promise<void> {
    const pick = pickDirectory();
    if (pick === undefined) {
      this.find<HTMLInputElement>('#folder')?.click();
      return;
    }
    try {
      await this.session.open(await pick.call(window));
    } catch (error) {
      // Closing the dialogue is no error.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.session.fail(error);
    }
  }

  async #goOn({ directory }: ChosenFolder): Promise<void> {
    this.#earlier = undefined;
    try {
      await askFor(directory, 'read');
      await this.session.open(directory);
    } catch (error) {
      this.session.fail(error);
    }
  }

  #progress(): TemplateResult {
    const { words, figures, session } = this;
    const { state, busy, items } = session;
    const done = figures.number(session.done);
    const all = figures.number(session.all);
    const text = {
      empty: '',
      loading: words.loading,
      reading: words.progress(
        done,
        all,
        figures.number(session.rate, 1),
        figures.duration(session.left),
      ),
      paused: words.paused(done, all),
      finished: words.finished(
        figures.number(items.length),
        figures.number(session.collection?.remembered ?? 0),
      ),
      cancelled: words.cancelled(figures.number(items.length)),
    }[state];
    return html`
      <progress aria-label=${words.title} max=${session.all || 1} .value=${session.done} ?hidden=${!busy}></progress>
      <div class="row">
        <p data-part="progress" data-state=${state} class=${busy ? '' : 'faint'}>${text}</p>
        <button data-part="pause" ?hidden=${state !== 'reading' && state !== 'paused'} @click=${() => session.pauseOrResume()}>
          ${state === 'paused' ? words.resume : words.pause}</button>
        <button data-part="cancel" ?hidden=${!busy} @click=${() => session.cancel()}>${words.cancel}</button>
      </div>
      ${session.problem === '' ? nothing : html`<p role="alert" class="alarm">${session.problem === DENIED ? words.denied : words.failed(session.problem)}</p>`}`;
  }
}

customElements.define('likeness-folder-intake', IntakeView);

function pickDirectory(): (() => Promise<FileSystemDirectoryHandle>) | undefined {
  return (window as { showDirectoryPicker?: () => Promise<FileSystemDirectoryHandle> })
    .showDirectoryPicker;
}
