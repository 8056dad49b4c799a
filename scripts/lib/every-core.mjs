import { availableParallelism } from 'node:os';

/**
 * Works on as many at once as there are processor cores, in order, until none is left.
 * @template T
 * @param {readonly T[]} all
 * @param {(one: T) => Promise<void>} work
 */
export async function onEveryCore(all, work) {
  const waiting = [...all];
  const next = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
}
