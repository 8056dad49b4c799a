import { css, html, nothing, type TemplateResult } from 'lit';
import type { Shared } from './part.ts';

export const tileStyles = css`
  .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 9.5rem), 1fr)); gap: 0.75rem; }
  .tile { display: grid; grid-template-rows: 8rem 1fr; gap: 0.35rem; min-inline-size: 0; font-size: 0.875rem; }
  .tile .frame { block-size: 8rem; }
  .about { display: flex; flex-direction: column; gap: 0.15rem; align-items: start; }
  .about button { margin-block-start: auto; }
  @media (max-width: 30rem) {
    .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  }
`;

/** A picture among many, small: its name, its size, and the way to more like it. */
export function tile(
  { session, thumbnails, words, figures }: Shared,
  number: number,
  extra: unknown = nothing,
): TemplateResult {
  const item = session.items[number];
  if (item === undefined) return html``;
  const url = thumbnails.of(item.file);
  const { width = 0, height = 0 } = item.embedding.fingerprint ?? {};
  return html`<div role="listitem" class="tile">
    <div class="frame">${url ? html`<img src=${url} alt=${words.thumbnail(item.path)} />` : nothing}</div>
    <div class="about"><p class="name">${item.path}</p>
      <p class="faint"><span dir="ltr">${width} × ${height}</span> · ${figures.size(item.file.size)}</p>
      ${extra}
      <button class="plain" data-part="more-like" aria-label=${`${words.more}: ${item.path}`}
        @click=${() => session.showLike(number)}>${words.more}</button></div>
  </div>`;
}
