/** How the commands put pictures and pairs into words and columns. */
import { describeChanges } from '../display/words.js';
import type { Embedding, Similarity } from '../types.js';

/** Whether a picture has no features at all: its cosine to another one is not defined. */
export function isZero({ vector }: Embedding): boolean {
  return vector.every((value) => value === 0);
}

/** Why two pictures belong together, up to the second one's name. */
export function whyAlike(
  { verdict, score, cosine, evidence }: Similarity,
  sameBytes: boolean,
): string {
  if (sameBytes) return 'the same bytes as';
  if (verdict === 'identical') return 'the same pixels as';
  const changes = describeChanges(evidence?.changes ?? []);
  const parts = [verdict, ...changes, `score ${score.toFixed(1)}`, `cosine ${cosine.toFixed(3)}`];
  return `${parts.join(', ')}; with`;
}

/** What a pair's similarity is in a table; empty where there is none. */
export function similarityColumns(similarity: Similarity | undefined): Record<string, string> {
  const { evidence } = similarity ?? {};
  const column = (value: number | undefined): string => (value === undefined ? '' : String(value));
  return {
    verdict: similarity?.verdict ?? '',
    score: column(similarity?.score),
    cosine: column(similarity?.cosine),
    covered: column(evidence?.registration?.covered.a),
    agreement: column(evidence?.registration?.agreement.a),
    changes: evidence?.changes.map(({ kind }) => kind).join(' ') ?? '',
  };
}

/** A number of bytes in words. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
