import {
  type CollectedPicture,
  type CollectionStore,
  type CopyGroup,
  disposedCollectionError,
  type PicturePair,
  type Proof,
  type SimilarGroup,
} from '../binding/collection-store.js';
import { LikenessError, throwIfAborted } from '../errors.js';
import { SerialQueue } from '../queue.js';
import { isFloat32Array } from '../realms.js';
import type { CallOptions, Embedding, Likeness, Similarity } from '../types.js';

export type { CopyGroup, PicturePair, SimilarGroup };

/** The most images that `Collection.matrix` takes. */
export const LARGEST_MATRIX = 200;

/** Pairs that are rated at the same time. */
const RATINGS_AT_ONCE = 8;

/** Images that are added to the store at once, and pairs that are fetched from it at once. */
const PACK = 64;

/** Images whose candidates are searched at once: a few milliseconds each among ten thousand. */
const SEARCHED_AT_ONCE = 4;

/** Cosines that are computed at once: about 20 milliseconds. */
const BAND_COSINES = 64 * 1024;

/** The longest time, in milliseconds, that a call keeps the thread without a pause. */
const LONGEST_STRETCH = 25;

/** The part of a Likeness that a collection uses; wrap `similarity` to remember its results. */
export interface Rater extends Pick<Likeness, 'similarity' | 'openCollection'> {
  /**
   * The sketch of an embedding that was added without one, so that sketches need not stay in memory: once when it is
   * added, and again if the collection's worker is lost. Such an embedding has no candidates where this is missing, or
   * resolves to undefined.
   */
  sketchOf?(embedding: Embedding): Promise<Uint8Array | undefined>;
}

/** Facts about an image's file. They decide which of two equal images to keep. */
export interface FileFacts {
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** Time of the last change, on any scale; smaller is older. */
  readonly modified: number;
}

/** An image for a collection. Without fingerprint and sketch no copies of it are found. */
export interface FiledEmbedding extends Embedding {
  readonly file?: FileFacts;
}

/** Two images by their numbers, a < b, and how alike they are, including the evidence of their pixels. */
export interface RatedPair extends PicturePair {
  /** `Likeness.similarity` of the two. */
  readonly similarity: Similarity;
}

/** Two images that are identical or near-duplicates. */
export type NearDuplicate = RatedPair;

/** An image that is similar to another one. */
export interface Alike {
  readonly index: number;
  /** Centred, −1 to 1; see `Similarity.centredCosine`. */
  readonly cosine: number;
  /** 0 to 87.9: the score by the model alone, without evidence from pixels. */
  readonly score: number;
}

/** Two images by their numbers, a < b, and their score by the model alone. */
export interface ScoredPair extends PicturePair {
  /** 0 to 87.9. */
  readonly score: number;
}

/** Progress of a call. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Options of a call that can take long. */
export interface LongCallOptions extends CallOptions {
  readonly onProgress?: (progress: Progress) => void;
}

/** Options of `Collection.groups`. */
export interface GroupOptions extends CallOptions {
  /** Pairs in which neither image may replace the other, even if a copy was proven. */
  readonly without?: Iterable<PicturePair>;
}

/** Groups of similar images at any threshold, from the collection's last completed `similar` call. */
export interface SimilarGroups {
  /** How many images were compared: those with numbers below it. */
  readonly size: number;
  /**
   * Groups of a centre and the images that have at least this score (0 to 87.9) with it. The first centre is the
   * image with the most similar images; the next one is chosen in the same way among the images that are left.
   * Images in a group are similar to its centre, not necessarily to each other. A group has at most the 64 images
   * most similar to its centre.
   */
  groupsAt(score: number): Promise<SimilarGroup[]>;
  /** How many pairs have at least this score, with their cosines rounded to 1 / 32,768. */
  pairsAt(score: number): Promise<number>;
}

/** Scores of all pairs of some images. */
export interface ScoreMatrix {
  /** For each row and column of the scores, the place of its image in `items`. Similar images are neighbours. */
  readonly order: readonly number[];
  /** n × n, row by row, in the order of `order`; 100 on the diagonal. */
  readonly scores: Float32Array;
}

/**
 * Images that are compared with each other, numbered from 0 in the order they were added. The result depends on
 * the images and their order alone, not on how many were added at a time.
 */
