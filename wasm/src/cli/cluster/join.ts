/** The last stage: proofs become groups, by the same rules as in a folder that one machine reads. */
import type { CollectionStore, PicturePair, Proof } from '../../binding/collection-store.js';
import type { Rater } from '../../grouping/index.js';
import type { Embedding, Similarity } from '../../types.js';
import { type Picture, type PictureReader, type Skipped, withoutPixels } from '../pictures.js';
import type { Parts } from './parts.js';
import type { Rating } from './verify.js';

/** Pictures that were read, on this machine or on many, and are to be grouped. */
export interface ComparableFolder {
  /** Those that may be in a group, in their order. */
  readonly pictures: readonly Picture[];
  /** The places of those that have copies or variants, where that is known already. */
  readonly suspects?: ReadonlySet<number> | undefined;
  /** Rates these, and knows what was verified. @param pictures the same ones, in the same order */
  raterOf(pictures: readonly Picture[]): Rater;
  /** How many pictures there are in all. */
  readonly total: number;
  readonly skipped: readonly Skipped[];
  /** Files with several names. */
  readonly hardLinks: readonly (readonly string[])[];
}

/** A pair of which it is known that it is nothing; the numbers of its similarity are of no use. */
type Known = Similarity | 'nothing';

/** Loads the pictures that ratings speak of, and those that have the same pixels. */
export async function joinFolder(
  parts: Parts,
  reader: PictureReader,
  ratings: AsyncIterable<Rating>,
): Promise<ComparableFolder> {
  const known = new Map<string, Known>();
  const proven: PicturePair[] = [];
  const involved = new Set<number>();
  for await (const { a, b, similarity } of ratings) {
    known.set(`${a} ${b}`, similarity ?? 'nothing');
    if (similarity === undefined) continue;
    proven.push({ a, b });
    involved.add(a).add(b);
  }
  for (const [number, { first }] of parts.pictures.entries()) {
    if (first !== number) involved.add(first).add(number);
  }
  const numbers = [...involved].sort((p, q) => p - q);
  const places = new Map(numbers.map((number, place) => [number, place]));
  const pictures = await parts.picturesOf(numbers);
  const seeds = proven.map(({ a, b }) => ({ a: places.get(a) ?? 0, b: places.get(b) ?? 0 }));
  return {
    pictures,
    raterOf(those) {
      const numberOf = new Map(those.map(({ embedding }, place) => [embedding, numbers[place]]));
      const find = (a: Embedding, b: Embedding): Known | undefined =>
        known.get(`${numberOf.get(a)} ${numberOf.get(b)}`);
      return seededRater(reader, reader.rater(those), seeds, find);
    },
    total: parts.pictures.length,
    skipped: parts.skipped,
    hardLinks: parts.pictures
      .filter(({ hardLinks }) => hardLinks.length > 0)
      .map(({ id, hardLinks }) => [id, ...hardLinks]),
  };
}

/** A rater whose collections look for no candidates: they are given. */
function seededRater(
  { likeness }: PictureReader,
  rater: Rater,
  seeds: readonly PicturePair[],
  find: (a: Embedding, b: Embedding) => Known | undefined,
): Rater {
  return {
    openCollection: async (options) => seeded(await rater.openCollection(options), seeds),
    async similarity(a, b, options) {
      const known = find(a, b);
      if (known !== undefined && known !== 'nothing') return known;
      if (known === undefined) return rater.similarity(a, b, options);
      // It is no copy, and no pixels are needed to say so once more.
      return likeness.similarity(withoutPixels(a), withoutPixels(b), options);
    },
  };
}

/** A collection with candidates from outside, beside those that proofs suggest. */
function seeded(store: CollectionStore, seeds: readonly PicturePair[]): CollectionStore {
  const verified = new Set<string>();
  let size = 0;
  let next = 0;
  const isKnown = ({ a, b }: PicturePair): boolean => verified.has(`${a} ${b}`);
  return {
    async add(pictures) {
      const firsts = await store.add(pictures);
      size += pictures.length;
      return firsts;
    },
    search: async () => size,
    async candidates(most) {
      const given: PicturePair[] = [];
      while (next < seeds.length && given.length < most) {
        const seed = seeds[next];
        next += 1;
        if (seed !== undefined && !isKnown(seed)) given.push(seed);
      }
      return given.length > 0 ? given : store.candidates(most);
    },
    async verify(proofs: readonly Proof[]) {
      for (const { a, b } of proofs) verified.add(`${a} ${b}`);
      await store.verify(proofs);
    },
    groups: (refused) => store.groups(refused),
    nearest: (item, k) => store.nearest(item, k),
    matrix: (items) => store.matrix(items),
    pairsFrom: (score, first, last) => store.pairsFrom(score, first, last),
    beginSimilar: () => store.beginSimilar(),
    continueSimilar: (rows) => store.continueSimilar(rows),
    similarFrom: (score) => store.similarFrom(score),
    similarPairs: (score) => store.similarPairs(score),
    dispose: () => store.dispose(),
  };
}
