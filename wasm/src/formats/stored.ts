import { LikenessError } from '../errors.js';
import type { Embedding } from '../types.js';
import { normalised } from './normalise.js';

/** An embedding and the id of its image. Fingerprints are not stored. */
export interface StoredEmbedding extends Embedding {
  /** The application's name for the image: a path, a key. Without NUL and lone surrogates. */
  readonly id: string;
  /** Whether `vector` was divided by its length (L2) when it was written. Scores are the same either way. */
  readonly normalised?: true;
}

/** How embeddings are written. */
export interface WriteOptions {
  /**
   * Whether vectors are divided by their length (L2), for stores that compare by distance or by dot product. The
   * file says so. Default: false.
   */
  readonly normalise?: boolean;
}

/** Data that an .npy file can't hold and that is stored beside it. */
export interface Sidecar {
  /** `<model id>@<weights version>/<view>` of all rows. */
  readonly model: string;
  /** One id for each row. */
  readonly ids: readonly string[];
  /** As in StoredEmbedding, of all rows. */
  readonly normalised?: true;
}

/** Embeddings of one model as a table. */
export interface EmbeddingTable extends Sidecar {
  readonly dimension: number;
  /** One vector for each row, as it is written. */
  readonly vectors: readonly Float32Array[];
}

/**
 * Checks embeddings that are to be written.
 * @throws LikenessError `invalid-argument` for none at all, different lengths, numbers that aren't
 *   finite and ids that not every format can hold; `model-mismatch` for different models
 */
export function tableOf(
  embeddings: readonly StoredEmbedding[],
  { normalise = false }: WriteOptions = {},
): EmbeddingTable {
  const [first] = embeddings;
  if (first === undefined) throw invalid('There is no embedding to store.');
  const dimension = first.vector.length;
  for (const [row, { id, model, vector }] of embeddings.entries()) {
    if (model !== first.model) {
      throw new LikenessError(
        'model-mismatch',
        `Embedding ${row} comes from ${model}, those before it from ${first.model}. Store each model's in a file of its own.`,
      );
    }
    assertId(id, row);
    if (vector.length !== dimension || dimension === 0) {
      throw invalid(`Embedding ${row} has ${vector.length} values, the first one ${dimension}.`);
    }
    assertFinite(vector, row);
  }
  const vectors = embeddings.map(({ vector }) => vector);
  const alike = normalise || embeddings.every((embedding) => embedding.normalised === true);
  return {
    model: first.model,
    dimension,
    ids: embeddings.map(({ id }) => id),
    vectors: normalise ? normalised(vectors) : vectors,
    ...(alike && { normalised: true }),
  };
}

/** The embeddings of a table that was read from a file. @throws LikenessError `invalid-argument` */
export function embeddingsOf(table: Omit<EmbeddingTable, 'dimension'>): StoredEmbedding[] {
  const { model, ids, vectors } = table;
  return vectors.map((vector, row) =>
    storedEmbedding(ids[row], model, vector, row, table.normalised),
  );
}

/**
 * One row of a file, checked.
 * @param isNormalised true if the file says so
 * @throws LikenessError `invalid-argument`
 */
export function storedEmbedding(
  id: unknown,
  model: unknown,
  vector: Float32Array,
  row: number,
  isNormalised: unknown = false,
): StoredEmbedding {
  if (typeof model !== 'string' || model === '') throw invalid(`Row ${row} names no model.`);
  if (vector.length === 0) throw invalid(`Row ${row} has no values.`);
  assertFinite(vector, row);
  const dimension = vector.length;
  const stored = { id: assertId(id, row), model, dimension, vector };
  return isNormalised === true ? { ...stored, normalised: true } : stored;
}

/** The error for an invalid file. */
export function invalid(message: string, cause?: unknown): LikenessError {
  return new LikenessError('invalid-argument', message, cause === undefined ? {} : { cause });
}

/**
 * The numbers of a row as float32.
 * @throws LikenessError `invalid-argument` unless it is an array of numbers
 */
export function toVector(values: unknown, row: number): Float32Array {
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'number')) {
    throw invalid(`The embedding of row ${row} is no list of numbers.`);
  }
  return Float32Array.from(values);
}

function assertFinite(vector: Float32Array, row: number): void {
  if (!vector.every(Number.isFinite)) {
    throw invalid(`Row ${row} holds a value that isn't a finite number.`);
  }
}

function assertId(id: unknown, row: number): string {
  if (typeof id === 'string' && !id.includes('\0') && !/\p{Surrogate}/u.test(id)) return id;
  throw invalid(`Row ${row} needs an id: text without NUL and lone surrogates.`);
}
