/** Looks for copies among drafts while others are still being read. */
import { type Collection, createCollection } from '../grouping/index.js';
import type { Embedding } from '../types.js';
import type { Picture, PictureReader } from './pictures.js';

/** Each search takes some messages to a worker. */
const FEWEST_AT_ONCE = 8;

/**
 * Finds out which pictures have to be read again, whole, since they have copies or variants. To rate a pair, both are;
 * so that this, too, is done while others are being read. Where nothing was read as a draft, it does nothing.
 */
export class Scout implements AsyncDisposable {
  private readonly known = new Map<Embedding, Picture>();
  private readonly collection: Collection;
  private waiting: Embedding[] = [];
  private hasDrafts = false;
  private search: Promise<void> | undefined;

  constructor(reader: PictureReader) {
    this.collection = createCollection(reader.raterOf(this.known));
  }

  /** @param picture the next one, in the order in which pictures are compared */
  add(picture: Picture): void {
    const { embedding } = picture;
    this.known.set(embedding, picture);
    this.waiting.push(embedding);
    this.hasDrafts ||= embedding.draft === true;
    if (!this.hasDrafts || this.search !== undefined || this.waiting.length < FEWEST_AT_ONCE)
      return;
    this.search = this.searchWaiting();
    // An error is told by `suspects`.
    this.search.catch(() => undefined);
  }

  /**
   * The places of the pictures that have copies or variants, once all have been compared; undefined where none was
   * read as a draft.
   * @throws LikenessError as Collection.add
   */
  async suspects(): Promise<ReadonlySet<number> | undefined> {
    if (!this.hasDrafts) return undefined;
    await this.search;
    await this.searchWaiting();
    const { pairs, variants } = this.collection;
    return new Set([...pairs, ...variants].flatMap(({ a, b }) => [a, b]));
  }

  private async searchWaiting(): Promise<void> {
    await this.collection.add(this.waiting.splice(0));
    this.search = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.collection.dispose();
  }
}
