import type { Vector } from './vector.ts';

/** Numbers in [0, 1) for the rays of one pixel after the other. */
export interface RaySource {
  beginPixel(): void;
  /** @returns the source of the numbers of one ray of the pixel */
  beginRay(): () => number;
}

/** How many numbers of a ray are spread evenly. A ray that takes more gets any. */
const EVEN_NUMBERS = 10;

/**
 * The first numbers of a pixel's rays lie evenly between 0 and 1, each with the others (a Kronecker sequence of
 * the powers of a generalised golden ratio, shifted anew for each pixel: M. Roberts, "The Unreasonable
 * Effectiveness of Quasirandom Sequences", 2018). Pictures have less noise than by as many random numbers.
 */
export function evenSource(random: () => number): RaySource {
  const ratio = goldenRatio(EVEN_NUMBERS);
  const steps = Array.from({ length: EVEN_NUMBERS }, (_, index) => ratio ** -(index + 1));
  const at = steps.map(() => 0);
  return {
    beginPixel: () =>
      steps.forEach((_, index) => {
        at[index] = random();
      }),
    beginRay: () => {
      steps.forEach((step, index) => {
        at[index] = ((at[index] ?? 0) + step) % 1;
      });
      let taken = 0;
      return () => at[taken++] ?? random();
    },
  };
}

/** The positive root of x^(dimensions + 1) = x + 1. */
function goldenRatio(dimensions: number): number {
  let root = 2;
  for (let step = 0; step < 64; step += 1) root = (1 + root) ** (1 / (dimensions + 1));
  return root;
}

/** A number in [0, 1) for each point of a lattice. */
function latticeValue(x: number, y: number, z: number): number {
  let hash = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(z, 2147483647);
  hash = Math.imul(hash ^ (hash >>> 13), 1274126177);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Smooth value noise in [0, 1) (Perlin's fade curve between lattice values). */
export function noise([x, y, z]: Vector): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const z0 = Math.floor(z);
  const u = fade(x - x0);
  const v = fade(y - y0);
  const near = lerp(edge(x0, y0, z0, u), edge(x0, y0 + 1, z0, u), v);
  const far = lerp(edge(x0, y0, z0 + 1, u), edge(x0, y0 + 1, z0 + 1, u), v);
  return lerp(near, far, fade(z - z0));
}

/** Between a lattice point (at 0) and its neighbour along x (at 1). */
function edge(x: number, y: number, z: number, at: number): number {
  return lerp(latticeValue(x, y, z), latticeValue(x + 1, y, z), at);
}

/** Fractal noise in [0, 1): octaves of noise, each twice as fine and half as strong. */
export function fractalNoise([x, y, z]: Vector, octaves: number): number {
  let sum = 0;
  let strength = 0.5;
  let frequency = 1;
  for (let octave = 0; octave < octaves; octave += 1) {
    sum += strength * noise([x * frequency, y * frequency, z * frequency]);
    strength /= 2;
    frequency *= 2;
  }
  return sum;
}

const fade = (t: number): number => t * t * t * (t * (t * 6 - 15) + 10);
const lerp = (a: number, b: number, t: number): number => a + (b - a) * t;
