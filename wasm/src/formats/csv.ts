import { messageOf } from '../errors.js';
import { parse } from '../libraries/csv-parse.js';
import { stringify } from '../libraries/csv-stringify.js';
import { decimalVector } from './decimal.js';
import {
  type EmbeddingTable,
  invalid,
  type StoredEmbedding,
  storedEmbedding,
  toVector,
} from './stored.js';
import { decodeText } from './text.js';

const COLUMNS = ['id', 'model', 'embedding'];

/** The fourth one, where vectors are; `true` in each row. */
const NORMALISED = 'normalised';

/** RFC 4180 with a header, UTF-8; the embedding in brackets, as pgvector's COPY takes it. */
export function writeCsv({ model, ids, vectors, normalised }: EmbeddingTable): Uint8Array {
  const columns = normalised ? [...COLUMNS, NORMALISED] : COLUMNS;
  const rows = vectors.map((vector, row) => [
    ids[row],
    model,
    decimalVector(vector),
    ...(normalised ? ['true'] : []),
  ]);
  // An unquoted empty id would be read as "no id" elsewhere, and some ids look like the end of COPY.
  return new TextEncoder().encode(stringify([columns, ...rows], { quoted_string: true }));
}

/** @throws LikenessError `invalid-argument`, naming the row */
export function readCsv(file: Uint8Array): StoredEmbedding[] {
  const records = parseRecords(decodeText(file));
  return records.map(({ id, model, embedding, [NORMALISED]: normalised }, row) => {
    if (id === undefined || model === undefined || embedding === undefined) {
      throw invalid(`A CSV file of embeddings has the columns ${COLUMNS.join(', ')}.`);
    }
    const vector = toVector(parseList(embedding, row), row);
    return storedEmbedding(id, model, vector, row, normalised === 'true');
  });
}

function parseRecords(text: string): Readonly<Record<string, string>>[] {
  try {
    return parse(text, { columns: true, skip_empty_lines: true }) as Record<string, string>[];
  } catch (error) {
    throw invalid(`The file is no CSV: ${messageOf(error)}`, error);
  }
}

function parseList(text: string, row: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`The embedding of row ${row} is no list of numbers.`, error);
  }
}
