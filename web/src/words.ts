import { LikenessError } from 'image-likeness';
import { words } from './language.ts';

/** Something that went wrong, for people. */
export interface Problem {
  /** What and what to do, in the visitor's language. */
  readonly text: string;
  /** What the package says of it, in English, where the text is not just that. */
  readonly technical?: string;
}

/** An error in plain words, its code at the end. */
export function describeError(error: unknown): Problem {
  const { problem, image, unexpected, technical } = words();
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof LikenessError)) {
    return technical === undefined
      ? { text: `${unexpected} ${message}` }
      : { text: unexpected, technical: message };
  }
  if (problem === undefined) return { text: `${message} (${error.code})` };
  const place = error.image === undefined ? '' : `${image(error.image)}: `;
  return { text: `${place}${problem(error.code)} (${error.code})`, technical: message };
}

/** Puts a problem into its place on the page, its technical side to be unfolded; or takes it away. */
export function showProblem(place: HTMLElement, problem: Problem | undefined): void {
  place.hidden = problem === undefined;
  if (problem === undefined) {
    place.replaceChildren();
    return;
  }
  const text = document.createElement('p');
  text.textContent = problem.text;
  place.replaceChildren(text);
  if (problem.technical === undefined) return;
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.textContent = words().technical ?? '';
  const english = document.createElement('p');
  english.lang = 'en';
  english.textContent = problem.technical;
  details.append(summary, english);
  place.append(details);
}
