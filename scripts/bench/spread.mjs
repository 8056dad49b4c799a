/** How measured numbers are told: the median, and how far they spread. */

/**
 * @param {readonly number[]} values at least one
 * @param {string} unit
 * @param {number} [unitSize] how large the unit is, in that of the values
 * @returns {string} `median (least–most) unit`, whole numbers
 */
export function spreadOf(values, unit, unitSize = 1) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    Math.round((sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN) / unitSize);
  return `${at(0.5)} (${at(0)}–${at(1)}) ${unit}`;
}
