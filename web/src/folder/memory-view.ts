import { html, nothing, type TemplateResult } from 'lit';
import { FolderPart } from './part.ts';

/** What this browser remembers of images that were read. */
export class MemoryView extends FolderPart {
  protected override render(): TemplateResult {
    const { words, figures, session } = this;
    const { count, bytes } = session.remembered;
    return html`<section class="row" ?hidden=${count === 0}>
        <p class="faint" data-part="memory">${words.memory(figures.number(count), figures.size(bytes))}</p>
        <button data-part="forget" @click=${() => session.forget()}>${words.forget}</button>
      </section>
      ${session.memory.full ? html`<p role="status" class="alarm">${words.full}</p>` : nothing}`;
  }
}

customElements.define('likeness-folder-memory', MemoryView);
