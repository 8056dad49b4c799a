import { LikenessError, throwIfAborted } from '../errors.js';
import { identityOf } from '../models/identity.js';
import { knownModels, type ModelEntry, VIEWS } from '../models/manifest.js';
import { SerialQueue } from '../queue.js';
import type { CallOptions, Embedding, EmbeddingIndex, Likeness, Similarity } from '../types.js';
import { CandidateIndex, hashesOf, type Signature } from './candidates.js';
import { ScoreCurve } from './curve.js';
import { groupsOf, type Link } from './groups.js';
import { leafOrder, SingleLinkage } from './single-linkage.js';
import { Sketcher } from './sketch.js';

/** Largest number of pictures that a matrix is made of. */
export const LARGEST_MATRIX = 200;

/** Pairs that are being rated at the same time. */
const RATINGS_AT_ONCE = 8;

/** Cosines that are asked for at once: 4 MiB. */
const BAND_COSINES = 1024 * 1024;

/** How long a call may keep the thread, in milliseconds. */
const LONGEST_STRETCH = 25;

/** What a collection needs of a Likeness; wrap `similarity` to remember ratings. */
export type Rater = Pick<Likeness, 'similarity' | 'createIndex'>;

/** Two pictures that are identical or near-duplicates, by their numbers, a < b. */
export interface NearDuplicate {
  readonly a: number;
  readonly b: number;
  /** `Likeness.similarity` of the two, evidence included. */
  readonly similarity: Similarity;
}

/** A picture that is like another one. */
export interface Alike {
  readonly index: number;
  /** Centred, −1 to 1; see `Similarity.centredCosine`. */
  readonly cosine: number;
  /** 0 to 100; see `Similarity.score`. */
  readonly score: number;
}

/** Two pictures by their numbers, a < b, and how alike they are. */
export interface ScoredPair extends Link {
  /** 0 to 100; see `Similarity.score`. */
  readonly score: number;
}

/** How far a call has come. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Options of a call that takes a while. */
export interface LongCallOptions extends CallOptions {
  readonly onProgress?: (progress: Progress) => void;
}

/** Groups of similar pictures at any threshold. */
export interface SimilarGroups {
  /** How many pictures were looked at: those numbered below it. */
  readonly size: number;
  /** Groups of two or more that chains of pairs with at least this score (0 to 100) hold together. */
  groupsAt(score: number): number[][];
  /** How many pairs have at least this score, their cosines rounded to 1 / 32,768. */
  pairsAt(score: number): number;
  /** Whether a pair has at least this score by its cosine, whatever its pixels prove. */
  reaches(pair: Pick<Similarity, 'centredCosine'>, score: number): boolean;
}

/** Scores of all pairs of some pictures. */
export interface ScoreMatrix {
  /** Places in what was asked for, so that groups show; row and column of the scores. */
  readonly order: readonly number[];
  /** n × n, row by row, in that order; 100 on the diagonal. */
  readonly scores: Float32Array;
}

/** Pictures that are held against each other, numbered from 0 in the order they were added. */
export interface Collection {
  readonly size: number;
  /** All identical and near-duplicate pairs so far, b ascending, then a. */
  readonly pairs: readonly NearDuplicate[];
  /** Groups of two or more that these pairs make. */
  groups(): number[][];
  /**
   * Adds embeddings, all of them or none, and finds the pairs they make with each other and with those
   * before them. An embedding without a fingerprint makes none.
   * @returns the new pairs
   * @throws LikenessError `model-mismatch` unless all embeddings come from one model, `zero-embedding`,
   *   `invalid-argument`, `aborted`, `disposed`
   */
  add(embeddings: Iterable<Embedding>, options?: LongCallOptions): Promise<NearDuplicate[]>;
  /**
   * The `k` pictures most like one of them, best first, itself left out.
   * @throws LikenessError `invalid-argument`, `aborted`, `disposed`
   */
  nearest(item: number, k: number, options?: CallOptions): Promise<Alike[]>;
  /**
   * Groups of similar pictures at every threshold, from the cosines of all pairs, of which a few
   * thousand are kept at a time.
   * @throws LikenessError `out-of-memory`, `aborted`, `disposed`
   */
  similar(options?: LongCallOptions): Promise<SimilarGroups>;
  /**
   * All pairs with at least a score, whatever their verdicts, from the cosines of all pairs, of which a
   * few thousand are kept at a time; a ascending, then b. Pictures that are added meanwhile are left out.
   * @param score 0 to 100
   * @throws LikenessError `out-of-memory`, `aborted`, `disposed`
   */
  pairsFrom(score: number, options?: LongCallOptions): AsyncGenerator<ScoredPair, void, undefined>;
  /**
   * The scores of all pairs of up to 200 pictures.
   * @throws LikenessError `invalid-argument`, `aborted`, `disposed`
   */
  matrix(items: readonly number[], options?: CallOptions): Promise<ScoreMatrix>;
  /** Frees the memory; later calls reject with `disposed`. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * An empty collection.
 * @param likeness rates the pairs, in its workers where it has any
 */
export function createCollection(likeness: Rater): Collection {
  return new RatedCollection(likeness);
}

/** What the collection's model makes of vectors. */
class Space {
  readonly candidates: CandidateIndex;
  readonly curve: ScoreCurve;
  readonly #mean: Float32Array | undefined;
  readonly #sketcher: Sketcher;

