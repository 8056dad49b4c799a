/** An index on the other side of a message port. */
import { disposedIndexError, type IndexStore, type Rows } from '../binding/index-store.js';
import type { WireNeighbours } from '../binding/wire.js';
import type { LikenessError } from '../errors.js';
import { type StoreCall, StorePort, serveStore } from './store-port.js';

type Calls = {
  add: { argument: Rows; result: number };
  keepFirst: { argument: number; result: undefined };
  nearest: { argument: readonly [query: Rows, k: number]; result: WireNeighbours };
  pairwise: { argument: readonly [number, number]; result: Float32Array };
  bytes: { argument: undefined; result: number };
  dispose: { argument: undefined; result: undefined };
};

/** Answers the calls of a RemoteIndex that come through `port`. */
export function serveIndex(port: MessagePort, opening: Promise<IndexStore>): void {
  serveStore(port, opening, perform);
}

function perform(index: IndexStore, call: StoreCall<Calls>, signal: AbortSignal): Promise<unknown> {
  switch (call.type) {
    case 'add':
      return index.add(call.argument);
    case 'keepFirst':
      return index.keepFirst(call.argument);
    case 'nearest':
      return index.nearest(...call.argument, signal);
    case 'pairwise':
      return index.pairwise(call.argument, signal);
    case 'bytes':
      return index.bytes();
    case 'dispose':
      return index.dispose();
  }
}

/** The index that `serveIndex` serves at the other end of `port`. */
export class RemoteIndex implements IndexStore {
  private readonly port: StorePort<Calls>;

  /** @param onClose told when the index goes */
  constructor(port: MessagePort, onClose?: () => void) {
    this.port = new StorePort(port, onClose);
  }

  add(rows: Rows): Promise<number> {
    return this.port.call('add', rows, undefined, [rows.values.buffer as ArrayBuffer]);
  }

  keepFirst(count: number): Promise<void> {
    return this.port.call('keepFirst', count);
  }

  nearest(query: Rows, k: number, signal?: AbortSignal): Promise<WireNeighbours> {
    return this.port.call('nearest', [query, k], signal);
  }

  pairwise(rows: readonly [number, number], signal?: AbortSignal): Promise<Float32Array> {
    return this.port.call('pairwise', rows, signal);
  }

  bytes(): Promise<number> {
    return this.port.call('bytes', undefined);
  }

  dispose(): Promise<void> {
    return this.port.dispose('dispose', disposedIndexError());
  }

  /** To be called when the other side is no more. */
  close(reason: LikenessError): void {
    this.port.close(reason);
  }
}
