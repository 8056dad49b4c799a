import { asLikenessError, type LikenessError } from '../errors.js';
import type { Embedding, EmbedResult, ImageSource } from '../types.js';
import { inOrder } from './in-order.js';

/** The embeddings of many images, in their order. See Likeness.embedAll and inOrder. */
export function embedAll(
  images: Iterable<ImageSource> | AsyncIterable<ImageSource>,
  embed: (image: ImageSource, signal: AbortSignal) => Promise<Embedding>,
  ahead: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<EmbedResult, void, undefined> {
  const work = async (image: ImageSource, index: number, stop: AbortSignal) => {
    try {
      return { index, embedding: await embed(image, stop) };
    } catch (error) {
      return { index, error: errorOfOne(error, 'The image could not be read') };
    }
  };
  return inOrder(images, work, ahead, signal);
}

/**
 * What says something of one image among many.
 * @throws LikenessError what ends them all: `aborted`, `disposed`
 */
export function errorOfOne(thrown: unknown, context: string): LikenessError {
  const error = asLikenessError(thrown, 'invalid-argument', context);
  if (error.code === 'aborted' || error.code === 'disposed') throw error;
  return error;
}
