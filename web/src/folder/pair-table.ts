import { html, type TemplateResult } from 'lit';
import type { Pair } from './collection.ts';
import type { Shared } from './part.ts';

/** Pairs with what is known of them, and buttons to call them right or wrong. */
export function pairTable(
  { session, words, figures }: Shared,
  pairs: readonly Pair[],
  title: string,
): TemplateResult {
  const mark = (pair: Pair, right: boolean, text: string) => html`<button
    aria-pressed=${session.marks.of(pair) === right} @click=${() => session.mark(pair, right)}>${text}</button>`;
  const columns = [
    words.pairColumn,
    words.verdictColumn,
    words.score,
    words.cosine,
    words.changes,
    words.mark,
  ];
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${title}><table>
      <thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${pairs.map((pair) => {
        const { score, verdict, cosine, evidence } = pair.similarity;
        return html`<tr><td class="pair">${session.pathOf(pair.a)} – ${session.pathOf(pair.b)}</td>
          <td>${words.verdict[verdict]}</td><td class="figure">${figures.number(score, 1)}</td><td class="figure">${figures.number(cosine, 3)}</td>
          <td>${words.changeNames(evidence?.changes ?? []).join(', ')}</td>
          <td><div class="marks">${mark(pair, true, words.right)}${mark(pair, false, words.wrong)}</div></td></tr>`;
      })}</tbody></table></div>`;
}
