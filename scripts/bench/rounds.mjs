/** Contestants that take turns, so that each of them meets the same machine. Runs in Node and browsers. */

/**
 * @typedef {object} Contestant
 * @property {() => Promise<Record<string, number>>} turn measures once; figures by their names
 */

/**
 * One turn of each that counts for nothing, then the rounds.
 * @param {readonly Contestant[]} contestants
 * @param {number} rounds
 * @param {(text: string) => void} [tell] hears how far it has come
 * @returns {Promise<Record<string, number[]>>} one value a round for each figure
 */
export async function takeTurns(contestants, rounds, tell = () => undefined) {
  for (const contestant of contestants) await contestant.turn();
  /** @type {Record<string, number[]>} */
  const figures = {};
  for (let round = 0; round < rounds; round += 1) {
    tell(`round ${round + 1} of ${rounds}`);
    for (const contestant of contestants) {
      for (const [name, value] of Object.entries(await contestant.turn())) {
        figures[name] ??= [];
        figures[name].push(value);
      }
    }
  }
  return figures;
}

/**
 * @template T
 * @param {() => T | Promise<T>} work
 * @returns {Promise<{ ms: number, value: T }>}
 */
export async function timed(work) {
  const start = performance.now();
  const value = await work();
  return { ms: performance.now() - start, value };
}
