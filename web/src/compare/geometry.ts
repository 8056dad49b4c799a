import type { Rectangle, Registration } from 'image-likeness';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** (x, y) becomes (a x + c y + e, b x + d y + f), as in CSS's `matrix()`. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** From pixels of the first picture to those of the second. */
export function affineOf({
  matrix: [a = 1, c = 0, e = 0, b = 0, d = 1, f = 0],
}: Registration): Affine {
  return [a, b, c, d, e, f];
}

/** First `inner`, then `outer`. */
export function multiply(outer: Affine, inner: Affine): Affine {
  const [a, b, c, d, e, f] = outer;
  const [g, h, i, j, k, l] = inner;
  return [
    a * g + c * h,
    b * g + d * h,
    a * i + c * j,
    b * i + d * j,
    a * k + c * l + e,
    b * k + d * l + f,
  ];
}

export function invert([a, b, c, d, e, f]: Affine): Affine {
  const area = a * d - b * c;
  return [d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area];
}

export function apply([a, b, c, d, e, f]: Affine, { x, y }: Point): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

/** The smallest upright rectangle around what becomes of a rectangle. */
export function boundsOf(affine: Affine, { x, y, width, height }: Rectangle): Rectangle {
  const corners = [x, x + width].flatMap((left) =>
    [y, y + height].map((top) => apply(affine, { x: left, y: top })),
  );
  return around(corners);
}

function around(points: readonly Point[]): Rectangle {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function union(first: Rectangle, second: Rectangle): Rectangle {
  const right = Math.max(first.x + first.width, second.x + second.width);
  const bottom = Math.max(first.y + first.height, second.y + second.height);
  const [x, y] = [Math.min(first.x, second.x), Math.min(first.y, second.y)];
  return { x, y, width: right - x, height: bottom - y };
}

/** Where two pictures lie on a common table. */
export interface Layout {
  /** From pixels of each picture to the table. */
  readonly places: readonly [a: Affine, b: Affine];
  /** What of the table there is to see. */
  readonly whole: Rectangle;
  /** Where both pictures lie. */
  readonly shared: Rectangle;
}

const AS_IT_IS: Affine = [1, 0, 0, 1, 0, 0];

/**
 * Lays the second picture over the first. Where it is known how they lie over each other they do, and a unit of
 * the table is a pixel of the first. Else each is whole, in the middle of a frame halfway between their shapes.
 */
export function layOut(
  sizes: readonly [a: Size, b: Size],
  registration: Registration | undefined,
): Layout {
  const rectangles = sizes.map((size) => ({ x: 0, y: 0, ...size }));
  const [a, b] = rectangles;
  if (a === undefined || b === undefined) throw new Error('two sizes are needed');
  if (registration !== undefined) {
    const back = invert(affineOf(registration));
    return {
      places: [AS_IT_IS, back],
      whole: union(a, boundsOf(back, b)),
      shared: registration.overlap.a,
    };
  }
  const aspect = Math.sqrt((a.width / a.height) * (b.width / b.height));
  const area = a.width * a.height;
  const frame = { x: 0, y: 0, width: Math.sqrt(area * aspect), height: Math.sqrt(area / aspect) };
  const within = ({ width, height }: Size): Affine => {
    const scale = Math.min(frame.width / width, frame.height / height);
    return [
      scale,
      0,
      0,
      scale,
      (frame.width - width * scale) / 2,
      (frame.height - height * scale) / 2,
    ];
  };
  return { places: [within(a), within(b)], whole: frame, shared: frame };
}
