import type { Change } from 'image-likeness';
import { html, nothing, type TemplateResult } from 'lit';
import { whereIs } from '../pair/sentence.ts';
import type { CompareStrings } from '../strings/compare-en.ts';
import { THUMBNAIL } from './painter.ts';
import type { CompareSession, Side } from './session.ts';

/**
 * The changed places, each with what both pictures show there.
 * @param goTo called with the place that is chosen
 */
export function renderChanges(
  { changes, sizes: [size], place }: CompareSession,
  words: CompareStrings,
  goTo: (index: number) => void,
): TemplateResult | typeof nothing {
  if (changes.length === 0 || size === undefined) return nothing;
  const said = ({ kind, a }: Change, at: number): string => {
    const what = kind === 'added' || kind === 'removed' ? kind : 'replaced';
    return words.place(at + 1, words.change[what], words.where[whereIs(a, size)] ?? '');
  };
  const thumbnail = (at: number, side: Side): TemplateResult =>
    html`<canvas data-thumbnail="${at},${side}" width=${THUMBNAIL.width} height=${THUMBNAIL.height}></canvas>`;
  return html`<section class="changes" data-testid="changes" aria-labelledby="changes-title">
    <h2 id="changes-title">${words.changes}</h2>
    <ol>${changes.map(
      (change, at) => html`<li><button type="button" class="change" aria-current=${at === place}
        @click=${() => goTo(at)}>${thumbnail(at, 0)}${thumbnail(at, 1)}<span>${said(change, at)}</span></button></li>`,
    )}</ol>
  </section>`;
}
