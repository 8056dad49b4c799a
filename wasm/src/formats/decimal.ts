/** Significant decimal digits that distinguish any two float32 numbers (C++: max_digits10). */
const ENOUGH_DIGITS = 9;

/** Decimal digits that every float32 number can represent (C++: digits10). */
const SURE_DIGITS = 6;

/** A vector as `[1,0.25,…]`: JSON, and what pgvector reads. Reading it gives the same bits. */
export function decimalVector(vector: Float32Array): string {
  return `[${Array.from(vector, decimal).join(',')}]`;
}

/** The shortest decimal that rounds to this float32 number; -0 with a point, as Python has no integer -0. */
function decimal(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  for (let digits = SURE_DIGITS; digits < ENOUGH_DIGITS; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value && !liesHalfway(candidate, value)) {
      return String(candidate);
    }
  }
  return String(Number(value.toPrecision(ENOUGH_DIGITS)));
}

/**
 * Whether a number lies in the middle between `value` and another float32 number. Readers that go
 * through float64 and readers that don't could fall to different sides of it; of any other they agree.
 */
function liesHalfway(candidate: number, value: number): boolean {
  const mirrored = 2 * candidate - value;
  return mirrored !== value && Math.fround(mirrored) === mirrored;
}
