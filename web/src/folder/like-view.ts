import { html, nothing, type TemplateResult } from 'lit';
import { FolderPart } from './part.ts';
import { tile } from './tile.ts';

/** What is most alike to one image; it is shown, and focused, when somebody has asked for it. */
export class LikeView extends FolderPart {
  #focused: unknown;

  protected override render(): TemplateResult | typeof nothing {
    const { words, figures, session } = this;
    const { like } = session;
    if (like === undefined) return nothing;
    const score = (score: number) => html`<p>${words.score} ${figures.number(score, 1)}</p>`;
    return html`<section class="card" data-part="like">
      <div class="row"><h2 id="like" tabindex="-1">${words.moreOf(session.pathOf(like.number))}</h2>
      <button @click=${() => session.hideLike()}>${words.close}</button></div>
      <div class="grid" role="list">${like.near.map(({ index, score: of }) => tile(this.shared, index, score(of)))}</div>
    </section>`;
  }

  protected override updated(): void {
    const { like } = this.session;
    if (like === this.#focused) return;
    this.#focused = like;
    this.find('#like')?.focus();
  }
}

customElements.define('likeness-folder-like', LikeView);
