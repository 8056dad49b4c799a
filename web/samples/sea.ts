import type { Photograph, Ray } from './camera.ts';
import { fractalNoise, noise } from './random.ts';
import {
  add,
  clamp,
  dot,
  mix,
  normalize,
  reflect,
  scale,
  smoothstep,
  type Vector,
} from './vector.ts';

/** Where the sun stands, low over the sea. */
const SUN = normalize([0.22, 0.085, 1]);

/** Octaves of waves: those with a height that shows, and those that only glitter. */
const SWELL = 3;
const RIPPLES = 6;

const WATER: Vector = [0.006, 0.028, 0.04];

/** Evening sea under clouds, seen from a low cliff. */
export function photographSea(samples: number): Photograph {
  return {
    camera: {
      position: [0, 2.6, 0],
      target: [0.3, 2.25, 10],
      width: 1.25,
      aperture: 0,
      focus: 10,
    },
    radiance: (ray) => (ray.direction[1] < 0 ? sea(ray) : sky(ray.direction)),
    exposure: 0.8,
    samples,
    seed: 11,
  };
}

function sky(direction: Vector): Vector {
  const height = clamp(direction[1]);
  const towardsSun = clamp(dot(direction, SUN));
  const glow = towardsSun ** 12;
  const low = mix([0.75, 0.4, 0.24], [1.25, 0.62, 0.2], glow);
  const clear = mix(low, [0.1, 0.2, 0.42], smoothstep(0, 0.42, height));
  const disc = smoothstep(0.99935, 0.99965, towardsSun);
  const sunlit = add(
    clear,
    add(scale([2.2, 1.1, 0.35], towardsSun ** 180), scale([30, 21, 11], disc)),
  );
  return clouds(direction, sunlit, glow);
}

/** A flat layer of clouds, lit from below near the sun. */
function clouds(direction: Vector, behind: Vector, glow: number): Vector {
  if (direction[1] <= 0.015) return behind;
  const reach = 1 / (direction[1] + 0.06);
  const at: Vector = [direction[0] * reach * 0.55, 3.7, direction[2] * reach * 1.1];
  const warped = add(at, [fractalNoise(at, 3), 0, 0]);
  const cover = smoothstep(0.46, 0.78, fractalNoise(warped, 6));
  const shade = fractalNoise(add(warped, [0.13, 0, -0.22]), 5);
  const dark: Vector = [0.17, 0.15, 0.2];
  const lit = mix([0.62, 0.34, 0.28], [1.7, 0.85, 0.35], glow);
  return mix(behind, mix(lit, dark, smoothstep(0.3, 0.66, shade)), cover * 0.93);
}

/** Waves run towards the viewer; the finer ones ride on the longer. */
function waveHeight(x: number, z: number, octaves: number): number {
  let height = 0;
  let strength = 0.34;
  let frequency = 0.19;
  let px = x;
  let pz = z;
  for (let octave = 0; octave < octaves; octave += 1) {
    const crest = 1 - Math.abs(2 * noise([px * frequency, octave * 9.7, pz * frequency * 1.9]) - 1);
    height += strength * crest * crest;
    strength *= 0.43;
    frequency *= 1.95;
    [px, pz] = [px * 0.88 + pz * 0.47, pz * 0.88 - px * 0.47];
  }
  return height;
}

function sea({ origin, direction }: Ray): Vector {
  const distance = distanceToWater(origin, direction);
  const point = add(origin, scale(direction, distance));
  const normal = waterNormal(point, distance);
  const facing = clamp(-dot(direction, normal));
  const fresnel = 0.02 + 0.98 * (1 - facing) ** 5;
  const mirrored = reflect(direction, normal);
  const reflected = sky(normalize([mirrored[0], Math.abs(mirrored[1]) + 0.01, mirrored[2]]));
  const crest = clamp(point[1] * 1.6 - 0.25);
  const body = add(WATER, scale([0.02, 0.085, 0.075], crest));
  const foam = smoothstep(0.66, 0.8, point[1] + 0.25 * fractalNoise(scale(point, 5), 4));
  const surface = add(scale(body, 1 - fresnel), scale(reflected, fresnel));
  const haze = smoothstep(30, 260, distance);
  const horizon = sky(normalize([direction[0], 0.012, direction[2]]));
  return mix(mix(surface, [0.62, 0.5, 0.42], foam * 0.7), horizon, haze * 0.75);
}

/** Steps along the ray until it dips below the waves, then halves the last step. */
function distanceToWater(origin: Vector, direction: Vector): number {
  const above = (t: number): number =>
    origin[1] +
    direction[1] * t -
    waveHeight(origin[0] + direction[0] * t, origin[2] + direction[2] * t, SWELL);
  const flat = -origin[1] / direction[1];
  let near = 0;
  let far = Math.max(0, (0.75 - origin[1]) / direction[1]);
  const step = Math.max(0.05, (flat - far) / 32);
  while (far < flat && above(far) > 0) {
    near = far;
    far += step;
  }
  for (let halving = 0; halving < 8; halving += 1) {
    const middle = (near + far) / 2;
    if (above(middle) > 0) near = middle;
    else far = middle;
  }
  return Math.min(far, 400);
}

/** The slope is taken over a longer stretch further away, where a pixel covers more water. */
function waterNormal(point: Vector, distance: number): Vector {
  const stretch = 0.01 + distance * 0.0022;
  const here = waveHeight(point[0], point[2], RIPPLES);
  const slopeX = (waveHeight(point[0] + stretch, point[2], RIPPLES) - here) / stretch;
  const slopeZ = (waveHeight(point[0], point[2] + stretch, RIPPLES) - here) / stretch;
  return normalize([-slopeX, 1, -slopeZ]);
}
