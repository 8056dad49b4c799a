/** How many tests run at once: as many as the machine has cores, up to four. */
import { availableParallelism } from 'node:os';

/** Each may take a browser, and hundreds of megabytes. */
const MOST_LANES = 4;

/** How many more may run now, whichever layer they are of. */
let free = Math.min(availableParallelism(), MOST_LANES);

/** What waits for another task's end. @type {(() => void)[]} */
const waiting = [];

/**
 * Has a task done when there is room for it; who comes first goes first.
 * @template T
 * @param {() => Promise<T>} task
 * @returns {Promise<T>}
 */
export async function inLane(task) {
  if (free > 0) free -= 1;
  else await new Promise((resolve) => waiting.push(() => resolve(undefined)));
  try {
    return await task();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
}
