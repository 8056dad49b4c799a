import { undecidedBySize } from 'image-likeness/grouping';
import type { Item } from './collection.ts';
import type { SharpnessAnswer, SharpnessRequest } from './sharpness-worker.ts';

/**
 * Sharpness of pictures that resolution alone can't choose from, measured by a worker of its own, one
 * after the other. Where the worker can't start, nothing is known of any.
 */
export class Sharpness {
  readonly #known = new WeakMap<Item, number | undefined>();
  readonly #asked = new WeakMap<Item, Promise<void>>();
  readonly #answers = new Map<number, (sharpness: number | undefined) => void>();
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;

  /** Undefined until `measure` has come to an end, and afterwards where it couldn't be measured. */
  of(item: Item): number | undefined {
    return this.#known.get(item);
  }

  /**
   * Measures the pictures of a group whose sharpness decides.
   * @returns undefined where nothing is left to measure
   */
  measure(group: readonly Item[]): Promise<void> | undefined {
    const undecided = undecidedBySize(group.map(({ embedding }) => embedding.fingerprint));
    const missing = undecided
      .flatMap((place) => group[place] ?? [])
      .filter((item) => !this.#known.has(item));
    if (missing.length === 0) return undefined;
    return Promise.all(missing.map((item) => this.#measure(item))).then(() => undefined);
  }

  dispose(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const settle of this.#answers.values()) settle(undefined);
    this.#answers.clear();
  }

  #measure(item: Item): Promise<void> {
    let asked = this.#asked.get(item);
    if (asked === undefined) {
      asked = this.#last.then(async () => {
        this.#known.set(item, await this.#ask(item));
      });
      this.#last = asked;
      this.#asked.set(item, asked);
    }
    return asked;
  }

  #ask({ file, embedding: { fingerprint } }: Item): Promise<number | undefined> {
    const { width = 0, height = 0 } = fingerprint ?? {};
    const id = this.#count;
    this.#count += 1;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      try {
        this.#worker ??= this.#start();
        this.#worker.postMessage({ id, file, width, height } satisfies SharpnessRequest);
      } catch {
        this.#settle({ id, sharpness: undefined });
      }
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sharpness-worker.ts', import.meta.url), {
      type: 'module',
    });
    worker.addEventListener('message', ({ data }: MessageEvent<SharpnessAnswer>) =>
      this.#settle(data),
    );
    worker.addEventListener('error', () => this.dispose());
    return worker;
  }

  #settle({ id, sharpness }: SharpnessAnswer): void {
    this.#answers.get(id)?.(sharpness);
    this.#answers.delete(id);
  }
}
