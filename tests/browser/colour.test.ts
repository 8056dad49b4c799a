/** The page's colour map is perceptually uniform. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colourOf } from 'image-likeness/display';

type Triple = readonly [number, number, number];

/** sRGB bytes to OKLab, by the inverse matrices of Ottosson's article. */
function toOklab(rgb: Triple): Triple {
  const [r, g, b] = rgb.map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const STEPS = 16;
const colours = Array.from({ length: STEPS + 1 }, (_, step) => toOklab(colourOf(step / STEPS)));
const steps = colours.slice(1).map((colour, index) => {
  const [l = 0, a = 0, b = 0] = colours[index] ?? [];
  return { lightness: colour[0] - l, all: Math.hypot(colour[0] - l, colour[1] - a, colour[2] - b) };
});

/** Bytes are rounded, which may move a colour by a few hundredths of a step. */
function assertEqualSteps(sizes: readonly number[]): void {
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  for (const [index, size] of sizes.entries()) {
    assert.ok(Math.abs(size / mean - 1) < 0.08, `step ${index}: ${size / mean} of the mean`);
  }
}

test('equal steps of the value are equal steps of colour', () => {
  assertEqualSteps(steps.map(({ all }) => all));
});

test('equal steps of the value are equal steps of lightness', () => {
  assertEqualSteps(steps.map(({ lightness }) => lightness));
});
