import type { Camera, Photograph, Radiance, Ray } from './camera.ts';
import { fractalNoise, noise } from './random.ts';
import {
  add,
  clamp,
  dot,
  length,
  mix,
  multiply,
  normalize,
  reflect,
  scale,
  smoothstep,
  subtract,
  type Vector,
} from './vector.ts';

/** A fruit: an ellipsoid with a skin and, perhaps, a stem. */
export interface Fruit {
  readonly kind: 'apple' | 'orange' | 'lemon';
  readonly centre: Vector;
  readonly radius: number;
  /** Tilt and variety of the skin's pattern. */
  readonly seed: number;
}

/** Fruit on a wooden table beside a window. */
export interface StillLife {
  readonly fruits: readonly Fruit[];
  readonly camera: Camera;
  /** Colour of the wall behind. */
  readonly wall: Vector;
  readonly seed: number;
}

/** Where a ray meets a surface. */
interface Hit {
  readonly distance: number;
  readonly point: Vector;
  readonly normal: Vector;
  readonly albedo: Vector;
  /** Reflectance straight on (Fresnel); 0.04 is that of most skins and varnishes. */
  readonly gloss: number;
  readonly roughness: number;
}

/** Height in proportion to width. */
const SQUASH = { apple: 0.92, orange: 0.96, lemon: 0.8 } as const;

/** The window: a rectangle of sky to the left, behind the camera's shoulder. */
const WINDOW = {
  corner: [-4.2, 1.2, -1.5] as Vector,
  width: [0, 0, 3] as Vector,
  height: [0, 2.6, 0] as Vector,
  normal: [1, 0, 0] as Vector,
  light: [15, 16.5, 18.5] as Vector,
};

const WINDOW_AREA = length(WINDOW.width) * length(WINDOW.height);
const WALL_DISTANCE = 4.5;
const BOUNCES = 2;
const EPSILON = 1e-4;

/** The still life, ready to be developed. */
export function photographStillLife(scene: StillLife, samples: number): Photograph {
  return {
    camera: scene.camera,
    radiance: (ray, random) => follow(scene, ray, random, BOUNCES),
    exposure: 0.95,
    samples,
    seed: scene.seed,
  };
}

/** Path tracing with one sample of the window at each surface. */
function follow(
  scene: StillLife,
  ray: Ray,
  random: () => number,
  bounces: number,
): ReturnType<Radiance> {
  const hit = nearest(scene, ray);
  if (hit === undefined) return windowOrRoom(ray);
  const facing = -dot(ray.direction, hit.normal);
  const fresnel = hit.gloss + (1 - hit.gloss) * (1 - clamp(facing)) ** 5;
  if (bounces > 0 && random() < fresnel) {
    const mirrored = reflect(ray.direction, hit.normal);
    const direction = normalize(add(mirrored, scale(onSphere(random), hit.roughness)));
    if (dot(direction, hit.normal) <= 0) return [0, 0, 0];
    const mirroredLight = follow(scene, leave(hit, direction), random, bounces - 1);
    return bounces === BOUNCES ? mirroredLight : dimmed(mirroredLight);
  }
  const direct = windowLight(scene, hit, random);
  const bounced =
    bounces > 0
      ? follow(scene, leave(hit, cosineDirection(hit.normal, random)), random, bounces - 1)
      : ROOM;
  return multiply(hit.albedo, add(direct, dimmed(bounced)));
}

/**
 * The window is sampled at each diffuse surface, so a bounce that finds it must not count it again;
 * and a highlight seen in a surface would speckle the picture.
 */
function dimmed(light: Vector): Vector {
  return light[0] + light[1] + light[2] > 2 ? ROOM : light;
}

/** Light of the room's unseen walls. */
const ROOM: Vector = [0.32, 0.3, 0.28];

function leave(hit: Hit, direction: Vector): Ray {
  return { origin: add(hit.point, scale(hit.normal, EPSILON)), direction };
}

function windowOrRoom({ origin, direction }: Ray): Vector {
  const towards = dot(direction, WINDOW.normal);
  if (towards >= 0) return ROOM;
  const t = dot(subtract(WINDOW.corner, origin), WINDOW.normal) / towards;
  const across = subtract(add(origin, scale(direction, t)), WINDOW.corner);
  const u = across[2] / WINDOW.width[2];
  const v = across[1] / WINDOW.height[1];
  if (t < 0 || u < 0 || u > 1 || v < 0 || v > 1) return ROOM;
  const frame = Math.abs(u - 0.5) < 0.025 || Math.abs(v - 0.55) < 0.025;
  return frame ? ROOM : WINDOW.light;
}

