import { LikenessError, throwIfAborted } from '../errors.js';

/**
 * What becomes of many items, in their order, no more than `ahead` of them before the results in front
 * have been taken.
 * @param work done on several items at once; its signal fires when nobody wants the results any more
 * @throws LikenessError `aborted`; what `work` rejects with, and what the items throw as they are iterated
 */
export async function* inOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  ahead: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<R, void, undefined> {
  const leaving = new AbortController();
  const onAbort = (): void => leaving.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const source = iterate(items);
  const underWay: Promise<R>[] = [];
  let index = 0;
  try {
    for (let done = false; ; ) {
      while (!done && underWay.length < ahead) {
        throwIfAborted(signal);
        const next = await source.next();
        done = next.done === true;
        if (next.done === true) break;
        const result = work(next.value, index, leaving.signal);
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

function iterate<T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> | Iterator<T> {
  if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]();
  if (Symbol.iterator in items) return items[Symbol.iterator]();
  throw new LikenessError('invalid-argument', 'This takes an iterable of images.');
}
