/**
 * Embeddings as files that other programs read and write: NumPy (.npy, .npz), JSON Lines, CSV,
 * Apache Parquet. Each holds ids and model beside the vectors, except .npy, which can't: it
 * needs a sidecar. What is written is read back unchanged, to the last bit.
 *
 * | format | ids | model and weights version | values |
 * |---|---|---|---|
 * | `npy` | in the sidecar | in the sidecar | float32 [n, dimension] |
 * | `npz` | `ids.npy` | `model.npy` | `embeddings.npy`, float32 [n, dimension] |
 * | `jsonl` | `id` | `model` | `embedding`, a list |
 * | `csv` | column `id` | column `model` | column `embedding`, `[1,2,…]` as pgvector writes it |
 * | `parquet` | column `id` | column `model` | column `embedding`, list of float |
 *
 * Vectors are as the model gives them, not normalised, unless the option `normalise` says so. Then the file says
 * `normalised`, too: in a field (`jsonl`, the sidecar), a column (`csv`), an array (`npz`) or the metadata (`parquet`).
 *
 * Only this module loads the libraries for these formats, each when its format is first used.
 * @module formats
 */
import { readNpy, writeNpy } from './npy.js';
import {
  embeddingsOf,
  invalid,
  type Sidecar,
  type StoredEmbedding,
  tableOf,
  type WriteOptions,
} from './stored.js';

export type { Sidecar, StoredEmbedding, WriteOptions } from './stored.js';

/** A format by the ending of its files. */
export type EmbeddingFormat = 'npy' | 'npz' | 'jsonl' | 'csv' | 'parquet';

/** All formats. */
export const EMBEDDING_FORMATS: readonly EmbeddingFormat[] = [
  'npy',
  'npz',
  'jsonl',
  'csv',
  'parquet',
];

/** The format by a file name's ending, or undefined. */
export function formatOf(name: string): EmbeddingFormat | undefined {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return EMBEDDING_FORMATS.find((format) => format === ending);
}

/**
 * A file of embeddings. The same embeddings give the same bytes.
 * @param embeddings at least one, all of one model and one length
 * @throws LikenessError `invalid-argument`, `model-mismatch`
 */
export async function writeEmbeddings(
  embeddings: readonly StoredEmbedding[],
  format: EmbeddingFormat,
  options: WriteOptions = {},
): Promise<Uint8Array> {
  const table = tableOf(embeddings, options);
  switch (format) {
    case 'npy':
      return writeNpy(table.vectors);
    case 'npz':
      return (await import('./npz.js')).writeNpz(table);
    case 'jsonl':
      return (await import('./json-lines.js')).writeJsonLines(table);
    case 'csv':
      return (await import('./csv.js')).writeCsv(table);
    case 'parquet':
      return (await import('./parquet.js')).writeParquet(table);
    default:
      throw unknownFormat(format);
  }
}

/**
 * What an .npy file of these embeddings can't hold; store it beside the file as JSON.
 * @param options the same as for `writeEmbeddings`
 */
export function sidecarOf(
  embeddings: readonly StoredEmbedding[],
  options: WriteOptions = {},
): Sidecar {
  const { dimension: _, vectors: __, ...sidecar } = tableOf(embeddings, options);
  return sidecar;
}

/**
 * Reads the embeddings of a file, also of one that another program wrote.
 * @param sidecar required for `npy`, unused otherwise: the model and the ids of the rows; without `ids` the ids are
 *   the row numbers, from 0
 * @throws LikenessError `invalid-argument` for a file that is damaged, truncated or of another format
 */
export async function readEmbeddings(
  file: Uint8Array,
  format: EmbeddingFormat,
  sidecar?: Pick<Sidecar, 'model'> & Partial<Sidecar>,
): Promise<StoredEmbedding[]> {
  switch (format) {
    case 'npy':
      return fromNpy(file, sidecar);
    case 'npz':
      return (await import('./npz.js')).readNpz(file);
    case 'jsonl':
      return (await import('./json-lines.js')).readJsonLines(file);
    case 'csv':
      return (await import('./csv.js')).readCsv(file);
    case 'parquet':
      return (await import('./parquet.js')).readParquet(file);
    default:
      throw unknownFormat(format);
  }
}

function fromNpy(
  file: Uint8Array,
  sidecar: (Pick<Sidecar, 'model'> & Partial<Sidecar>) | undefined,
): StoredEmbedding[] {
  if (sidecar === undefined) {
    throw invalid(
      'An .npy file does not say which model its embeddings come from: pass { model }, or use .npz.',
    );
  }
  const { rows } = readNpy(file);
  const { ids = rows.map((_, row) => String(row)) } = sidecar;
  if (!Array.isArray(ids) || ids.length !== rows.length) {
    throw invalid(`The file has ${rows.length} embeddings, the sidecar ${ids.length} ids.`);
  }
  return embeddingsOf({ ...sidecar, ids, vectors: rows });
}

function unknownFormat(format: never): Error {
  return invalid(`There is no format "${format}"; choose from ${EMBEDDING_FORMATS.join(', ')}.`);
}
