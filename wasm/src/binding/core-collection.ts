import { LikenessError } from '../errors.js';
import type { ModelCalibration } from '../models/manifest.js';
import {
  type CollectedPicture,
  type CollectionStore,
  type CopyGroup,
  disposedCollectionError,
  type PicturePair,
  type Proof,
  type SimilarGroup,
} from './collection-store.js';
import { fingerprintOf } from './fingerprint.js';
import { startModule } from './module.js';
import { OwnInstance } from './own-instance.js';
import { trapError } from './trap.js';
import { unwrap } from './unwrap.js';
import type { CoreModule, WireCollection } from './wire.js';

/** What a model's embeddings are like; see EmbeddingSpace in core/. */
export interface EmbeddingSpace {
  readonly model: string;
  readonly dimension: number;
  readonly mean: Float32Array | null;
  readonly calibration: ModelCalibration;
}

/** A collection in a WebAssembly instance of its own: its memory goes when the collection does. */
export class CoreCollection implements CollectionStore {
  private readonly instance: OwnInstance<WireCollection>;

  /**
   * @param module an instance that nobody else uses
   * @throws LikenessError `invalid-argument`
   */
  constructor(module: CoreModule, { model, dimension, mean, calibration }: EmbeddingSpace) {
    const collection = unwrap(module.createCollection(model, dimension, mean, calibration));
    const disposed = disposedCollectionError();
    this.instance = new OwnInstance(module, collection, 'collection', disposed);
  }

  /** @throws LikenessError `out-of-memory` when there is none left for another instance */
  static async open(compiled: WebAssembly.Module, space: EmbeddingSpace): Promise<CoreCollection> {
    try {
      return new CoreCollection(await startModule(compiled), space);
    } catch (error) {
      if (error instanceof LikenessError) throw error;
      throw trapError(error, 'A new collection', 'as it started', 'Dispose of others first.');
    }
  }

  async add(pictures: readonly CollectedPicture[]): Promise<number[]> {
    return this.instance.call((collection) =>
      pictures.map(({ model, vector, picture, bytes, modified }) => {
        if (picture !== null) fingerprintOf(picture);
        return unwrap(collection.add(model, vector, picture, bytes, modified));
      }),
    );
  }

  async search(pictures: number): Promise<number> {
    return this.instance.call((collection) => {
      collection.advance(pictures);
      return collection.searched();
    });
  }

  async candidates(most: number): Promise<PicturePair[]> {
    return pairsOf(this.instance.call((collection) => collection.candidates(most)));
  }

  async verify(proofs: readonly Proof[]): Promise<void> {
    this.instance.call((collection) => {
      for (const { a, b, kind, registration } of proofs) {
        unwrap(collection.verify(a, b, kind, registration));
      }
    });
  }

  async groups(refused: readonly PicturePair[]): Promise<CopyGroup[]> {
    const numbers = Uint32Array.from(refused.flatMap(({ a, b }) => [a, b]));
    const groups = this.instance.call((collection) => collection.groups(numbers));
    return groups.map(({ kept, spare }) => ({ kept, spare: [...spare] }));
  }

  async nearest(
    item: number,
    k: number,
  ): Promise<{ index: number; cosine: number; score: number }[]> {
    return this.instance.call((collection) => unwrap(collection.nearest(item, k)));
  }

  async matrix(items: readonly number[]): Promise<{ order: number[]; scores: Float32Array }> {
    const numbers = Uint32Array.from(items);
    const { order, scores } = this.instance.call((collection) =>
      unwrap(collection.matrix(numbers)),
    );
    return { order: [...order], scores };
  }

  async pairsFrom(
    score: number,
    first: number,
    last: number,
  ): Promise<{ pairs: PicturePair[]; scores: Float64Array }> {
    const { pairs, scores } = this.instance.call((collection) =>
      unwrap(collection.pairsFrom(score, first, last)),
    );
    return { pairs: pairsOf(pairs), scores };
  }

  async beginSimilar(): Promise<void> {
    this.instance.call((collection) => collection.beginSimilar());
  }

  async continueSimilar(rows: number): Promise<boolean> {
    return this.instance.call((collection) => {
      const left = collection.continueSimilar(rows);
      if (!left) collection.endSimilar();
      return left;
    });
  }

  async similarFrom(score: number): Promise<SimilarGroup[]> {
    const groups = this.instance.call((collection) => collection.similarFrom(score));
    return groups.map(({ centre, alike }) => ({ centre, alike: [...alike] }));
  }

  async similarPairs(score: number): Promise<number> {
    return this.instance.call((collection) => collection.similarPairs(score));
  }

  async dispose(): Promise<void> {
    this.instance.dispose();
  }
}

/** From a, b, a, b, … */
function pairsOf(numbers: Uint32Array): PicturePair[] {
  return Array.from({ length: numbers.length / 2 }, (_, i) => ({
    a: numbers[2 * i] ?? 0,
    b: numbers[2 * i + 1] ?? 0,
  }));
}
