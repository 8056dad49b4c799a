import {
  type CollectionStore,
  type CopyGroup,
  disposedCollectionError,
  type PicturePair,
  type Proof,
  type SimilarGroup,
} from '../binding/collection-store.js';
import { LikenessError, throwIfAborted } from '../errors.js';
import { SerialQueue } from '../queue.js';
import type { CallOptions, Embedding, Likeness, Similarity } from '../types.js';

export type { CopyGroup, PicturePair, SimilarGroup };

/** Largest number of pictures that a matrix is made of. */
export const LARGEST_MATRIX = 200;

/** Pairs that are being rated at the same time. */
const RATINGS_AT_ONCE = 8;

/** Pictures that are handed over, and pairs that are asked for, at once. */
const PACK = 64;

/** Pictures that candidates are looked for at once: a few milliseconds each among ten thousand. */
const SEARCHED_AT_ONCE = 4;

/** Cosines that are computed at once: about 20 milliseconds. */
const BAND_COSINES = 64 * 1024;

/** How long a call may keep the thread, in milliseconds. */
const LONGEST_STRETCH = 25;

/** What a collection needs of a Likeness; wrap `similarity` to remember ratings. */
export type Rater = Pick<Likeness, 'similarity' | 'openCollection'>;

/** What a file says of the picture in it; both decide which of two equal pictures to keep. */
export interface FileFacts {
  /** Its size. */
  readonly bytes: number;
  /** When it was last changed, on any scale; smaller is older. */
  readonly modified: number;
}

/** A picture for a collection. Without fingerprint and sketch it has no copies. */
export interface FiledEmbedding extends Embedding {
  readonly file?: FileFacts;
}

/** Two pictures by their numbers, a < b, and how alike they are, with their pixels as evidence. */
export interface RatedPair extends PicturePair {
  /** `Likeness.similarity` of the two. */
  readonly similarity: Similarity;
}

/** Two pictures that are identical or near-duplicates. */
export type NearDuplicate = RatedPair;

/** A picture that is like another one. */
export interface Alike {
  readonly index: number;
  /** Centred, −1 to 1; see `Similarity.centredCosine`. */
  readonly cosine: number;
  /** 0 to 87.9: see `Similarity.score` of two pictures of which nothing is proven. */
  readonly score: number;
}

