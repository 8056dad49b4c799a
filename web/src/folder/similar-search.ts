import type { SimilarGroups } from 'image-likeness/grouping';
import type { FolderCollection } from './collection.ts';

/** How much a folder has to grow before a search in the middle of a reading is worth while. */
const GROWTH = 1.5;
const FIRST_SEARCH = 20;

/**
 * Similar groups of a folder that is still being read: found anew whenever there are half as many images
 * again, so that all searches together take about twice as long as the last one.
 */
export class SimilarSearch {
  /** Of the last search that came to an end. */
  groups: SimilarGroups | undefined;
  /** How far a search has come, 0 to 1; undefined while there is none. */
  share: number | undefined;
  #controller: AbortController | undefined;
  #wanted = false;

  /** @param changed told of every change of `groups` and `share` */
  constructor(private readonly changed: () => void) {}

  /**
   * Searches if that is due.
   * @param complete whether the folder has been read
   */
  async update(collection: FolderCollection, complete: boolean): Promise<void> {
    const known = this.groups?.size ?? 0;
    const count = collection.items.length;
    const due = complete ? count > known : count >= Math.max(FIRST_SEARCH, GROWTH * known);
    if (!due) return;
    if (this.#controller !== undefined) {
      this.#wanted ||= complete;
      return;
    }
    this.#wanted = false;
    const controller = new AbortController();
    this.#controller = controller;
    try {
      this.#tell(0);
      this.groups = await collection.similar({
        signal: controller.signal,
        onProgress: ({ done, total }) => this.#tell(done / total),
      });
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      this.#controller = undefined;
      this.#tell(undefined);
    }
    if (this.#wanted && !controller.signal.aborted) await this.update(collection, true);
  }

  /** Ends a search; what earlier ones found stays. */
  cancel(): void {
    this.#controller?.abort();
  }

  /** Ends a search and forgets what was found. */
  clear(): void {
    this.cancel();
    this.groups = undefined;
  }

  #tell(share: number | undefined): void {
    this.share = share;
    this.changed();
  }
}
