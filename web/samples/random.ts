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

/** What each coordinate of a lattice's point adds to its number. */
const HASH_X = 374761393;
const HASH_Y = 668265263;
const HASH_Z = 2147483647;

/** A number in [0, 1) for each point of a lattice, of the products of its coordinates with the above. */
function latticeValue(x: number, y: number, z: number): number {
  let hash = x ^ y ^ z;
  hash = Math.imul(hash ^ (hash >>> 13), 1274126177);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Smooth value noise in [0, 1) (Perlin's fade curve between lattice values). */
export function noise([x, y, z]: Vector): number {
  const floorX = Math.floor(x);
  const floorY = Math.floor(y);
  const floorZ = Math.floor(z);
  const x0 = Math.imul(floorX, HASH_X);
  const x1 = Math.imul(floorX + 1, HASH_X);
  const y0 = Math.imul(floorY, HASH_Y);
  const y1 = Math.imul(floorY + 1, HASH_Y);
  const z0 = Math.imul(floorZ, HASH_Z);
  const z1 = Math.imul(floorZ + 1, HASH_Z);
  const u = fade(x - floorX);
  const v = fade(y - floorY);
  const near = lerp(edge(x0, x1, y0, z0, u), edge(x0, x1, y1, z0, u), v);
  const far = lerp(edge(x0, x1, y0, z1, u), edge(x0, x1, y1, z1, u), v);
  return lerp(near, far, fade(z - floorZ));
}

/** Between a lattice point (at 0) and its neighbour along x (at 1). */
function edge(x0: number, x1: number, y: number, z: number, at: number): number {
  return lerp(latticeValue(x0, y, z), latticeValue(x1, y, z), at);
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
