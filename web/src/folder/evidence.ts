/** What sets the pictures of a group apart, seen from the one that is kept, and why that is the best one. */
import type { Change, ChangeKind } from 'image-likeness';
import { reversedChanges } from 'image-likeness/grouping';
import type { Item, Pair } from './collection.ts';

/** Why a picture is suggested, in the order in which it counts. */
export const REASONS = [
  'shows-most',
  'in-colour',
  'most-pixels',
  'not-enlarged',
  'sharpest',
  'no-border',
  'largest-file',
  'oldest',
  'first',
] as const;

export type Reason = (typeof REASONS)[number];

/** What a picture is to the one that is kept. */
export interface Difference {
  /** Whether both have the same pixels. */
  readonly identical: boolean;
  /** From the kept one to this one; empty where nothing is known. */
  readonly changes: readonly Change[];
}

/** What was found to be wrong with others, and what the kept one is therefore. */
const REASON_OF: Partial<Record<ChangeKind, Reason>> = {
  cropped: 'shows-most',
  greyscale: 'in-colour',
  blurred: 'sharpest',
  bordered: 'no-border',
};

/** What is known of pairs of pictures. */
export class Evidence {
  readonly #pairs: ReadonlyMap<string, Pair>;
  /** Of pictures with the same pixels only the first one is compared with others. */
  readonly #firsts = new Map<string, number>();

  constructor(
    private readonly items: readonly Item[],
    pairs: readonly Pair[],
  ) {
    this.#pairs = new Map(pairs.map((pair) => [`${pair.a} ${pair.b}`, pair]));
    for (const [number, item] of items.entries()) {
      const name = pixelsOf(item);
      if (name !== undefined && !this.#firsts.has(name)) this.#firsts.set(name, number);
    }
  }

  /** Whether pictures have the same pixels, and as many frames. */
  areIdentical(members: readonly number[]): boolean {
    return new Set(members.map((number) => this.#firstOf(number))).size === 1;
  }

  /** What a picture is to the one that is kept. */
  between(kept: number, other: number): Difference {
    const [from, to] = [this.#firstOf(kept), this.#firstOf(other)];
    if (from === to) return { identical: true, changes: [] };
    const pair = this.#pairs.get(from < to ? `${from} ${to}` : `${to} ${from}`);
    const changes = pair?.similarity.evidence?.changes ?? [];
    if (from < to) return { identical: false, changes };
    const frames = this.items[other]?.embedding.fingerprint?.frames ?? 1;
    return { identical: false, changes: reversedChanges(changes, frames) };
  }

  /** Why a picture is the best of a group: for each other one what counts first, each once, at most two. */
  reasons(kept: number, members: readonly number[]): Reason[] {
    const found = new Set<Reason>();
    for (const other of members) if (other !== kept) found.add(this.#reasonOver(kept, other));
    return REASONS.filter((reason) => found.has(reason)).slice(0, 2);
  }

  #reasonOver(kept: number, other: number): Reason {
    const { changes } = this.between(kept, other);
    const found = new Set(
      changes.flatMap(({ kind, amount }) => {
        if (kind === 'resized') return amount < 1 ? 'most-pixels' : 'not-enlarged';
        return REASON_OF[kind] ?? [];
      }),
    );
    const proven = REASONS.find((reason) => found.has(reason));
    if (proven !== undefined) return proven;
    const [best, second] = [this.items[kept]?.file, this.items[other]?.file];
    if (best === undefined || second === undefined) return 'first';
    if (best.size !== second.size) return best.size > second.size ? 'largest-file' : 'first';
    return best.lastModified < second.lastModified ? 'oldest' : 'first';
  }

  #firstOf(number: number): number {
    const item = this.items[number];
    const name = item && pixelsOf(item);
    return (name === undefined ? undefined : this.#firsts.get(name)) ?? number;
  }
}

function pixelsOf({ embedding: { fingerprint } }: Item): string | undefined {
  return fingerprint && `${fingerprint.digest} ${fingerprint.frames}`;
}
