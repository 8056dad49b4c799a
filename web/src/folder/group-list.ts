import { css, html, nothing, type TemplateResult } from 'lit';
import type { Shared } from './part.ts';
import type { RankedGroup } from './review.ts';

/** Groups that are added to the list at a time. */
const PAGE = 50;

export const groupListStyles = css`
  .groups { display: grid; gap: 0.5rem; align-content: start; min-inline-size: 0; }
  .groups ol { display: grid; gap: 0.35rem; max-block-size: var(--list-height, 26rem); padding: 3px; overflow-y: auto; }
  .groups li button { display: grid; grid-template-columns: 3rem minmax(0, 1fr) auto; gap: 0.1rem 0.6rem; align-items: center;
    inline-size: 100%; padding: 0.35rem 0.6rem 0.35rem 0.35rem; border-color: var(--line); border-radius: 0.6rem; text-align: start; }
  .groups li button[aria-current='true'] { border-color: var(--blue); box-shadow: inset 0 0 0 1px var(--blue); }
  .groups .frame { grid-row: span 2; inline-size: 3rem; block-size: 3rem; }
  .groups .frame img { object-fit: cover; }
  .groups .what { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 0.9375rem; }
  .groups .wins { grid-column: 2; font-size: 0.8125rem; }
  .groups .done { grid-column: 3; grid-row: 1 / 3; color: var(--blue); font-weight: 700; }
  @media (forced-colors: active) { .groups li button[aria-current='true'] { outline: 2px solid Highlight; outline-offset: -3px; } }
`;

/** All groups, those that win most first. */
export class GroupList {
  #shown = PAGE;

  constructor(
    private readonly shared: Shared,
    private readonly changed: () => void,
  ) {}

  /** @param choose called with a group that somebody wants to look at */
  render(choose: (group: RankedGroup) => void): TemplateResult {
    const { words, session } = this.shared;
    const { shown, place } = session.review;
    const count = Math.max(this.#shown, PAGE * Math.ceil((place + 1) / PAGE));
    return html`<nav class="groups" data-part="groups" aria-label=${words.allGroups}>
      <ol>${shown.slice(0, count).map((group) => this.#row(group, choose))}</ol>
      ${
        shown.length > count
          ? html`<div><button @click=${() => {
              this.#shown = count + PAGE;
              this.changed();
            }}>${words.showMore}</button></div>`
          : nothing
      }</nav>`;
  }

  #row(group: RankedGroup, choose: (group: RankedGroup) => void): TemplateResult {
    const { words, figures, session, thumbnails } = this.shared;
    const { review } = session;
    const item = session.items[review.keeperOf(group)];
    const url = item && thumbnails.of(item.file);
    const decided = review.isDecided(group);
    return html`<li><button data-part="group-row" data-kind=${group.kind} aria-current=${review.current?.key === group.key}
        @click=${() => choose(group)}>
      <span class="frame">${url ? html`<img src=${url} alt="" />` : nothing}</span>
      <span class="what">${words.kind[group.kind]} (${figures.number(group.members.length)})</span>
      <span class="wins faint">${group.wins > 0 ? words.wins(figures.size(group.wins)) : nothing}</span>
      ${decided ? html`<span class="done" role="img" aria-label=${words.decided}>✓</span>` : nothing}
    </button></li>`;
  }
}
