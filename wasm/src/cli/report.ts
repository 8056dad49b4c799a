/** How the commands put pictures and pairs into words and columns. */

import { describeChanges } from '../display/words.js';
import { stringify } from '../libraries/csv-stringify.js';
import type { Embedding, Similarity } from '../types.js';
import { asUnicode } from './text.js';

/** Whether a picture has no features at all: its cosine to another one is not defined. */
export function isZero({ vector }: Embedding): boolean {
  return vector.every((value) => value === 0);
}

/** What is known of two pictures. @param changes from the first to the second, unless told otherwise */
export function pairInWords(
  { verdict, score, cosine, evidence }: Similarity,
  sameBytes: boolean,
  changes = evidence?.changes ?? [],
): string {
  if (sameBytes) return 'the same bytes';
  if (verdict === 'identical') return 'the same pixels';
  const numbers = [`score ${score.toFixed(1)}`, `cosine ${cosine.toFixed(3)}`];
  return [verdict, ...describeChanges(changes), ...numbers].join(', ');
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

/** A report as a line of JSON, names in Unicode. */
export function jsonOf(report: object): string {
  const text = JSON.stringify(report, (_, value: unknown) =>
    typeof value === 'string' ? asUnicode(value) : value,
  );
  return `${text}\n`;
}

/** Rows as CSV, names in Unicode. */
export function tableOf(rows: readonly object[], columns: readonly string[]): string {
  return stringify([...rows], { header: true, columns: [...columns], cast: { string: asUnicode } });
}