  constructor(
    readonly model: string,
    readonly dimension: number,
    entry: ModelEntry | undefined,
  ) {
    this.#mean = entry?.meanEmbedding && Float32Array.from(entry.meanEmbedding);
    const squaredMean = this.#mean?.reduce((sum, value) => sum + value * value, 0) ?? 0;
    this.candidates = new CandidateIndex(squaredMean);
    this.curve = new ScoreCurve(
      entry?.calibration.cosine ?? [-1, 1],
      entry?.calibration.score ?? [0, 100],
    );
    this.#sketcher = new Sketcher(dimension);
  }

  /** @throws LikenessError `model-mismatch`, `zero-embedding`, `invalid-argument` */
  check({ model, vector }: Embedding): void {
    if (model !== this.model) {
      throw new LikenessError(
        'model-mismatch',
        `An embedding comes from ${model}, but the collection holds those of ${this.model}. Embed all images with the same model and view.`,
      );
    }
    if (!(vector instanceof Float32Array) || vector.length !== this.dimension) {
      throw new LikenessError(
        'invalid-argument',
        `An embedding of this collection has a Float32Array of ${this.dimension} values.`,
      );
    }
    if (vector.every((value) => value === 0)) {
      throw new LikenessError(
        'zero-embedding',
        'An embedding of zeros has no direction: the picture gave the model nothing.',
      );
    }
  }

  signature({ vector, fingerprint }: Embedding): Signature | undefined {
    if (fingerprint === undefined || fingerprint === null) return undefined;
    const norm = lengthOf(vector);
    const centred = this.#centred(vector, norm);
    let onMean = 0;
    for (let i = 0; i < centred.length; i += 1) {
      const mean = this.#mean?.[i] ?? 0;
      onMean += ((centred[i] ?? 0) + mean) * mean;
    }
    const { width, height, digest } = fingerprint;
    return {
      ...hashesOf(fingerprint),
      sketch: this.#sketcher.sketch(centred),
      length: lengthOf(centred),
      onMean,
      vector,
      norm,
      digest: `${width} × ${height} ${digest}`,
    };
  }

  /** As an index takes it, so that its cosines are centred ones. */
  forIndex({ model, dimension, vector }: Embedding): Embedding {
    const centred = this.#centred(vector, lengthOf(vector));
    return { model, dimension, vector: Float32Array.from(centred) };
  }

  /** The vector of length 1 less the mean. */
  #centred(vector: Float32Array, norm: number): Float64Array {
    const mean = this.#mean;
    const centred = new Float64Array(vector.length);
    for (let i = 0; i < vector.length; i += 1) {
      centred[i] = (vector[i] ?? 0) / norm - (mean?.[i] ?? 0);
    }
    return centred;
  }
}

function lengthOf(vector: Float32Array | Float64Array): number {
  let square = 0;
  for (const value of vector) square += value * value;
  return Math.sqrt(square);
}

class RatedCollection implements Collection {
  readonly #items: Embedding[] = [];
  readonly #queue = new SerialQueue();
  readonly #pairs: NearDuplicate[] = [];
  #space: Space | undefined;
  #index: EmbeddingIndex | undefined;
  #disposed = false;

  constructor(private readonly likeness: Rater) {}

  get size(): number {
    return this.#items.length;
  }

  get pairs(): readonly NearDuplicate[] {
    return this.#pairs;
  }

