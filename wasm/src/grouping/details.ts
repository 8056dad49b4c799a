import type { Embedding, PictureDetail, Similarity } from '../types.js';
import type { Rater } from './collection.js';

/** Details that are kept in memory: up to 3 MB each. */
const KEPT = 16;

/** Remembered ratings of pairs; (a, b) and (b, a) are different pairs. */
export interface RatingMemory {
  find(a: Embedding, b: Embedding): Similarity | undefined;
  keep(a: Embedding, b: Embedding, similarity: Similarity): void;
}

/**
 * Adds the details of images, so that a collection finds copies by their pixels. Details are read when a pair is
 * rated, and the last few are kept. Without details only images with the same pixels are recognised as copies.
 * @param likeness must use the model of the embeddings
 * @param read resolves to the detail of an embedding's image, or to undefined if it can no longer be read
 * @param memory pairs found here aren't rated again; new ratings are stored here, unless a detail was missing
 */
export function withDetails(
  likeness: Rater,
  read: (embedding: Embedding, signal?: AbortSignal) => Promise<PictureDetail | undefined>,
  memory?: RatingMemory,
): Rater {
  const kept = new Map<Embedding, Promise<PictureDetail | undefined>>();
  const detailOf = (embedding: Embedding, signal?: AbortSignal) => {
    const detail = kept.get(embedding) ?? read(embedding, signal);
    // The most recently used one is last.
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
      // A rating without details may miss a copy: it is not remembered.
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
