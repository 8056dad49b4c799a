/** How measured numbers are told: the median, and how far they spread. */

/**
 * @typedef {object} Summary
 * @property {number} median
 * @property {number} least
 * @property {number} most
 */

/**
 * @param {readonly number[]} values at least one
 * @returns {Summary} of an even number of values, the upper of the two in the middle is the median
 */
export function summaryOf(values) {
  if (values.length === 0) throw new Error('There is no median of nothing.');
  const sorted = values.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ index) => sorted[index] ?? Number.NaN;
  return {
    median: at(Math.floor(sorted.length / 2)),
    least: at(0),
    most: at(sorted.length - 1),
  };
}

/**
 * @param {readonly number[]} values at least one
 * @param {string} unit
 * @param {number} [unitSize] how large the unit is, in that of the values
 * @param {number} [digits] after the point
 * @returns {string} `median (least–most) unit`, whole numbers unless digits are asked for
 */
export function spreadOf(values, unit, unitSize = 1, digits = 0) {
  const { median, least, most } = summaryOf(values);
  const tell = (/** @type {number} */ value) => (value / unitSize).toFixed(digits);
  return `${tell(median)} (${tell(least)}–${tell(most)}) ${unit}`.trimEnd();
}

/**
 * Ratios of what was measured in the same round, one by one: a machine that was busy for a round
 * slowed both sides of it.
 * @param {readonly number[]} values
 * @param {readonly number[]} others as many
 */
export function ratiosOf(values, others) {
  if (values.length !== others.length) {
    throw new Error(`${values.length} rounds can't be compared with ${others.length}.`);
  }
  return values.map((value, round) => value / (others[round] ?? Number.NaN));
}

/**
 * Sums of what was measured in the same round.
 * @param {readonly (readonly number[])[]} series as long as each other
 */
export function sumsOf([first = [], ...more]) {
  return first.map((value, round) =>
    more.reduce((sum, values) => sum + (values[round] ?? Number.NaN), value),
  );
}
