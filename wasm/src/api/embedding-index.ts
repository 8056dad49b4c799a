import { disposedIndexError, type IndexStore, type Rows } from '../binding/index-store.js';
import { abortedError, LikenessError, throwIfAborted } from '../errors.js';
import { SerialQueue } from '../queue.js';
import { isFloat32Array } from '../realms.js';
import type {
  CallOptions,
  Embedding,
  EmbeddingIndex,
  Neighbour,
  PairwiseOptions,
} from '../types.js';

/** Embeddings are handed over in packs of about this many values (4 MiB). */
const PACK_VALUES = 1024 * 1024;

/** The public face of an index: packs embeddings, keeps calls in order, rolls back what failed. */
export class HostedIndex implements EmbeddingIndex {
  private readonly queue = new SerialQueue();
  private stored = 0;
  private disposal: Promise<void> | undefined;

  /** @param onDispose called once, when the index is disposed of */
  constructor(
    private readonly store: IndexStore,
    private readonly onDispose: (index: HostedIndex) => void,
  ) {}

  get size(): number {
    return this.stored;
  }

  add(embeddings: Iterable<Embedding>, { signal }: CallOptions = {}): Promise<void> {
    return this.run(signal, async () => {
      let size = this.stored;
      try {
        for (const rows of packed(embeddings)) {
          throwIfAborted(signal);
          size = await this.store.add(rows);
        }
        throwIfAborted(signal);
      } catch (error) {
        // An index that is lost has nothing to forget, and it is the first error that counts.
        if (size > this.stored) await this.store.keepFirst(this.stored).catch(() => undefined);
        throw error;
      }
      this.stored = size;
    });
  }

  nearest(query: Embedding, k: number, { signal }: CallOptions = {}): Promise<Neighbour[]> {
    return this.run(signal, async () => {
      if (!Number.isSafeInteger(k) || k < 0) {
        throw new LikenessError('invalid-argument', 'k must be a whole number, 0 or above.');
      }
      const row = { ...rowOf(query), values: vectorOf(query).slice() };
      const found = await this.store.nearest(row, Math.min(k, this.stored), signal);
      return Array.from(found.rows, (index, place) => ({
        index,
        cosine: found.cosines[place] ?? Number.NaN,
      }));
    });
  }

  pairwise({ signal, rows }: PairwiseOptions = {}): Promise<Float32Array> {
    return this.run(signal, async () => {
      const [first, end] = rows ?? [0, this.stored];
      const sound = Number.isInteger(first) && Number.isInteger(end);
      if (!sound || first < 0 || end < first || end > this.stored) {
        throw new LikenessError('invalid-argument', `There are no rows ${first} to ${end}.`);
      }
      return this.store.pairwise([first, end], signal);
    });
  }

  bytes({ signal }: CallOptions = {}): Promise<number> {
    return this.run(signal, () => this.store.bytes());
  }

  dispose(): Promise<void> {
    if (this.disposal === undefined) {
      this.disposal = this.store.dispose();
      this.onDispose(this);
    }
    return this.disposal;
  }

  [Symbol.dispose](): void {
    this.dispose().catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** One call after the other. An aborted one rejects at once; the next waits until it has stopped. */
  private run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const result = this.queue.run(async () => {
      throwIfAborted(signal);
      if (this.disposal !== undefined) throw disposedIndexError();
      return work();
    });
    return orAborted(result, signal);
  }
}

function orAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortedError(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Embeddings that belong together, in packs that are the package's own copies. */
function* packed(embeddings: Iterable<Embedding>): Generator<Rows> {
  let pack: Embedding[] = [];
  let values = 0;
  for (const embedding of embeddings) {
    const { length } = vectorOf(embedding);
    const [first] = pack;
    const fits =
      first === undefined ||
      (embedding.model === first.model &&
        length === first.vector.length &&
        values + length <= PACK_VALUES);
    if (!fits) {
      yield rowsOf(pack);
      pack = [];
      values = 0;
    }
    pack.push(embedding);
    values += length;
  }
  if (pack.length > 0) yield rowsOf(pack);
}

function rowsOf(pack: readonly Embedding[]): Rows {
  const [first] = pack;
  if (first === undefined) throw new RangeError('An empty pack has no dimension.');
  const { model, dimension } = rowOf(first);
  const values = new Float32Array(pack.length * dimension);
  for (const [row, { vector }] of pack.entries()) values.set(vector, row * dimension);
  return { model, dimension, values };
}

function rowOf({ model, vector }: Embedding): Omit<Rows, 'values'> {
  return { model, dimension: vector.length };
}

/** Checked, since embeddings may come from storage. */
function vectorOf(embedding: Embedding): Float32Array {
  if (typeof embedding.model === 'string' && isFloat32Array(embedding.vector)) {
    return embedding.vector;
  }
  throw new LikenessError(
    'invalid-argument',
    'An embedding needs its model, a string, and its vector, a Float32Array.',
  );
}