function windowLight(scene: StillLife, hit: Hit, random: () => number): Vector {
  const target = add(
    WINDOW.corner,
    add(scale(WINDOW.width, random()), scale(WINDOW.height, random())),
  );
  const path = subtract(target, hit.point);
  const distance = length(path);
  const direction = scale(path, 1 / distance);
  const cosineHere = dot(direction, hit.normal);
  const cosineThere = -dot(direction, WINDOW.normal);
  if (cosineHere <= 0 || cosineThere <= 0) return [0, 0, 0];
  const shadowRay = leave(hit, direction);
  const blocked = scene.fruits.some(
    (fruit) =>
      fruitDistance(fruit, shadowRay) < distance || stemHit(fruit, shadowRay) !== undefined,
  );
  if (blocked) return [0, 0, 0];
  const form = (cosineHere * cosineThere * WINDOW_AREA) / (Math.PI * distance * distance);
  return scale(WINDOW.light, form);
}

function nearest(scene: StillLife, ray: Ray): Hit | undefined {
  let best = Number.POSITIVE_INFINITY;
  let fruit: Fruit | undefined;
  let stem: Hit | undefined;
  for (const candidate of scene.fruits) {
    const distance = fruitDistance(candidate, ray);
    if (distance < best) {
      best = distance;
      fruit = candidate;
      stem = undefined;
    }
    const candidateStem = stemHit(candidate, ray);
    if (candidateStem !== undefined && candidateStem.distance < best) {
      best = candidateStem.distance;
      stem = candidateStem;
    }
  }
  if (stem !== undefined) return stem;
  if (fruit !== undefined) return fruitHit(fruit, ray, best);
  return roomHit(scene, ray);
}

/** Distance to an ellipsoid, which is a sphere in a space that is stretched along y. */
function fruitDistance({ kind, centre, radius }: Fruit, { origin, direction }: Ray): number {
  const stretch = 1 / SQUASH[kind];
  const ox = origin[0] - centre[0];
  const oy = (origin[1] - centre[1]) * stretch;
  const oz = origin[2] - centre[2];
  const dy = direction[1] * stretch;
  const a = direction[0] * direction[0] + dy * dy + direction[2] * direction[2];
  const b = ox * direction[0] + oy * dy + oz * direction[2];
  const c = ox * ox + oy * oy + oz * oz - radius * radius;
  const discriminant = b * b - a * c;
  if (discriminant < 0) return Number.POSITIVE_INFINITY;
  const t = (-b - Math.sqrt(discriminant)) / a;
  return t > EPSILON ? t : Number.POSITIVE_INFINITY;
}

function fruitHit(fruit: Fruit, ray: Ray, distance: number): Hit {
  const point = add(ray.origin, scale(ray.direction, distance));
  const local = scale(subtract(point, fruit.centre), 1 / fruit.radius);
  const stretch = 1 / SQUASH[fruit.kind];
  const smooth = normalize([local[0], local[1] * stretch * stretch, local[2]]);
  return { distance, point, ...skin(fruit, local, smooth) };
}

/** Colour and relief of a fruit at a point of its unit ellipsoid. */
function skin(fruit: Fruit, local: Vector, normal: Vector): Omit<Hit, 'distance' | 'point'> {
  const shifted = add(local, [fruit.seed, 0, fruit.seed * 0.7]);
  switch (fruit.kind) {
    case 'apple': {
      const streaks = fractalNoise([shifted[0] * 9, shifted[1] * 1.2, shifted[2] * 9], 4);
      const blush = smoothstep(0.3, 0.75, streaks + 0.22 * local[1] + 0.3 * local[0] + 0.14);
      const dots = smoothstep(0.78, 0.84, noise(scale(shifted, 24)));
      const base = mix([0.55, 0.5, 0.08], [0.5, 0.025, 0.02], blush);
      const dimple = smoothstep(0.93, 1.0, local[1] / SQUASH.apple);
      const spotted = mix(base, [0.6, 0.45, 0.2], dots * 0.35);
      return {
        normal: bump(normal, shifted, 3, 0.02),
        albedo: mix(spotted, [0.16, 0.1, 0.03], dimple * 0.9),
        gloss: 0.05,
        roughness: 0.06,
      };
    }
    case 'orange':
      return {
        normal: bump(normal, shifted, 26, 0.16),
        albedo: mix([0.8, 0.24, 0.015], [0.85, 0.36, 0.03], fractalNoise(scale(shifted, 4), 3)),
        gloss: 0.045,
        roughness: 0.2,
      };
    case 'lemon':
      return {
        normal: bump(normal, shifted, 18, 0.13),
        albedo: mix([0.82, 0.6, 0.05], [0.7, 0.62, 0.08], fractalNoise(scale(shifted, 3), 3)),
        gloss: 0.045,
        roughness: 0.16,
      };
  }
}

/** Tilts a normal by the slope of a noise field. */
function bump(normal: Vector, at: Vector, frequency: number, strength: number): Vector {
  const field = (offset: Vector): number => noise(scale(add(at, offset), frequency));
  const step = 0.3 / frequency;
  const here = field([0, 0, 0]);
  const slope: Vector = [
    field([step, 0, 0]) - here,
    field([0, step, 0]) - here,
    field([0, 0, step]) - here,
  ];
  return normalize(subtract(normal, scale(slope, (strength * 0.3) / step / frequency / 0.09)));
}

