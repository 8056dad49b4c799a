/** What is seen of a plane on which places lie between 0 and 1. It knows no document. */

export interface Plane {
  /** What is in the middle. */
  readonly x: number;
  readonly y: number;
  /** Times as large as when all is seen. */
  readonly zoom: number;
}

export const WHOLE: Plane = { x: 0.5, y: 0.5, zoom: 1 };

const LARGEST = 64;

/** Share of the side that is left free around all places. */
const MARGIN = 0.1;

/** Pixels for the length of 1. */
export function scaleOf({ zoom }: Plane, side: number): number {
  return zoom * side * (1 - 2 * MARGIN);
}

/** Moved by pixels; what is in the middle stays a place. */
export function pan(plane: Plane, side: number, byX: number, byY: number): Plane {
  const scale = scaleOf(plane, side);
  const within = (value: number): number => Math.min(1, Math.max(0, value));
  return { ...plane, x: within(plane.x - byX / scale), y: within(plane.y - byY / scale) };
}

/** Enlarged around a point, in pixels from the middle, that stays where it is. */
export function zoomAt(plane: Plane, side: number, factor: number, atX = 0, atY = 0): Plane {
  const zoom = Math.min(LARGEST, Math.max(1, plane.zoom * factor));
  if (zoom === 1) return WHOLE;
  const moved = 1 / scaleOf(plane, side) - 1 / scaleOf({ ...plane, zoom }, side);
  return { x: plane.x + atX * moved, y: plane.y + atY * moved, zoom };
}

/** Places of which the distance to the next one is looked at. */
const SAMPLE = 200;

/** How far it is from a place to the one next to it: the median of some of them; 1 where there are fewer than two. */
export function spacingOf(places: Float32Array): number {
  const count = places.length / 2;
  const step = Math.max(1, Math.floor(count / SAMPLE));
  const distances: number[] = [];
  for (let number = 0; number < count; number += step) {
    let least = Number.POSITIVE_INFINITY;
    for (let other = 0; other < count; other += 1) {
      if (other !== number) least = Math.min(least, distance(places, number, other));
    }
    distances.push(least);
  }
  const median = distances.sort((x, y) => x - y)[distances.length >> 1] ?? 1;
  return Number.isFinite(median) ? median : 1;
}

function distance(places: Float32Array, one: number, other: number): number {
  const along = (at: 0 | 1): number => (places[one * 2 + at] ?? 0) - (places[other * 2 + at] ?? 0);
  return Math.hypot(along(0), along(1));
}

/** The place that is nearest to a point; −1 where there are none. */
export function nearest(places: Float32Array, x: number, y: number): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let number = 0; number < places.length / 2; number += 1) {
    const away = Math.hypot((places[number * 2] ?? 0) - x, (places[number * 2 + 1] ?? 0) - y);
    if (away < least) [best, least] = [number, away];
  }
  return best;
}
