import { html, nothing, type TemplateResult } from 'lit';
import { words } from './language.ts';
import type { Problem } from './words.ts';

/** A problem in words, its technical side to be unfolded. */
export function renderProblem({ text, technical }: Problem): TemplateResult {
  return html`<p>${text}</p>${
    technical === undefined
      ? nothing
      : html`<details><summary>${words().technical}</summary><p lang="en">${technical}</p></details>`
  }`;
}
