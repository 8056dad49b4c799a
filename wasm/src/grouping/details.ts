import type { Embedding, PictureDetail } from '../types.js';
import type { Rater } from './collection.js';

/** Details that are kept at a time: up to 3 MB each. */
const KEPT = 16;

/**
 * Rates pairs by their pixels, too: the details of their pictures are read when a pair is to be rated,
 * and the last few are kept. Without details only pictures with the same pixels are copies.
 * @param likeness of the embeddings' model
 * @param read the detail of an embedding's picture; undefined where it can't be read any more
 */
export function withDetails(
  likeness: Rater,
  read: (embedding: Embedding, signal?: AbortSignal) => Promise<PictureDetail | undefined>,
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
      if (sameDigest(a, b)) return likeness.similarity(a, b, options);
      const [first, second] = await Promise.all([
        detailOf(a, options?.signal),
        detailOf(b, options?.signal),
      ]);
      return likeness.similarity(withDetail(a, first), withDetail(b, second), options);
    },
  };
}

function sameDigest({ fingerprint: a }: Embedding, { fingerprint: b }: Embedding): boolean {
  return a !== undefined && a.digest === b?.digest && a.frames === b.frames;
}

function withDetail(embedding: Embedding, detail: PictureDetail | undefined): Embedding {
  return detail === undefined ? embedding : { ...embedding, detail };
}
