import { LikenessError } from '../errors.js';
import type { WireNeighbours } from './wire.js';

/** Embeddings of one model, one after the other. */
export interface Rows {
  readonly model: string;
  /** Values an embedding. */
  readonly dimension: number;
  /** A multiple of `dimension` values. */
  readonly values: Float32Array;
}

/** An index at work, in this thread or in a worker. One call at a time. */
export interface IndexStore {
  /** Adds all rows, or none where it rejects; resolves to the number of rows. */
  add(rows: Rows): Promise<number>;
  /** Forgets all rows but the first `count`. */
  keepFirst(count: number): Promise<void>;
  /** @param query one row @param k at most the number of rows */
  nearest(query: Rows, k: number, signal?: AbortSignal): Promise<WireNeighbours>;
  /** The cosines of a range of rows with all after each, in the order of SciPy's pdist. */
  pairwise(rows: readonly [number, number], signal?: AbortSignal): Promise<Float32Array>;
  /** Size of the WebAssembly memory. */
  bytes(): Promise<number>;
  /** Frees everything; later calls reject with `disposed`. */
  dispose(): Promise<void>;
}

/** The error of every call on an index that is no more. */
export function disposedIndexError(): LikenessError {
  return new LikenessError('disposed', 'This index was disposed of. Create a new one.');
}
