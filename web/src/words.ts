import { LikenessError, type Verdict } from 'image-likeness';

/** What a verdict means, in a sentence. */
export const VERDICT_SENTENCES: Readonly<Record<Verdict, string>> = {
  identical: 'Identical: the same picture.',
  'near-duplicate': 'Near-duplicate: the same picture, changed a little.',
  similar: 'Similar: two pictures of the same kind of thing.',
  different: 'Different: the two have little in common.',
};

/** An error in plain words, its code at the end. */
export function describeError(error: unknown): string {
  if (error instanceof LikenessError) return `${error.message} (${error.code})`;
  return `Something unexpected went wrong: ${error instanceof Error ? error.message : error}`;
}

/** Milliseconds as people say them. */
export function describeTime(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
