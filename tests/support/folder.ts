/** Generated pictures of a whole folder, as embeddings with fingerprints. */
import type { Embedding } from 'image-likeness';
import type { Rater } from 'image-likeness/grouping';
import { internalModule } from './internal.js';
import { randomBytes, randomFloats } from './random.js';

const { identityOf } =
  await internalModule<typeof import('../../wasm/src/models/identity.js')>('models/identity.js');
const { findModel, meanOf } =
  await internalModule<typeof import('../../wasm/src/models/manifest.js')>('models/manifest.js');

/** The model that generated embeddings claim to come from. */
export const folderModel = findModel('mobilenetv2-lite');

const mean = meanOf(folderModel);

/** Every so many pictures the last one is a copy of the one before it, enlarged a little. */
export const COPY_EVERY = 100;

/** The embedding of picture `number`: around the model's mean, hashes like those of strangers. */
export function folderEmbedding(number: number, seed: number): Embedding {
  const copy = number % COPY_EVERY === COPY_EVERY - 1;
  const own = 1 + (copy ? number - 1 : number) + seed * 0x1000000;
  const { dimension } = folderModel;
  const noise = randomFloats(dimension, Math.imul(own, 2654435761) >>> 0);
  const cells = randomBytes(64, Math.imul(own, 2246822519) >>> 0);
  const luma = Uint8Array.from(
    { length: 4096 },
    (_, i) => cells[(i >> 9) * 8 + ((i & 63) >> 3)] ?? 0,
  );
  return {
    model: identityOf(folderModel),
    dimension,
    vector: noise.map((value, i) => (mean?.[i] ?? 0) + (value - 0.5) * 0.06),
    fingerprint: {
      width: copy ? 200 : 100,
      height: copy ? 200 : 100,
      digest: number.toString(16).padStart(32, '0'),
      frames: 1,
      greyscale: false,
      luma,
      fullLuma: luma,
    },
    // The size of a small picture, no oversampling, and no corners.
    sketch: Uint8Array.of(100, 0, 100, 0, 1),
  };
}

/** `count` of them from number `first`. */
export function folderEmbeddings(first: number, count: number, seed: number): Embedding[] {
  return Array.from({ length: count }, (_, i) => folderEmbedding(first + i, seed));
}

/** Calls pictures with one luma, upright or mirrored, near-duplicates: they have no pixels to prove it. */
export function ratedByLuma(likeness: Rater): Rater {
  return {
    openCollection: likeness.openCollection.bind(likeness),
    similarity: async (a, b, options) => {
      const similarity = await likeness.similarity(a, b, options);
      const [first, second] = [a.fingerprint?.luma, b.fingerprint?.luma];
      const same =
        first?.every((value, i) => value === second?.[i]) === true ||
        first?.every((value, i) => value === second?.[i ^ 63]) === true;
      return same && similarity.verdict !== 'identical'
        ? { ...similarity, verdict: 'near-duplicate' }
        : similarity;
    },
  };
}
