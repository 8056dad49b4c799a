import { type Comparison, LikenessError } from 'image-likeness';
import { placesOf } from 'image-likeness/display';
import { formatShare, words } from './language.ts';

/** What the verdict rests on, in a line. */
export function describeEvidence({ verdict, probability, evidence }: Comparison): string {
  const { allPixelsSame, sameKind, inCommon, placesDiffer } = words();
  if (verdict === 'identical') return allPixelsSame;
  if (verdict === 'similar' || verdict === 'different' || evidence?.registration === undefined) {
    return sameKind(describeProbability(probability));
  }
  const { covered } = evidence.registration;
  const common = inCommon(formatShare(covered.a), formatShare(covered.b));
  const places = placesOf(evidence.changes).length;
  return places === 0 ? common : `${common} ${placesDiffer(places)}`;
}

/** In whole percent, but never certain. */
function describeProbability(probability: number): string {
  if (probability < 0.01) return words().under(formatShare(0.01));
  if (probability > 0.99) return words().over(formatShare(0.99));
  return formatShare(probability);
}

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
