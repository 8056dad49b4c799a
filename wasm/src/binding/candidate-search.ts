/** The searches for candidates that machines can share: see candidates.hpp in core/. */
import { LikenessError } from '../errors.js';
import type { Fingerprint } from '../types.js';
import { fingerprintOf } from './fingerprint.js';
import { startModule } from './module.js';
import { OwnInstance } from './own-instance.js';
import { unwrap } from './unwrap.js';
import type {
  CoreModule,
  Handle,
  WireCornerSearch,
  WireHashSearch,
  WireNearSearch,
} from './wire.js';

/** Bytes of a hit: see CornerHit in core/. The first four are the earlier picture's number. */
export const HIT_BYTES = 16;

/** Two pictures by their numbers, and an estimate of their cosine. */
export interface NearPairs {
  /** Later, earlier, later, earlier, … */
  readonly pairs: Uint32Array;
  readonly cosines: Float32Array;
}

/** A search in a WebAssembly instance of its own, which goes with it. */
class Search<H extends Handle> implements Disposable {
  protected readonly instance: OwnInstance<H>;

  constructor(module: CoreModule, handle: H) {
    const disposed = new LikenessError('disposed', 'This search was disposed of. Start another.');
    this.instance = new OwnInstance(module, handle, 'search', disposed);
  }

  /** Size of the WebAssembly memory. */
  bytes(): number {
    return this.instance.bytes();
  }

  [Symbol.dispose](): void {
    this.instance.dispose();
  }
}

/** One of several searches for pictures with corners in common. */
export class CornerSearch extends Search<WireCornerSearch> {
  /** @throws LikenessError `invalid-argument` unless 0 ≤ number < count ≤ 20,480 */
  static async open(
    compiled: WebAssembly.Module,
    number: number,
    count: number,
  ): Promise<CornerSearch> {
    const module = await startModule(compiled);
    return new CornerSearch(module, unwrap(module.createCornerSearch(number, count)));
  }

  /**
   * Takes the next picture, by a number above that of the last one.
   * @returns this search's hits among the pictures before it, HIT_BYTES each
   * @throws LikenessError `invalid-argument` for a damaged sketch, `out-of-memory`
   */
  take(item: number, sketch: Uint8Array): Uint8Array {
    return this.instance.call((search) => unwrap(search.take(item, sketch)));
  }
}

/** The search for pictures with close perceptual hashes. */
export class HashSearch extends Search<WireHashSearch> {
  static async open(compiled: WebAssembly.Module): Promise<HashSearch> {
    const module = await startModule(compiled);
    return new HashSearch(module, module.createHashSearch());
  }

  /** The pictures that were added and are close. @throws LikenessError `invalid-argument` */
  find(fingerprint: Fingerprint): Uint32Array {
    fingerprintOf({ fingerprint });
    return this.instance.call((search) => unwrap(search.find(fingerprint)));
  }

  /** Adds a picture, by a number above that of the last one. @throws LikenessError `invalid-argument` */
  add(item: number, fingerprint: Fingerprint): void {
    fingerprintOf({ fingerprint });
    this.instance.call((search) => unwrap(search.add(item, fingerprint)));
  }
}

/** The search for pictures with near embeddings, where each can't be compared with each. */
export class NearSearch extends Search<WireNearSearch> {
  /** @throws LikenessError `invalid-argument` */
  static async open(compiled: WebAssembly.Module, dimension: number): Promise<NearSearch> {
    const module = await startModule(compiled);
    return new NearSearch(module, unwrap(module.createNearSearch(dimension)));
  }

  /**
   * Adds a picture; they are numbered from 0.
   * @param embedding centred
   * @param wanted pairs are looked for where one of the two is
   * @throws LikenessError `invalid-argument`, `zero-embedding`, `out-of-memory`
   */
  add(embedding: Float32Array, wanted: boolean): void {
    this.instance.call((search) => unwrap(search.add(embedding, wanted)));
  }

  /** Looks through a tree. */
  search(tree: number): void {
    this.instance.call((search) => search.search(tree));
  }

  /** What all trees found together, by the later picture, the best estimates first. */
  found(): NearPairs {
    return this.instance.call((search) => search.found());
  }
}

/** What puts the parts of a search together; it keeps nothing. */
export class CandidateTools {
  private constructor(private readonly module: CoreModule) {}

  static async open(compiled: WebAssembly.Module): Promise<CandidateTools> {
    return new CandidateTools(await startModule(compiled));
  }

  /**
   * The pictures that have corners in common with one.
   * @param hits of that picture, from all searches
   * @throws LikenessError `invalid-argument`
   */
  cornerCandidates(hits: Uint8Array, sketch: Uint8Array): Uint32Array {
    return unwrap(this.module.cornerCandidates(hits, sketch));
  }

  /** An embedding as seen from the model's mean; itself where there is none. @throws LikenessError `zero-embedding` */
  centre(vector: Float32Array, mean: Float32Array | undefined): Float32Array {
    if (mean === undefined) return vector;
    return unwrap(this.module.centre(vector, vector.length, 1, mean));
  }

  /** The cosine of two embeddings. */
  cosine(a: Float32Array, b: Float32Array): number {
    return unwrap(this.module.cosineSimilarity('', a, '', b));
  }

  /** How many trees a NearSearch takes for so many pictures. */
  treesFor(pictures: number): number {
    return this.module.nearSearchTrees(pictures);
  }
}
