import { LikenessError, throwIfAborted } from '../errors.js';
import { disposedIndexError, type IndexStore, type Rows } from './index-store.js';
import { startModule } from './module.js';
import { OwnInstance } from './own-instance.js';
import { trapError } from './trap.js';
import { unwrap } from './unwrap.js';
import type { CoreModule, WireIndex, WireNeighbours } from './wire.js';

/** Values that a search looks at between two looks at the clock: about a millisecond. */
const STEP_VALUES = 4 * 1024 * 1024;

/** Rows whose cosines with all rows after them are computed between two looks at the clock. */
const BAND_ROWS = 8;

/** How long a call may keep the thread, in milliseconds, before messages and timers get their turn. */
const LONGEST_STRETCH = 25;

/**
 * An index in a WebAssembly instance of its own: its memory goes when the index does, and the core
 * that reads images may start afresh without it.
 */
export class CoreIndex implements IndexStore {
  private readonly instance: OwnInstance<WireIndex>;
  private dimension = 1;

  /** @param module an instance that nobody else uses */
  constructor(module: CoreModule) {
    const index = module.createIndex();
    this.instance = new OwnInstance(module, index, 'index', disposedIndexError());
  }

  /** @throws LikenessError `out-of-memory` when there is none left for another instance */
  static async open(compiled: WebAssembly.Module): Promise<CoreIndex> {
    try {
      return new CoreIndex(await startModule(compiled));
    } catch (error) {
      if (error instanceof LikenessError) throw error;
      throw trapError(error, 'A new index', 'as it started', 'Dispose of others first.');
    }
  }

  async add({ model, dimension, values }: Rows): Promise<number> {
    return this.instance.call((index) => {
      unwrap(index.stage(values.length)).set(values);
      unwrap(index.add(model, dimension));
      this.dimension = dimension;
      return index.size();
    });
  }

  async keepFirst(count: number): Promise<void> {
    this.instance.call((index) => index.keepFirst(count));
  }

  async nearest({ model, values }: Rows, k: number, signal?: AbortSignal): Promise<WireNeighbours> {
    const rows = Math.ceil(STEP_VALUES / this.dimension);
    this.instance.call((index) => unwrap(index.beginSearch(model, values, k)));
    try {
      await inStretches(() => this.instance.call((index) => index.continueSearch(rows)), signal);
      return this.instance.call((index) => index.endSearch());
    } catch (error) {
      this.instance.handle?.endSearch();
      throw error;
    }
  }

  async pairwise(
    [first, last]: readonly [number, number],
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const size = this.instance.call((index) => index.size());
    const cosines = allocate((last - first) * (size - (first + last + 1) / 2));
    let row = first;
    let filled = 0;
    await inStretches(() => {
      const end = Math.min(last, row + BAND_ROWS);
      const band = this.instance.call((index) => unwrap(index.pairwise(row, end)));
      cosines.set(band, filled);
      filled += band.length;
      row = end;
      return row < last;
    }, signal);
    return cosines;
  }

  async bytes(): Promise<number> {
    return this.instance.bytes();
  }

  async dispose(): Promise<void> {
    this.instance.dispose();
  }
}

/**
 * Calls `step` until it returns false, and lets the thread do other things now and then.
 * @throws LikenessError `aborted`
 */
async function inStretches(step: () => boolean, signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal);
  let start = performance.now();
  while (step()) {
    if (performance.now() - start < LONGEST_STRETCH) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    throwIfAborted(signal);
    start = performance.now();
  }
}

function allocate(length: number): Float32Array {
  try {
    return new Float32Array(length);
  } catch (error) {
    throw new LikenessError(
      'out-of-memory',
      `${length} cosines don't fit into one array. Ask for the nearest embeddings instead.`,
      { cause: error },
    );
  }
}