/** Half the height of a stem, and the radius of a ball around its middle in which all of it lies. */
const HALF_STEM = 0.1;
const STEM_REACH = 0.15;

/** Apples have stems: short rods that lean a little. Nearly all rays pass them at a distance. */
function stemHit(fruit: Fruit, ray: Ray): Hit | undefined {
  if (fruit.kind !== 'apple') return undefined;
  const height = fruit.radius * SQUASH.apple * 0.95;
  if (squaredDistance(ray, fruit.centre, height + HALF_STEM) > STEM_REACH ** 2) return undefined;
  const top = add(fruit.centre, [0, height, 0]);
  const lean = Math.sin(fruit.seed * 5) * 0.06;
  const found = rodHit(ray, top, add(top, [lean, 2 * HALF_STEM, 0.04]), 0.018);
  return found && { ...found, albedo: [0.12, 0.075, 0.035], gloss: 0.02, roughness: 0.5 };
}

/** Of the line of a ray from a point `above` another. */
function squaredDistance({ origin, direction }: Ray, [x, y, z]: Vector, above: number): number {
  const dx = x - origin[0];
  const dy = y + above - origin[1];
  const dz = z - origin[2];
  const along = dx * direction[0] + dy * direction[1] + dz * direction[2];
  return dx * dx + dy * dy + dz * dz - along * along;
}

/** A cylinder without ends. */
function rodHit(
  { origin, direction }: Ray,
  from: Vector,
  to: Vector,
  radius: number,
): Pick<Hit, 'distance' | 'point' | 'normal'> | undefined {
  const axis = subtract(to, from);
  const start = subtract(origin, from);
  const axisAxis = dot(axis, axis);
  const axisDirection = dot(axis, direction);
  const axisStart = dot(axis, start);
  const a = axisAxis - axisDirection * axisDirection;
  const b = axisAxis * dot(direction, start) - axisStart * axisDirection;
  const c = axisAxis * dot(start, start) - axisStart * axisStart - radius * radius * axisAxis;
  const discriminant = b * b - a * c;
  if (discriminant < 0) return undefined;
  const distance = (-b - Math.sqrt(discriminant)) / a;
  const along = (axisStart + distance * axisDirection) / axisAxis;
  if (distance <= EPSILON || along < 0 || along > 1) return undefined;
  const point = add(origin, scale(direction, distance));
  const normal = normalize(subtract(point, add(from, scale(axis, along))));
  return { distance, point, normal };
}

/** The table (y = 0) and the wall behind it. */
function roomHit(scene: StillLife, { origin, direction }: Ray): Hit | undefined {
  const toTable = direction[1] < 0 ? -origin[1] / direction[1] : Number.POSITIVE_INFINITY;
  const toWall =
    direction[2] > 0 ? (WALL_DISTANCE - origin[2]) / direction[2] : Number.POSITIVE_INFINITY;
  const distance = Math.min(toTable, toWall);
  if (!Number.isFinite(distance)) return undefined;
  const point = add(origin, scale(direction, distance));
  if (toTable <= toWall) return { distance, point, ...wood(point) };
  const stain = fractalNoise(scale(point, 0.8), 4);
  const albedo = scale(scene.wall, 0.75 + 0.5 * stain);
  return { distance, point, normal: [0, 0, -1], albedo, gloss: 0, roughness: 1 };
}

/** Planks with annual rings, knots left out. */
function wood(point: Vector): Omit<Hit, 'distance' | 'point'> {
  const plank = Math.floor(point[2] / 0.62);
  const seam = Math.abs(point[2] / 0.62 - plank - 0.5) > 0.488 ? 0.35 : 1;
  const along: Vector = [point[0] * 0.35 + plank * 7.3, plank * 3.1, point[2] * 2.2];
  const warp = fractalNoise(along, 3);
  const rings = 0.5 + 0.5 * Math.sin((point[2] * 9 + warp * 14 + plank * 2) * 3);
  const fibres = noise([point[0] * 6, plank, point[2] * 130]);
  const tone = mix(
    [0.17, 0.085, 0.038],
    [0.36, 0.2, 0.095],
    0.25 + 0.5 * rings * warp + 0.3 * fibres,
  );
  return {
    normal: normalize([0, 1, (fibres - 0.5) * 0.05]),
    albedo: scale(tone, seam * (0.85 + 0.3 * noise([plank * 5.7, 0.5, 0.5]))),
    gloss: 0.03,
    roughness: 0.22,
  };
}

function onSphere(random: () => number): Vector {
  const z = 2 * random() - 1;
  const angle = 2 * Math.PI * random();
  const radius = Math.sqrt(1 - z * z);
  return [radius * Math.cos(angle), radius * Math.sin(angle), z];
}

/** A direction around a normal, likelier the closer to it (Lambert's law). */
function cosineDirection(normal: Vector, random: () => number): Vector {
  const direction = add(normal, scale(onSphere(random), 0.999));
  return normalize(direction);
}
