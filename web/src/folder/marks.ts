import { type FittedThreshold, fitThreshold, type PicturePair } from 'image-likeness/grouping';
import type { Pair } from './collection.ts';

/** Pairs that the user has judged. */
export class Marks {
  readonly #marks = new Map<string, { readonly pair: Pair; readonly right: boolean }>();

  /** The pairs, in the order they were judged. */
  get pairs(): Pair[] {
    return [...this.#marks.values()].map(({ pair }) => pair);
  }

  /** Those that the user calls wrong. */
  get wrong(): Pair[] {
    return [...this.#marks.values()].filter(({ right }) => !right).map(({ pair }) => pair);
  }

  /** What the user says of a pair; undefined for nothing. */
  of(pair: PicturePair): boolean | undefined {
    return this.#marks.get(nameOf(pair))?.right;
  }

  /** Marks a pair, or takes the same mark back. */
  toggle(pair: Pair, right: boolean): void {
    if (this.of(pair) === right) this.#marks.delete(nameOf(pair));
    else this.#marks.set(nameOf(pair), { pair, right });
  }

  clear(): void {
    this.#marks.clear();
  }

  /** The threshold that fits the marks best; undefined unless there are marks of both kinds. */
  fit(): FittedThreshold | undefined {
    const marks = [...this.#marks.values()].map(({ pair, right }) => ({
      score: pair.similarity.score,
      right,
    }));
    return new Set(marks.map(({ right }) => right)).size < 2 ? undefined : fitThreshold(marks);
  }
}

function nameOf({ a, b }: PicturePair): string {
  return `${a} ${b}`;
}
