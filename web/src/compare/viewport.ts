import type { Rectangle } from 'image-likeness';
import type { Affine, Point, Size } from './geometry.ts';

/** Which part of the table a pane shows: a point of it is drawn at `scale` × point + (x, y). */
export interface Viewport {
  /** CSS pixels for a unit of the table. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** CSS pixels around what a pane shows whole. */
const MARGIN = 8;

/** The largest number of CSS pixels for a unit of the table. */
const LARGEST_SCALE = 32;

/** How much of its surroundings is shown with a place, as a multiple of its own sides. */
const SURROUNDINGS = 3;

/** All of a rectangle, as large as it can be. */
export function fit(whole: Rectangle, pane: Size): Viewport {
  const room = (side: number): number => Math.max(1, side - 2 * MARGIN);
  const scale = Math.min(room(pane.width) / whole.width, room(pane.height) / whole.height);
  return centre(whole, pane, scale);
}

/** A place and what is around it. */
export function fitPlace(place: Rectangle, whole: Rectangle, pane: Size): Viewport {
  const scale = Math.min(
    pane.width / (SURROUNDINGS * place.width),
    pane.height / (SURROUNDINGS * place.height),
  );
  const least = fit(whole, pane).scale;
  return hold(
    centre(place, pane, Math.min(LARGEST_SCALE / 4, Math.max(least, scale))),
    whole,
    pane,
  );
}

/** Larger or smaller by a factor, around a point of the pane that stays where it is. */
export function zoom(
  viewport: Viewport,
  factor: number,
  at: Point,
  whole: Rectangle,
  pane: Size,
): Viewport {
  const least = fit(whole, pane).scale;
  const most = Math.max(LARGEST_SCALE, least);
  const scale = Math.min(most, Math.max(least, viewport.scale * factor));
  const ratio = scale / viewport.scale;
  return hold(
    { scale, x: at.x - (at.x - viewport.x) * ratio, y: at.y - (at.y - viewport.y) * ratio },
    whole,
    pane,
  );
}

export function pan(viewport: Viewport, by: Point, whole: Rectangle, pane: Size): Viewport {
  return hold({ ...viewport, x: viewport.x + by.x, y: viewport.y + by.y }, whole, pane);
}

/** Keeps the table in sight: in the middle where it is smaller than the pane, else without a gap. */
export function hold(viewport: Viewport, whole: Rectangle, pane: Size): Viewport {
  const { scale } = viewport;
  const along = (offset: number, start: number, length: number, room: number): number => {
    const [from, to] = [-start * scale, room - (start + length) * scale];
    if (to >= from - 2 * MARGIN) return (from + to) / 2;
    return Math.min(from + MARGIN, Math.max(to - MARGIN, offset));
  };
  return {
    scale,
    x: along(viewport.x, whole.x, whole.width, pane.width),
    y: along(viewport.y, whole.y, whole.height, pane.height),
  };
}

/** Whether a pane shows everything. */
export function showsAll({ scale }: Viewport, whole: Rectangle, pane: Size): boolean {
  return scale <= fit(whole, pane).scale * 1.001;
}

/** From the table to the pane. */
export function matrixOf({ scale, x, y }: Viewport): Affine {
  return [scale, 0, 0, scale, x, y];
}

/** The point of the table at a point of the pane. */
export function tablePoint({ scale, x, y }: Viewport, point: Point): Point {
  return { x: (point.x - x) / scale, y: (point.y - y) / scale };
}

/** On the way from one to another; `part` from 0 to 1. */
export function between(from: Viewport, to: Viewport, part: number): Viewport {
  const scale = from.scale * (to.scale / from.scale) ** part;
  // What lies still while the scale changes moves in a straight line on the pane.
  const share = from.scale === to.scale ? part : (scale - from.scale) / (to.scale - from.scale);
  return {
    scale,
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share,
  };
}

function centre({ x, y, width, height }: Rectangle, pane: Size, scale: number): Viewport {
  return {
    scale,
    x: pane.width / 2 - (x + width / 2) * scale,
    y: pane.height / 2 - (y + height / 2) * scale,
  };
}