export interface Collection {
  readonly size: number;
  /**
   * All identical and near-duplicate pairs so far, sorted by b, then a. Among images with the same pixels each is
   * paired with the first one only, and only the first one is paired with other images.
   */
  readonly pairs: readonly NearDuplicate[];
  /** All pairs that are variants of each other, in the same order. */
  readonly variants: readonly RatedPair[];
  /**
   * Groups of copies: in each, the image to keep and the images that it can replace. Each of these was proven to
   * be a copy of the kept image that shows nothing more, and nothing at a higher resolution. The image to keep is
   * chosen by these rules, in this order: it shows more of the scene; it has colour; its true resolution is
   * higher (enlarging doesn't count); it has less border; its file is larger; it is older.
   */
  groups(options?: GroupOptions): Promise<CopyGroup[]>;
  /**
   * Adds embeddings, all of them or none, and finds their copies and variants among themselves and among the
   * images added before. Candidates are found by features, hashes and embeddings; the Likeness rates each of them.
   * An embedding without fingerprint or sketch has no candidates. An aborted call stops between two pairs: the
   * images stay in the collection, and the next call, even without embeddings, continues.
   * @returns the new pairs
   * @throws LikenessError `model-mismatch` unless all embeddings come from the loaded model,
   *   `zero-embedding`, `invalid-argument`, `out-of-memory`, `aborted`, `disposed`
   */
  add(embeddings: Iterable<FiledEmbedding>, options?: LongCallOptions): Promise<NearDuplicate[]>;
  /**
   * The `k` images that are most similar to an image of the collection, best first, without the image itself.
   * @throws LikenessError `invalid-argument`, `aborted`, `disposed`
   */
  nearest(item: number, k: number, options?: CallOptions): Promise<Alike[]>;
  /**
   * Compares all pairs, so that groups of similar images can be made at any threshold. Only some thousand cosines
   * are in memory at a time.
   * @throws LikenessError `out-of-memory`, `aborted`, `disposed`
   */
  similar(options?: LongCallOptions): Promise<SimilarGroups>;
  /**
   * All pairs with at least this score by the model, sorted by a, then b. Only some thousand cosines are in memory
   * at a time. Images that are added meanwhile are left out.
   * @param score 0 to 87.9
   * @throws LikenessError `out-of-memory`, `aborted`, `disposed`
   */
  pairsFrom(score: number, options?: LongCallOptions): AsyncGenerator<ScoredPair, void, undefined>;
  /**
   * The scores of all pairs of up to 200 images.
   * @throws LikenessError `invalid-argument`, `aborted`, `disposed`
   */
  matrix(items: readonly number[], options?: CallOptions): Promise<ScoreMatrix>;
  /** Frees the memory; later calls reject with `disposed`. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes an empty collection. Its memory is in one of the Likeness's workers, or in this thread if it has none.
 * @param likeness rates the pairs, and must use the model of the embeddings. See `withDetails`.
 */
export function createCollection(likeness: Rater): Collection {
  return new RatedCollection(likeness);
}

class RatedCollection implements Collection {
  readonly #items: FiledEmbedding[] = [];
  readonly #queue = new SerialQueue();
  readonly #pairs: NearDuplicate[] = [];
  readonly #variants: RatedPair[] = [];
  /** It is lost if its worker ends; then the next call fills another one. */
  #store: CollectionStore | undefined;
  /** How many of the items are in the store. */
  #stored = 0;
  /** Whether the store has the proofs found so far. */
  #told = false;
  /** For how many items candidates have been searched. */
  #searched = 0;
  /** Pairs with the same pixels that have not been rated yet. */
  #twins: PicturePair[] = [];
  /** The second images of the pairs with the same pixels that have been rated. */
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
        // Not abortable, so that refused items can be removed again.
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

  /** The store, with all items and all proofs found so far. */
  async #filled(signal: AbortSignal | undefined): Promise<CollectionStore> {
    const pause = pauser(signal);
    this.#store ??= await this.likeness.openCollection({ signal });
    const store = this.#store;
    while (this.#stored < this.size) {
      const first = this.#stored;
      const pack = this.#items.slice(first, first + PACK);
      const firsts = await store.add(
        await Promise.all(pack.map((item) => this.#asCollected(item))),
      );
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
   * Searches and rates candidates until none is left. What was found before an error is kept.
   * @returns the copies that were found
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

  async #asCollected(item: FiledEmbedding): Promise<CollectedPicture> {
    const { model, vector, fingerprint, file } = item;
    const sketch = item.sketch ?? (await this.likeness.sketchOf?.(item));
    return {
      model,
      vector,
      picture: fingerprint && sketch ? { fingerprint, sketch } : null,
      bytes: file?.bytes ?? 0,
      modified: file?.modified ?? 0,
    };
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

/** Whether the store is unchanged after a call that failed with this error. */
function isHarmless(error: unknown): boolean {
  const harmless = ['aborted', 'invalid-argument', 'model-mismatch', 'zero-embedding'];
  return error instanceof LikenessError && harmless.includes(error.code);
}

/** Whether the two images are identical or near-duplicates. */
export function isCopy({ verdict }: Pick<Similarity, 'verdict'>): boolean {
  return verdict === 'identical' || verdict === 'near-duplicate';
}

/**
 * Groups of similar images in which each group of copies is represented by its kept image. Groups of copies only
 * are left out.
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

/** Adds pairs to a list that is sorted by b, then a. */
function addInOrder(pairs: RatedPair[], more: readonly RatedPair[]): void {
  if (more.length === 0) return;
  for (const pair of more) pairs.push(pair);
  pairs.sort(byNumbers);
}

function byNumbers(x: PicturePair, y: PicturePair): number {
  return x.b - y.b || x.a - y.a;
}

function proofOf({ a, b, similarity: { verdict, evidence } }: RatedPair): Proof {
  const proven = verdict !== 'similar' && verdict !== 'different';
  return { a, b, kind: proven ? verdict : 'none', registration: evidence?.registration ?? null };
}

/**
 * Checks an embedding before any is added: all are added, or none.
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
  if (!isFloat32Array(vector) || vector.length !== length) {
    throw new LikenessError(
      'invalid-argument',
      `An embedding of this collection has a Float32Array of ${length} values.`,
    );
  }
  if (vector.every((value) => value === 0)) {
    throw new LikenessError(
      'zero-embedding',
      'An embedding of zeros has no direction: the image gave the model nothing.',
    );
  }
}

function noItem(item: number, size: number): LikenessError {
  return new LikenessError('invalid-argument', `There is no item ${item} of ${size}.`);
}

/** @returns a function that lets the thread do other work if it was busy for long, and throws if aborted */
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
