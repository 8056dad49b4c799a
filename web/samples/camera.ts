import { randomSource } from '../src/random.ts';
import { evenSource } from './random.ts';
import { add, cross, normalize, scale, subtract, type Vector } from './vector.ts';

/** A ray of light, followed backwards. */
export interface Ray {
  readonly origin: Vector;
  /** Unit length. */
  readonly direction: Vector;
}

/** A thin-lens camera. */
export interface Camera {
  readonly position: Vector;
  readonly target: Vector;
  /** Width of the picture at distance 1. */
  readonly width: number;
  /** Radius of the lens; 0 has everything in focus. */
  readonly aperture: number;
  /** Distance at which things are sharp. */
  readonly focus: number;
}

/** A world: what arrives along a ray. */
export type Radiance = (ray: Ray, random: () => number) => Vector;

/** RGBA bytes, sRGB. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A scene and how to photograph it. */
export interface Photograph {
  readonly camera: Camera;
  readonly radiance: Radiance;
  readonly exposure: number;
  /** Rays a pixel. */
  readonly samples: number;
  readonly seed: number;
}

/** Renders a photograph; the same input gives the same bytes. */
export function develop(photograph: Photograph, width: number, height: number): Picture {
  const { camera, radiance, exposure, samples, seed } = photograph;
  const random = evenSource(randomSource(seed));
  const data = new Uint8Array(width * height * 4);
  const aim = aimer(camera, height / width);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum: Vector = [0, 0, 0];
      random.beginPixel();
      for (let sample = 0; sample < samples; sample += 1) {
        const next = random.beginRay();
        const ray = aim((x + next()) / width, (y + next()) / height, next);
        sum = add(sum, radiance(ray, next));
      }
      const colour = scale(sum, exposure / samples);
      const at = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel += 1) {
        data[at + channel] = encode(filmic(colour[channel] ?? 0));
      }
      data[at + 3] = 255;
    }
  }
  return { width, height, data };
}

/** The ray through a point of the picture, (0, 0) top left to (1, 1), and a point of the lens. */
function aimer(camera: Camera, aspect: number) {
  const forward = normalize(subtract(camera.target, camera.position));
  const right = normalize(cross(forward, [0, 1, 0]));
  const up = cross(right, forward);
  return (u: number, v: number, random: () => number): Ray => {
    const across = scale(right, (u - 0.5) * camera.width);
    const upwards = scale(up, (0.5 - v) * camera.width * aspect);
    const sharp = add(camera.position, scale(add(forward, add(across, upwards)), camera.focus));
    const radius = camera.aperture * Math.sqrt(random());
    const angle = 2 * Math.PI * random();
    const lens = add(scale(right, radius * Math.cos(angle)), scale(up, radius * Math.sin(angle)));
    const origin = add(camera.position, lens);
    return { origin, direction: normalize(subtract(sharp, origin)) };
  };
}

/** Film-like roll-off of highlights (K. Narkowicz, "ACES Filmic Tone Mapping Curve", 2016). */
function filmic(x: number): number {
  return Math.min(1, (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14));
}

/** Linear light in [0, 1] to an sRGB byte (IEC 61966-2-1). */
function encode(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(value * 255);
}
