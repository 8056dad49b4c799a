import { css, html, nothing, type TemplateResult } from 'lit';
import type { Shared } from './part.ts';
import type { Decision, RankedGroup } from './review.ts';

export const cardStyles = css`
  .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13.5rem), 1fr)); gap: 0.75rem; }
  .choice { display: grid; grid-template-rows: auto 1fr auto; gap: 0.5rem; min-inline-size: 0; padding: 0.5rem;
    border: 2px solid var(--line); border-radius: 0.75rem; background: var(--card); font-size: 0.9375rem; }
  .choice[data-decision='keep'] { border-color: var(--blue); }
  .choice[data-decision='spare'] { border-style: dashed; }
  .choice[data-decision='spare'] :is(img, .name strong) { opacity: 0.5; }
  .choice[data-decision='spare'] .name strong { opacity: 1; text-decoration: line-through; }
  .choice .open { display: block; inline-size: 100%; padding: 0; border: 0; border-radius: 0.5rem; background: none; }
  .cards .frame { block-size: clamp(9rem, 24vh, 16rem); }
  .cards[data-few] { grid-template-columns: repeat(auto-fit, minmax(min(100%, 13.5rem), 1fr)); }
  .cards[data-few] .frame { block-size: clamp(9rem, 44vh, 36rem); }
  @media (max-width: 40rem) {
    .cards, .cards[data-few] { grid-template-columns: repeat(auto-fill, minmax(min(100%, 8.75rem), 1fr)); gap: 0.5rem; }
    .cards .frame, .cards[data-few] .frame { block-size: 8rem; }
    .decide { grid-template-columns: 1fr; }
  }
  .choice:focus-within { box-shadow: 0 0 0 2px var(--blue); }
  .facts { display: grid; gap: 0.3rem; align-content: start; min-inline-size: 0; }
  .decide { display: grid; grid-template-columns: 1fr 1fr; gap: 0.35rem; }
  .decide button { padding-inline: 0.3rem; }
  .decide button[aria-pressed='true'] { background: var(--blue); color: var(--card); font-weight: 600; }
  .decide .plain { grid-column: 1 / -1; justify-self: center; }
  @media (forced-colors: active) {
    .choice[data-decision='keep'] { border-color: Highlight; }
    .decide button[aria-pressed='true'] { forced-color-adjust: none; background: Highlight; color: HighlightText; }
  }
`;

/** What a person can do with a picture of a group. */
export interface CardActions {
  open(number: number): void;
  decide(number: number, decision: Decision): void;
  keepOnly(number: number): void;
}

/** A picture of the group that is looked at: what it is to the one that stays, and the decision about it. */
export function pictureCard(
  shared: Shared,
  group: RankedGroup,
  number: number,
  actions: CardActions,
): TemplateResult {
  const { session, words, thumbnails } = shared;
  const item = session.items[number];
  if (item === undefined) return html``;
  const { review } = session;
  const keeper = review.keeperOf(group);
  const url = thumbnails.of(item.file, 'large');
  const label =
    number === keeper
      ? words.look(item.path)
      : words.compareWith(item.path, session.pathOf(keeper));
  return html`<div role="listitem" class="choice" data-part="choice" data-decision=${review.decisionOf(number) ?? ''}>
    <button class="open" data-number=${number} aria-label=${label} @click=${() => actions.open(number)}>
      <span class="frame">${url ? html`<img src=${url} alt="" />` : nothing}</span></button>
    ${pictureFacts(shared, group, number)}
    ${decisionButtons(shared, number, actions)}
  </div>`;
}

/** Name, size, and what sets a picture apart. */
export function pictureFacts(shared: Shared, group: RankedGroup, number: number): TemplateResult {
  const { session, figures } = shared;
  const item = session.items[number];
  if (item === undefined) return html``;
  const { width = 0, height = 0 } = item.embedding.fingerprint ?? {};
  const cut = item.path.lastIndexOf('/');
  return html`<div class="facts">
    <p class="name"><strong>${item.path.slice(cut + 1)}</strong>${cut < 0 ? nothing : html`<br /><span class="faint">${item.path.slice(0, cut)}</span>`}</p>
    <p class="faint"><span dir="ltr">${width} × ${height}</span> · ${figures.size(item.file.size)} · ${figures.day(item.file.lastModified)}</p>
    <div class="badges">${badges(shared, group, number)}</div></div>`;
}

function badges(
  { session, words }: Shared,
  group: RankedGroup,
  number: number,
): (TemplateResult | typeof nothing)[] {
  const { review, evidence } = session;
  const keeper = review.keeperOf(group);
  const badge = (text: string, good = false) =>
    text === '' ? nothing : html`<span class=${good ? 'badge good' : 'badge'}>${text}</span>`;
  if (number === group.suggested) {
    const reasons = evidence.reasons(number, group.members);
    return [badge(words.best, true), ...reasons.map((reason) => badge(words.reasonBadge[reason]))];
  }
  if (number === keeper) return [badge(words.stays)];
  const { identical, changes } = evidence.between(keeper, number);
  if (identical) return [badge(words.identical)];
  return words.changeNames(changes).map((name) => badge(name));
}

/** The buttons that decide about a picture. */
export function decisionButtons(
  { session, words }: Shared,
  number: number,
  { decide, keepOnly }: CardActions,
): TemplateResult {
  const decision = session.review.decisionOf(number);
  const path = session.pathOf(number);
  const button = (to: Decision) => html`<button data-part=${to} aria-pressed=${decision === to}
    aria-label=${`${words[to]}: ${path}`} @click=${() => decide(number, to)}>${words[to]}</button>`;
  return html`<div class="decide">${button('keep')}${button('spare')}
    <button class="plain" data-part="only" aria-label=${`${words.onlyThis}: ${path}`} @click=${() => keepOnly(number)}>${words.onlyThis}</button></div>`;
}
