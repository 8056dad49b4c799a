import type { Embedding, PictureDetail, Similarity } from '../types.js';
import type { Rater } from './collection.js';

/** Details that are kept at a time: up to 3 MB each. */
const KEPT = 16;

/** Ratings of pairs that are kept, each for the order in which its pictures were rated. */
export interface RatingMemory {
  find(a: Embedding, b: Embedding): Similarity | undefined;
  keep(a: Embedding, b: Embedding, similarity: Similarity): void;
}

/**
 * Rates pairs by their pixels, too: the details of their pictures are read when a pair is to be rated,
 * and the last few are kept. Without details only pictures with the same pixels are copies.
 * @param likeness of the embeddings' model
 * @param read the detail of an embedding's picture; undefined where it can't be read any more
 * @param memory what is found there isn't rated again; what was rated with both details, or without a need
 *   of them, is kept
 */
export function withDetails(
  likeness: Rater,
  read: (embedding: Embedding, signal?: AbortSignal) => Promise<PictureDetail | undefined>,
  memory?: RatingMemory,
): Rater {
  const kept = new Map<Embedding, Promise<PictureDetail | undefined>>();
  const detailOf = (embedding: Embedding, signal?: AbortSignal) => {
    const detail = kept.get(embedding) ?? read(embedding, signal);
    // What was asked for last stands last.
    kept.delete(embedding);
    kept.set(embedding, detail);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(oldest);
    }
    detail.catch(() => kept.delete(embedding));
    return detail;
  };
  return {
    openCollection: (options) => likeness.openCollection(options),
    async similarity(a, b, options) {
      const known = memory?.find(a, b);
      if (known !== undefined) return known;
      const alike = sameDigest(a, b);
      const [first, second] = alike
        ? []
        : await Promise.all([detailOf(a, options?.signal), detailOf(b, options?.signal)]);
      const similarity = await likeness.similarity(
        withDetail(a, first),
        withDetail(b, second),
        options,
      );
      // What is said of pictures that can't be looked at any more isn't worth remembering.
      if (alike || (first !== undefined && second !== undefined)) memory?.keep(a, b, similarity);
      return similarity;
    },
  };
}

function sameDigest({ fingerprint: a }: Embedding, { fingerprint: b }: Embedding): boolean {
  return a !== undefined && a.digest === b?.digest && a.frames === b.frames;
}

function withDetail(embedding: Embedding, detail: PictureDetail | undefined): Embedding {
  return detail === undefined ? embedding : { ...embedding, detail };
}
