import { LikenessError } from '../errors.js';
import type { CopyKind, Fingerprint, Registration } from '../types.js';

/** A picture as a collection takes it. */
export interface CollectedPicture {
  readonly model: string;
  readonly vector: Float32Array;
  /** What its copies are looked for by; without it there are none. */
  readonly picture: { readonly fingerprint: Fingerprint; readonly sketch: Uint8Array } | null;
  /** Of the file; 0 where that isn't known. */
  readonly bytes: number;
  /** When the file was last changed; smaller is older. */
  readonly modified: number;
}

/** Two pictures by their numbers, a < b. */
export interface PicturePair {
  readonly a: number;
  readonly b: number;
}

/** What the pixels of two pictures proved. */
export interface Proof extends PicturePair {
  readonly kind: CopyKind | 'none';
  /** Null where nothing was laid over each other. */
  readonly registration: Registration | null;
}

/** A picture to keep, and others that it has been proven to stand in for. */
export interface CopyGroup {
  readonly kept: number;
  /** Ascending; never empty. */
  readonly spare: readonly number[];
}

/** A picture and those that are like it, the most alike first. */
export interface SimilarGroup {
  readonly centre: number;
  readonly alike: readonly number[];
}

/** A collection at work, in this thread or in a worker. Each call is short; see Collection in core/. */
export interface CollectionStore {
  /**
   * Adds pictures; where one is refused, those before it stay.
   * @returns of each the first picture with the same pixels: often itself
   */
  add(pictures: readonly CollectedPicture[]): Promise<number[]>;
  /** Looks for candidates of the next pictures; resolves to how many have been searched in all. */
  search(pictures: number): Promise<number>;
  /** The first pairs to verify. */
  candidates(most: number): Promise<PicturePair[]>;
  verify(proofs: readonly Proof[]): Promise<void>;
  /** @param refused pairs of which none stands in for the other */
  groups(refused: readonly PicturePair[]): Promise<CopyGroup[]>;
  nearest(
    item: number,
    k: number,
  ): Promise<{ readonly index: number; readonly cosine: number; readonly score: number }[]>;
  matrix(
    items: readonly number[],
  ): Promise<{ readonly order: readonly number[]; readonly scores: Float32Array }>;
  /** The pairs of the pictures [first, last) with all after each of them, that have at least a score. */
  pairsFrom(
    score: number,
    first: number,
    last: number,
  ): Promise<{ readonly pairs: PicturePair[]; readonly scores: Float64Array }>;
  /** Starts to look for similar pictures; adding some ends that. */
  beginSimilar(): Promise<void>;
  /** Looks at the next pictures; resolves to whether any are left. Then the answer is there. */
  continueSimilar(rows: number): Promise<boolean>;
  /** Of the last search that came to its end. */
  similarFrom(score: number): Promise<SimilarGroup[]>;
  /** How many pairs of that search have at least this score. */
  similarPairs(score: number): Promise<number>;
  /** Frees everything; later calls reject with `disposed`. */
  dispose(): Promise<void>;
}

/** The error of every call on a collection that is no more. */
export function disposedCollectionError(): LikenessError {
  return new LikenessError('disposed', 'This collection was disposed of. Create a new one.');
}
