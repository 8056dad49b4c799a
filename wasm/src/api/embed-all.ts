import { asLikenessError, LikenessError, throwIfAborted } from '../errors.js';
import type { Embedding, EmbedResult, ImageSource } from '../types.js';

/**
 * The embeddings of many images, in their order, no more than `ahead` of them before the results in
 * front have been taken. See Likeness.embedAll.
 * @throws LikenessError `aborted`, `disposed`; what the images themselves throw as they are iterated
 */
export async function* embedAll(
  images: Iterable<ImageSource> | AsyncIterable<ImageSource>,
  embed: (image: ImageSource, signal: AbortSignal) => Promise<Embedding>,
  ahead: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<EmbedResult, void, undefined> {
  const leaving = new AbortController();
  const onAbort = (): void => leaving.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const source = iterate(images);
  const underWay: Promise<EmbedResult>[] = [];
  let index = 0;
  try {
    for (let done = false; ; ) {
      while (!done && underWay.length < ahead) {
        throwIfAborted(signal);
        const next = await source.next();
        done = next.done === true;
        if (next.done === true) break;
        const result = settle(index, embed(next.value, leaving.signal));
        // Its rejection is met when its turn comes; until then it is not unhandled.
        result.catch(() => undefined);
        underWay.push(result);
        index += 1;
      }
      const first = underWay.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    leaving.abort();
    await source.return?.();
  }
}

/** One bad image is a result; what ends them all is thrown. */
async function settle(index: number, work: Promise<Embedding>): Promise<EmbedResult> {
  try {
    return { index, embedding: await work };
  } catch (thrown) {
    const error = asLikenessError(thrown, 'invalid-argument', 'The image could not be read');
    if (error.code === 'aborted' || error.code === 'disposed') throw error;
    return { index, error };
  }
}

function iterate<T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> | Iterator<T> {
  if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]();
  if (Symbol.iterator in items) return items[Symbol.iterator]();
  throw new LikenessError('invalid-argument', 'embedAll takes an iterable of images.');
}