/** Two pictures by their numbers, a < b, and how alike the model says they are. */
export interface ScoredPair extends PicturePair {
  /** 0 to 87.9, as above. */
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

/** Options of `Collection.groups`. */
export interface GroupOptions extends CallOptions {
  /** Pairs of which neither picture may stand in for the other, whatever was proven. */
  readonly without?: Iterable<PicturePair>;
}

/** Groups of similar pictures at any threshold: those of the collection's last search that came to its end. */
export interface SimilarGroups {
  /** How many pictures were looked at: those numbered below it. */
  readonly size: number;
  /**
   * Groups of a picture and those that have at least this score (0 to 87.9) with it, in the order of these
   * centres: first the picture that most others are like, then the next one without those. No chain leads
   * from one to another, and of each the 64 most alike are known.
   */
  groupsAt(score: number): Promise<SimilarGroup[]>;
  /** How many pairs have at least this score, their cosines rounded to 1 / 32,768. */
  pairsAt(score: number): Promise<number>;
}

/** Scores of all pairs of some pictures. */
export interface ScoreMatrix {
  /** Places in what was asked for, so that groups show; row and column of the scores. */
  readonly order: readonly number[];
  /** n × n, row by row, in that order; 100 on the diagonal. */
  readonly scores: Float32Array;
}

/**
 * Pictures that are held against each other, numbered from 0 in the order they were added. What is found
 * depends on the pictures and their order alone, not on how many were added at a time.
 */
export interface Collection {
  readonly size: number;
  /**
   * All identical and near-duplicate pairs so far, b ascending, then a. Of pictures with the same pixels
   * each is paired with the first one, and that one alone with others.
   */
  readonly pairs: readonly NearDuplicate[];
  /** All pairs that are variants of each other, in the same order. */
  readonly variants: readonly RatedPair[];
  /**
   * Pictures that may go, each group with the picture that stands in for them: every one has been proven
   * to be a copy of that one which shows nothing more, and nothing at a higher resolution. Kept is, in this
   * order, what shows more of the scene; has colour; has the higher true resolution, enlarging left out;
   * has less of a border; is the larger file; is older.
   */
  groups(options?: GroupOptions): Promise<CopyGroup[]>;
  /**
   * Adds embeddings, all of them or none, and finds the pairs they make with each other and with those
   * before them: candidates by features, hashes and embeddings, each rated by the Likeness. One without
   * fingerprint or sketch makes none. What was aborted stopped between two pairs: the pictures are there,
   * and the next call, also one without any embeddings, goes on.
   * @returns the new pairs
   * @throws LikenessError `model-mismatch` unless all embeddings come from the loaded model,
   *   `zero-embedding`, `invalid-argument`, `out-of-memory`, `aborted`, `disposed`
   */
  add(embeddings: Iterable<FiledEmbedding>, options?: LongCallOptions): Promise<NearDuplicate[]>;
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
   * @param score 0 to 87.9
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
 * An empty collection. It lives where the Likeness computes: in one of its workers, where it has any.
 * @param likeness of the embeddings' model; rates the pairs. See `withDetails`.
 */
export function createCollection(likeness: Rater): Collection {
  return new RatedCollection(likeness);
}

class RatedCollection implements Collection {
  readonly #items: FiledEmbedding[] = [];
  readonly #queue = new SerialQueue();
  readonly #pairs: NearDuplicate[] = [];
  readonly #variants: RatedPair[] = [];
  /** It may be lost with its worker; then the next call fills another one. */
  #store: CollectionStore | undefined;
  /** How many items the store has. */
  #stored = 0;
  /** Whether it knows what has been proven of them. */
  #told = false;
  /** For how many of them candidates have been looked for. */
  #searched = 0;
  /** Pairs with the same pixels whose similarity is still to be had. */
  #twins: PicturePair[] = [];
  /** The second ones of those that are among the pairs. */
  readonly #twinned = new Set<number>();
  #disposed = false;

  constructor(private readonly likeness: Rater) {}

  get size(): number {
    return this.#items.length;
  }

  get pairs(): readonly NearDuplicate[] {
    return this.#pairs;
  }

  get variants(): readonly RatedPair[] {
    return this.#variants;
  }

  groups({ signal, without = [] }: GroupOptions = {}): Promise<CopyGroup[]> {
    return this.#run(signal, async () => {
      const store = await this.#filled(signal);
      return store.groups([...without].map(({ a, b }) => ({ a, b })));
    });
  }

