import { availableParallelism } from 'node:os';

/**
 * Works on as many at once as there are processor cores, in order, until none is left.
 * @template T, Result
 * @param {readonly T[]} all
 * @param {(one: T) => Promise<Result>} work
 * @returns {Promise<Result[]>} in the same order
 */
export async function onEveryCore(all, work) {
  const waiting = all.entries();
  /** @type {Result[]} */
  const results = [];
  const next = async () => {
    for (const [at, one] of waiting) results[at] = await work(one);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
  return results;
}
