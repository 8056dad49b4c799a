import { messageOf } from '../errors.js';
import { decimalVector } from './decimal.js';
import {
  type EmbeddingTable,
  invalid,
  type StoredEmbedding,
  storedEmbedding,
  toVector,
} from './stored.js';
import { decodeText } from './text.js';

/** One `{"id": …, "model": …, "embedding": […]}` a line, UTF-8; before the embedding `"normalised": true` if it is. */
export function writeJsonLines({ model, ids, vectors, normalised }: EmbeddingTable): Uint8Array {
  const lines = vectors.map((vector, row) => {
    const head = JSON.stringify({ id: ids[row], model, normalised });
    return `${head.slice(0, -1)},"embedding":${decimalVector(vector)}}\n`;
  });
  return new TextEncoder().encode(lines.join(''));
}

/** @throws LikenessError `invalid-argument`, naming the line */
export function readJsonLines(file: Uint8Array): StoredEmbedding[] {
  const lines = decodeText(file).split('\n');
  return lines.flatMap((line, number) => (line.trim() === '' ? [] : [readLine(line, number + 1)]));
}

function readLine(line: string, number: number): StoredEmbedding {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch (error) {
    throw invalid(`Line ${number} is no JSON: ${messageOf(error)}`, error);
  }
  if (typeof record !== 'object' || record === null) {
    throw invalid(`Line ${number} is no JSON object.`);
  }
  const { id, model, embedding, normalised } = record as Readonly<Record<string, unknown>>;
  return storedEmbedding(id, model, toVector(embedding, number), number, normalised);
}
