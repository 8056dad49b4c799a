import type { Change, Comparison, ModelInfo, Rectangle } from 'image-likeness';
import { describeChanges, type PairWords, placesOf } from 'image-likeness/display';
import type { Size } from '../compare/geometry.ts';

/** How sure a model is that two different pictures show the same kind of thing. */
export type Certainty = 'perhaps' | 'probably' | 'surely';

/** The parts of an answer in words, in one language. */
export interface SentenceWords {
  readonly identical: string;
  /** @param most whether only most of the picture is the same */
  readonly copy: (changes: readonly string[], places: string, most: boolean) => string;
  readonly changes: PairWords;
  readonly places: {
    readonly one: Readonly<Record<'added' | 'removed' | 'replaced', string>>;
    readonly several: (count: number) => string;
    /** Where in the picture, row by row from the top left. */
    readonly where: readonly string[];
    readonly at: (place: string, where: string) => string;
  };
  /** Of different pictures that have a part in common. */
  readonly sharing: string;
  readonly similar: Readonly<Record<Certainty, string>>;
  readonly different: { readonly nothing: string; readonly little: string };
}

/** From here on a model's probability counts as sure, and below its counterpart as a no. */
const SURE = 0.9;

/** A picture that differs in more places than these is only mostly the same. */
const FEW_PLACES = 3;

/** Where this share of what lies over each other agrees, it is no accident: among strangers it is below 0.15. */
const SHARED = 0.5;

/** A contrast that differs by less than this may be the doing of a place that differs. */
const SLIGHT = 0.1;

/** A size that differs by less than this is not worth a word. */
const RESIZED = 0.03;

/**
 * What a comparison has found out, as one sentence that a person would say.
 * @param size pixels of the first picture; without it no place is named
 */
export function describeAnswer(
  { verdict, evidence, probability }: Pick<Comparison, 'verdict' | 'evidence' | 'probability'>,
  { fullModel }: Pick<ModelInfo, 'fullModel'>,
  size: Size | undefined,
  words: SentenceWords,
): string {
  if (verdict === 'identical') return words.identical;
  const { changes, registration } = evidence;
  const different = verdict === 'similar' || verdict === 'different';
  if (different && registration !== undefined) {
    const { a, b } = registration.agreement;
    if (Math.min(a, b) >= SHARED) return words.sharing;
  }
  if (verdict === 'different') {
    return probability < 1 - SURE ? words.different.nothing : words.different.little;
  }
  if (verdict === 'similar') {
    // Where there is a full model, it knows kinds of subject better.
    const sure = fullModel === undefined ? 'surely' : 'probably';
    return words.similar[probability >= SURE ? sure : 'perhaps'];
  }
  const places = placesOf(changes);
  return words.copy(
    describeChanges(worthAWord(changes), words.changes),
    describePlaces(places, size, words.places),
    verdict === 'variant' && (places.length === 0 || places.length > FEW_PLACES),
  );
}

/** Nobody says that a cropped picture was also saved again. */
function worthAWord(changes: readonly Change[]): Change[] {
  const places = placesOf(changes);
  const global = changes.filter((change) => !places.includes(change));
  const reduced = global.some(({ kind, amount }) => kind === 'resized' && amount < 1);
  const said = global.filter(({ kind, amount }) => {
    const off = Math.abs(amount - 1);
    // A smaller picture has less detail.
    if (kind === 'blurred') return !reduced;
    if (kind === 'resized') return off >= RESIZED;
    if (kind === 'exposed') return places.length === 0 || off >= SLIGHT;
    return kind !== 're-encoded';
  });
  return said.length > 0 || places.length > 0 ? said : global;
}

function describePlaces(
  places: readonly Change[],
  size: Size | undefined,
  words: SentenceWords['places'],
): string {
  const [first, ...others] = places;
  if (first === undefined) return '';
  if (others.length > 0) return words.several(places.length);
  const { kind } = first;
  const said =
    kind === 'added' || kind === 'removed' || kind === 'replaced'
      ? words.one[kind]
      : words.several(1);
  return size === undefined ? said : words.at(said, words.where[whereIs(first.a, size)] ?? '');
}

/** In which of nine parts of a picture the middle of a rectangle lies, row by row from the top left. */
export function whereIs({ x, y, width, height }: Rectangle, size: Size): number {
  const third = (middle: number, whole: number): number =>
    Math.min(2, Math.max(0, Math.floor((3 * middle) / whole)));
  return 3 * third(y + height / 2, size.height) + third(x + width / 2, size.width);
}