  add(
    embeddings: Iterable<FiledEmbedding>,
    { signal, onProgress }: LongCallOptions = {},
  ): Promise<NearDuplicate[]> {
    return this.#run(signal, async () => {
      const before = this.size;
      const batch = [...embeddings];
      for (const embedding of batch) checkEmbedding(embedding, this.#items[0] ?? batch[0]);
      for (const embedding of batch) this.#items.push(embedding);
      try {
        // To the end, so that what is refused can be taken out again.
        await this.#filled(undefined);
      } catch (error) {
        this.#items.length = before;
        await this.#dropStore();
        throw error;
      }
      return this.#find(signal, onProgress);
    });
  }

  nearest(item: number, k: number, { signal }: CallOptions = {}): Promise<Alike[]> {
    return this.#run(signal, async () => {
      this.#checkItem(item);
      if (!Number.isSafeInteger(k) || k < 0) {
        throw new LikenessError('invalid-argument', 'k must be a whole number, 0 or above.');
      }
      return (await this.#filled(signal)).nearest(item, k);
    });
  }

  similar({ signal, onProgress }: LongCallOptions = {}): Promise<SimilarGroups> {
    return this.#run(signal, async () => {
      const total = this.size;
      const store = await this.#filled(signal);
      const pause = pauser(signal);
      const rows = Math.ceil(BAND_COSINES / Math.max(1, total));
      await store.beginSimilar();
      for (let done = 0; await store.continueSimilar(rows); ) {
        done += rows;
        onProgress?.({ done: Math.min(done, total), total });
        await pause();
      }
      onProgress?.({ done: total, total });
      return {
        size: total,
        groupsAt: (score) => store.similarFrom(score),
        pairsAt: (score) => store.similarPairs(score),
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
      const { pairs, scores } = await this.#run(signal, async () =>
        (await this.#filled(signal)).pairsFrom(score, first, end),
      );
      for (const [i, pair] of pairs.entries()) {
        if (pair.b < total) yield { ...pair, score: scores[i] ?? 0 };
      }
      onProgress?.({ done: end, total });
      first = end;
    }
  }

  matrix(items: readonly number[], { signal }: CallOptions = {}): Promise<ScoreMatrix> {
    return this.#run(signal, async () => {
      for (const item of items) this.#checkItem(item);
      return (await this.#filled(signal)).matrix(items);
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#dropStore();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** The store, with all items in it and with what has been proven of them. */
  async #filled(signal: AbortSignal | undefined): Promise<CollectionStore> {
    const pause = pauser(signal);
    this.#store ??= await this.likeness.openCollection({ signal });
    const store = this.#store;
    while (this.#stored < this.size) {
      const first = this.#stored;
      const pack = this.#items.slice(first, first + PACK);
      const firsts = await store.add(pack.map(asCollected));
      this.#stored += pack.length;
      for (const [place, a] of firsts.entries()) {
        const b = first + place;
        if (a !== b && !this.#twinned.has(b)) this.#twins.push({ a, b });
      }
      await pause();
    }
    if (!this.#told) {
      const proven = [...this.#pairs, ...this.#variants].filter(({ b }) => !this.#twinned.has(b));
      await store.verify(proven.map(proofOf));
      this.#told = true;
    }
    return store;
  }

  /**
   * Looks for candidates, and at them, until none is left. What was found before that failed is kept.
   * @returns the copies among what was found
   */
  async #find(
    signal: AbortSignal | undefined,
    onProgress: LongCallOptions['onProgress'],
  ): Promise<NearDuplicate[]> {
    const store = await this.#filled(signal);
    const pause = pauser(signal);
    const before = this.#searched;
    const total = this.size - before;
    const copies: NearDuplicate[] = [];
    const variants: RatedPair[] = [];
    const keep = (pair: RatedPair): void => {
      if (isCopy(pair.similarity)) copies.push(pair);
      else if (pair.similarity.verdict === 'variant') variants.push(pair);
    };
    try {
      await this.#rateTwins(keep, signal);
      let waiting = this.#searched < this.size ? [] : await store.candidates(PACK);
      while (waiting.length > 0 || this.#searched < this.size) {
        // One worker searches while others rate.
        const ends = await Promise.allSettled([
          waiting.length > 0 && this.#verify(store, waiting, keep, signal),
          this.#searched < this.size && this.#search(store),
        ]);
        for (const end of ends) if (end.status === 'rejected') throw end.reason;
        onProgress?.({ done: this.#searched - before, total });
        await pause();
        waiting = await store.candidates(PACK);
      }
    } finally {
      addInOrder(this.#pairs, copies);
      addInOrder(this.#variants, variants);
    }
    return copies.sort(byNumbers);
  }

  async #rateTwins(
    keep: (pair: RatedPair) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (let twin = this.#twins[0]; twin !== undefined; twin = this.#twins[0]) {
      keep(await this.#rate(twin, signal));
      this.#twinned.add(twin.b);
      this.#twins.shift();
    }
  }

  async #search(store: CollectionStore): Promise<void> {
    this.#searched = await store.search(SEARCHED_AT_ONCE);
  }

  /** Rates candidates, several at once; those that were rated before one failed are kept. */
  async #verify(
    store: CollectionStore,
    candidates: readonly PicturePair[],
    keep: (pair: RatedPair) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const waiting = [...candidates];
    const rated: RatedPair[] = [];
    const rate = async (): Promise<void> => {
      for (let pair = waiting.shift(); pair !== undefined; pair = waiting.shift()) {
        throwIfAborted(signal);
        rated.push(await this.#rate(pair, signal));
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: RATINGS_AT_ONCE }, rate));
    await store.verify(rated.map(proofOf));
    for (const pair of rated) keep(pair);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  async #rate({ a, b }: PicturePair, signal: AbortSignal | undefined): Promise<RatedPair> {
    const [first, second] = [this.#items[a], this.#items[b]];
    if (first === undefined || second === undefined) throw noItem(b, this.size);
    return { a, b, similarity: await this.likeness.similarity(first, second, { signal }) };
  }

  #checkItem(item: number): void {
    if (this.#items[item] === undefined) throw noItem(item, this.size);
  }

  /** One call after the other. */
  #run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      throwIfAborted(signal);
      if (this.#disposed) throw disposedCollectionError();
      try {
        return await work();
      } catch (error) {
        if (!isHarmless(error)) await this.#dropStore();
        throw error;
      }
    });
  }

  async #dropStore(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    this.#stored = 0;
    this.#told = false;
    this.#searched = 0;
    this.#twins = [];
    await store?.dispose();
  }
}

/** Whether a store that a call failed on is as it was. */
function isHarmless(error: unknown): boolean {
  const harmless = ['aborted', 'invalid-argument', 'model-mismatch', 'zero-embedding'];
  return error instanceof LikenessError && harmless.includes(error.code);
}

/** Whether the two pictures are identical or near-duplicates. */
export function isCopy({ verdict }: Pick<Similarity, 'verdict'>): boolean {
  return verdict === 'identical' || verdict === 'near-duplicate';
}

/**
 * Similar groups with one picture for each group of copies, the kept one; those that were made of copies
 * alone are left out.
 */
export function apartFromCopies(
  similar: readonly SimilarGroup[],
  copies: readonly CopyGroup[],
): SimilarGroup[] {
  const keptFor = new Map(copies.flatMap(({ kept, spare }) => spare.map((item) => [item, kept])));
  return similar.flatMap((group) => {
    const [centre, ...alike] = new Set(
      [group.centre, ...group.alike].map((item) => keptFor.get(item) ?? item),
    );
    return centre === undefined || alike.length === 0 ? [] : [{ centre, alike }];
  });
}

/** Adds some pairs to those that are there, b ascending, then a. */
function addInOrder(pairs: RatedPair[], more: readonly RatedPair[]): void {
  if (more.length === 0) return;
  for (const pair of more) pairs.push(pair);
  pairs.sort(byNumbers);
}

function byNumbers(x: PicturePair, y: PicturePair): number {
  return x.b - y.b || x.a - y.a;
}

function asCollected({ model, vector, fingerprint, sketch, file }: FiledEmbedding) {
  return {
    model,
    vector,
    picture: fingerprint && sketch ? { fingerprint, sketch } : null,
    bytes: file?.bytes ?? 0,
    modified: file?.modified ?? 0,
  };
}

function proofOf({ a, b, similarity: { verdict, evidence } }: RatedPair): Proof {
  const proven = verdict !== 'similar' && verdict !== 'different';
  return { a, b, kind: proven ? verdict : 'none', registration: evidence?.registration ?? null };
}

/**
 * So that of several embeddings all are added or none.
 * @param first of the collection
 * @throws LikenessError `model-mismatch`, `zero-embedding`, `invalid-argument`
 */
function checkEmbedding({ model, vector }: Embedding, first: Embedding | undefined): void {
  if (first !== undefined && model !== first.model) {
    throw new LikenessError(
      'model-mismatch',
      `An embedding comes from ${model}, but the collection holds those of ${first.model}. Embed all images with the same model and view.`,
    );
  }
  const { length } = first?.vector ?? [];
  if (!(vector instanceof Float32Array) || vector.length !== length) {
    throw new LikenessError(
      'invalid-argument',
      `An embedding of this collection has a Float32Array of ${length} values.`,
    );
  }
  if (vector.every((value) => value === 0)) {
    throw new LikenessError(
      'zero-embedding',
      'An embedding of zeros has no direction: the picture gave the model nothing.',
    );
  }
}

function noItem(item: number, size: number): LikenessError {
  return new LikenessError('invalid-argument', `There is no item ${item} of ${size}.`);
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
