/** A collection on the other side of a message port. */
import {
  type CollectedPicture,
  type CollectionStore,
  disposedCollectionError,
  type PicturePair,
  type Proof,
} from '../binding/collection-store.js';
import type { LikenessError } from '../errors.js';
import { type StoreCall, StorePort, serveStore } from './store-port.js';

/** What a method of the store takes, as a list, and what it resolves to. */
type CallOf<N extends keyof CollectionStore> = {
  argument: Parameters<CollectionStore[N]>;
  result: Awaited<ReturnType<CollectionStore[N]>>;
};

type Calls = { [N in Exclude<keyof CollectionStore, 'dispose'>]: CallOf<N> } & {
  dispose: { argument: undefined; result: undefined };
};

/** Answers the calls of a RemoteCollection that come through `port`. */
export function serveCollection(port: MessagePort, opening: Promise<CollectionStore>): void {
  serveStore(port, opening, perform);
}

function perform(collection: CollectionStore, call: StoreCall<Calls>): Promise<unknown> {
  switch (call.type) {
    case 'add':
      return collection.add(...call.argument);
    case 'search':
      return collection.search(...call.argument);
    case 'candidates':
      return collection.candidates(...call.argument);
    case 'verify':
      return collection.verify(...call.argument);
    case 'groups':
      return collection.groups(...call.argument);
    case 'nearest':
      return collection.nearest(...call.argument);
    case 'matrix':
      return collection.matrix(...call.argument);
    case 'pairsFrom':
      return collection.pairsFrom(...call.argument);
    case 'beginSimilar':
      return collection.beginSimilar();
    case 'continueSimilar':
      return collection.continueSimilar(...call.argument);
    case 'similarFrom':
      return collection.similarFrom(...call.argument);
    case 'similarPairs':
      return collection.similarPairs(...call.argument);
    case 'dispose':
      return collection.dispose();
  }
}

/** The collection that `serveCollection` serves at the other end of `port`. */
export class RemoteCollection implements CollectionStore {
  private readonly port: StorePort<Calls>;

  /** @param onClose told when the collection goes */
  constructor(port: MessagePort, onClose?: () => void) {
    this.port = new StorePort(port, onClose);
  }

  add(pictures: readonly CollectedPicture[]): Promise<number[]> {
    return this.port.call('add', [pictures]);
  }

  search(pictures: number): Promise<number> {
    return this.port.call('search', [pictures]);
  }

  candidates(most: number): Promise<PicturePair[]> {
    return this.port.call('candidates', [most]);
  }

  verify(proofs: readonly Proof[]): Promise<void> {
    return this.port.call('verify', [proofs]);
  }

  groups(refused: readonly PicturePair[]): ReturnType<CollectionStore['groups']> {
    return this.port.call('groups', [refused]);
  }

  nearest(item: number, k: number): ReturnType<CollectionStore['nearest']> {
    return this.port.call('nearest', [item, k]);
  }

  matrix(items: readonly number[]): ReturnType<CollectionStore['matrix']> {
    return this.port.call('matrix', [items]);
  }

  pairsFrom(score: number, first: number, last: number): ReturnType<CollectionStore['pairsFrom']> {
    return this.port.call('pairsFrom', [score, first, last]);
  }

  beginSimilar(): Promise<void> {
    return this.port.call('beginSimilar', []);
  }

  continueSimilar(rows: number): Promise<boolean> {
    return this.port.call('continueSimilar', [rows]);
  }

  similarFrom(score: number): ReturnType<CollectionStore['similarFrom']> {
    return this.port.call('similarFrom', [score]);
  }

  similarPairs(score: number): Promise<number> {
    return this.port.call('similarPairs', [score]);
  }

  dispose(): Promise<void> {
    return this.port.dispose('dispose', disposedCollectionError());
  }

  /** To be called when the other side is no more. */
  close(reason: LikenessError): void {
    this.port.close(reason);
  }
}