  groups(): number[][] {
    return groupsOf(this.size, this.#pairs);
  }

  add(
    embeddings: Iterable<Embedding>,
    { signal, onProgress }: LongCallOptions = {},
  ): Promise<NearDuplicate[]> {
    return this.#run(signal, async () => {
      const batch = [...embeddings];
      const [first] = batch;
      if (first === undefined) return [];
      const space = this.#space ?? spaceOf(first);
      for (const embedding of batch) space.check(embedding);
      const before = this.size;
      try {
        const found = await this.#compare(space, batch, signal, onProgress);
        throwIfAborted(signal);
        for (const embedding of batch) this.#items.push(embedding);
        for (const pair of found) this.#pairs.push(pair);
        this.#space = space;
        return found;
      } catch (error) {
        space.candidates.keepFirst(before);
        throw error;
      }
    });
  }

  nearest(item: number, k: number, { signal }: CallOptions = {}): Promise<Alike[]> {
    return this.#run(signal, async () => {
      const { space, embedding } = this.#at(item);
      if (!Number.isSafeInteger(k) || k < 0) {
        throw new LikenessError('invalid-argument', 'k must be a whole number, 0 or above.');
      }
      const index = await this.#filledIndex(space, signal);
      const found = await index.nearest(space.forIndex(embedding), k + 1, { signal });
      return found
        .filter((neighbour) => neighbour.index !== item)
        .slice(0, k)
        .map((neighbour) => ({ ...neighbour, score: space.curve.score(neighbour.cosine) }));
    });
  }

  similar({ signal, onProgress }: LongCallOptions = {}): Promise<SimilarGroups> {
    return this.#run(signal, async () => {
      const total = this.size;
      const linkage = new SingleLinkage(total);
      const space = this.#space;
      const curve = space?.curve ?? new ScoreCurve([-1, 1], [0, 100]);
      if (space !== undefined) {
        const index = await this.#filledIndex(space, signal);
        for (let end = total; end > 0; ) {
          const start = Math.max(0, end - Math.ceil(BAND_COSINES / total));
          const band = await index.pairwise({ signal, rows: [start, end] });
          let last = band.length;
          for (let row = end - 1; row >= start; row -= 1) {
            const first = last - (total - 1 - row);
            linkage.take(band.subarray(first, last));
            last = first;
          }
          end = start;
          onProgress?.({ done: total - start, total });
        }
      }
      return {
        size: total,
        groupsAt: (score) => linkage.groupsFrom(curve.cosine(score)),
        pairsAt: (score) => linkage.pairsFrom(curve.cosine(score)),
        reaches: ({ centredCosine }, score) => centredCosine >= curve.cosine(score),
      };
    });
  }

  async *pairsFrom(
    score: number,
    { signal, onProgress }: LongCallOptions = {},
  ): AsyncGenerator<ScoredPair, void, undefined> {
    const total = this.size;
    for (let first = 0; first < total; ) {
      const end = Math.min(total, first + Math.ceil(BAND_COSINES / total));
      yield* await this.#run(signal, () => this.#pairsOfRows(first, end, total, score, signal));
      onProgress?.({ done: end, total });
      first = end;
    }
  }

  /** Pairs of pictures from `first` on, up to `end`, with those after each of them, up to `total`. */
  async #pairsOfRows(
    first: number,
    end: number,
    total: number,
    score: number,
    signal: AbortSignal | undefined,
  ): Promise<ScoredPair[]> {
    const { space } = this.#at(first);
    const least = space.curve.cosine(score);
    const index = await this.#filledIndex(space, signal);
    const cosines = await index.pairwise({ signal, rows: [first, end] });
    const pairs: ScoredPair[] = [];
    let row = 0;
    for (let a = first; a < end; a += 1) {
      for (let b = a + 1; b < total; b += 1) {
        const cosine = cosines[row + b - a - 1] ?? -1;
        if (cosine >= least) pairs.push({ a, b, score: space.curve.score(cosine) });
      }
      row += index.size - a - 1;
    }
    return pairs;
  }

  matrix(items: readonly number[], { signal }: CallOptions = {}): Promise<ScoreMatrix> {
    return this.#run(signal, async () => {
      const size = items.length;
      if (size > LARGEST_MATRIX) {
        throw new LikenessError(
          'invalid-argument',
          `A matrix is made of up to ${LARGEST_MATRIX} pictures, not ${size}.`,
        );
      }
      const chosen = items.map((item) => this.#at(item));
      const [first] = chosen;
      if (first === undefined) return { order: [], scores: new Float32Array() };
      const { space } = first;
      const vectors = chosen.map(({ embedding }) => space.forIndex(embedding));
      const index = await this.likeness.createIndex(vectors, { signal });
      try {
        const cosines = await index.pairwise({ signal });
        const order = leafOrder(size, cosines);
        const rank = new Uint32Array(size);
        for (const [place, item] of order.entries()) rank[item] = place;
        const scores = new Float32Array(size * size).fill(100);
        let pair = 0;
        for (let i = 0; i < size; i += 1) {
          for (let j = i + 1; j < size; j += 1, pair += 1) {
            const score = space.curve.score(cosines[pair] ?? 0);
            const [row, column] = [rank[i] ?? 0, rank[j] ?? 0];
            scores[row * size + column] = score;
            scores[column * size + row] = score;
          }
        }
        return { order, scores };
      } finally {
        await index.dispose();
      }
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#dropIndex();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Rates candidates as they come, several at once. */
  async #compare(
    space: Space,
    batch: readonly Embedding[],
    signal: AbortSignal | undefined,
    onProgress: LongCallOptions['onProgress'],
  ): Promise<NearDuplicate[]> {
    const before = this.size;
    const at = (item: number): Embedding =>
      (item < before ? this.#items[item] : batch[item - before]) as Embedding;
    const candidates = this.#candidates(space, batch, signal, onProgress);
    const found: NearDuplicate[] = [];
    const rate = async (): Promise<void> => {
      for await (const { a, b } of candidates) {
        const similarity = await this.likeness.similarity(at(a), at(b), { signal });
        if (isCopy(similarity)) found.push({ a, b, similarity });
      }
    };
    // All of them have to end before a failure is dealt with: each may still be asking for candidates.
    const ends = await Promise.allSettled(Array.from({ length: RATINGS_AT_ONCE }, rate));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return found.sort((x, y) => x.b - y.b || x.a - y.a);
  }

  /** Candidates of one picture after the other. */
  async *#candidates(
    space: Space,
    batch: readonly Embedding[],
    signal: AbortSignal | undefined,
    onProgress: LongCallOptions['onProgress'],
  ): AsyncGenerator<Link, void, undefined> {
    const before = this.size;
    const pause = pauser(signal);
    for (const [place, embedding] of batch.entries()) {
      const b = before + place;
      for (const a of space.candidates.add(space.signature(embedding))) yield { a, b };
      onProgress?.({ done: place + 1, total: batch.length });
      await pause();
    }
  }

  /** The index of all pictures, with those added since. */
  async #filledIndex(space: Space, signal: AbortSignal | undefined): Promise<EmbeddingIndex> {
    this.#index ??= await this.likeness.createIndex([], { signal });
    const index = this.#index;
    const pause = pauser(signal);
    while (index.size < this.size) {
      const some = this.#items.slice(index.size, index.size + 1000);
      await index.add(
        some.map((embedding) => space.forIndex(embedding)),
        { signal },
      );
      await pause();
    }
    return index;
  }

  #at(item: number): { space: Space; embedding: Embedding } {
    const embedding = this.#items[item];
    const space = this.#space;
    if (embedding !== undefined && space !== undefined) return { space, embedding };
    throw new LikenessError('invalid-argument', `There is no item ${item} of ${this.size}.`);
  }

  /** One call after the other. */
  #run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      throwIfAborted(signal);
      if (this.#disposed) {
        throw new LikenessError('disposed', 'This collection was disposed of. Create a new one.');
      }
      try {
        return await work();
      } catch (error) {
        if (!isHarmless(error)) await this.#dropIndex();
        throw error;
      }
    });
  }

  /** An index may be lost with its worker; the next call that needs one makes another. */
  async #dropIndex(): Promise<void> {
    const index = this.#index;
    this.#index = undefined;
    await index?.dispose();
  }
}

/** Whether an index that a call failed on is as it was. */
function isHarmless(error: unknown): boolean {
  const { code } = error instanceof LikenessError ? error : {};
  return code === 'aborted' || code === 'invalid-argument';
}

/** Whether the two pictures are identical or near-duplicates. */
export function isCopy({ verdict }: Pick<Similarity, 'verdict'>): boolean {
  return verdict === 'identical' || verdict === 'near-duplicate';
}

function spaceOf({ model, vector }: Embedding): Space {
  const entry = knownModels().find(
    ({ id, weightsVersion, dimension }) =>
      VIEWS.some((view) => identityOf({ id, weightsVersion, view }) === model) &&
      dimension === vector.length,
  );
  return new Space(model, vector.length, entry);
}

/** Lets the thread do other things now and then. */
function pauser(signal: AbortSignal | undefined): () => Promise<void> {
  let start = performance.now();
  return async () => {
    throwIfAborted(signal);
    if (performance.now() - start < LONGEST_STRETCH) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    throwIfAborted(signal);
    start = performance.now();
  };
}
