import type { ExplainedComparison, Grid, MatchMap } from 'image-likeness';

/** How much of what it could give a cell gives to the likeness, in words. */
export type Amount = 'most' | 'some' | 'little' | 'none';

/** One of two pictures' part of a map. */
export interface MapSide {
  readonly grid: Grid;
  /** For each cell, row by row, how much of it makes the two alike, 0 to 1: on the scale of scores. */
  readonly shares: readonly number[];
}

/** Where the likeness of two pictures comes from, on one scale for all pairs. */
export interface LikenessMap {
  readonly sides: readonly [a: MapSide, b: MapSide];
  /** The cells of the other picture that fit one best, best first; none where nothing of it does. */
  partnersOf(side: 0 | 1, cell: number): readonly number[];
}

/** What is known of a pair that a map is made of. */
export type Explained = Pick<ExplainedComparison, 'score' | 'matchMap'>;

/** A cell that gives its own picture less than this share of an even part is hardly heeded by the model. */
const HEEDED_FROM = 0.2;

const PARTNERS = 3;

const BOUNDS = { most: 0.6, some: 0.3, little: 0.1 };

/**
 * Puts a map on the scale of scores. A cell is measured by what it gives to the likeness of its picture with
 * itself: that is its own cosine with the other picture. The curve that makes the pair's score of the pair's cosine
 * makes the cell's share of the cell's. So equal pictures are bright, strangers dark, and a map never says otherwise
 * than the score. Cells that the model hardly heeds, such as plain sky, have no say: they show the pair's score.
 * @param own the maps of each picture with itself
 */
export function likenessMap(
  { score, matchMap: map }: Explained,
  own: readonly [a: MatchMap, b: MatchMap],
): LikenessMap {
  const pair = score / 100;
  const toShare = shareCurve(map.cosine, pair);
  const sides = [
    side(map.grid.a, map.a, own[0].a, toShare, pair),
    side(map.grid.b, map.b, own[1].b, toShare, pair),
  ] as const;
  const lengths = [lengthsOf(own[0]), lengthsOf(own[1])] as const;
  return {
    sides,
    partnersOf(from, cell) {
      if (amountOf(sides[from].shares[cell] ?? 0) === 'none') return [];
      const columns = map.b.length;
      const fits = lengths[from === 0 ? 1 : 0].map((length, other) => {
        const term = map.terms[from === 0 ? cell * columns + other : other * columns + cell] ?? 0;
        return { other, cosine: term / length };
      });
      return fits
        .sort((one, two) => two.cosine - one.cosine)
        .slice(0, PARTNERS)
        .map(({ other }) => other);
    },
  };
}

/**
 * Of each cell's part in its picture's embedding: a term divided by both cells' is the cosine of the two. So what
 * the model heeds most doesn't fit everything best.
 */
function lengthsOf(own: MatchMap): number[] {
  return Array.from(own.a, (_, cell) =>
    Math.sqrt(Math.max(Number.EPSILON, own.terms[cell * own.b.length + cell] ?? 0)),
  );
}

/** Straight from (0, 0) to the pair's own cosine and score, and from there to (1, 1). */
function shareCurve(cosine: number, score: number): (cosine: number) => number {
  const bend = Math.min(0.999, Math.max(0.001, cosine));
  return (value) => {
    const share =
      value <= bend ? (score * value) / bend : score + ((1 - score) * (value - bend)) / (1 - bend);
    return Math.min(1, Math.max(0, share));
  };
}

function side(
  grid: Grid,
  given: ArrayLike<number>,
  own: ArrayLike<number>,
  toShare: (cosine: number) => number,
  pair: number,
): MapSide {
  const even = 1 / given.length;
  const shares = Array.from(given, (value, cell) => {
    const weight = own[cell] ?? 0;
    if (weight <= 0) return pair;
    const heeded = Math.min(1, weight / (HEEDED_FROM * even));
    return heeded * toShare(value / weight) + (1 - heeded) * pair;
  });
  return { grid, shares };
}

/** A share in words. */
export function amountOf(share: number): Amount {
  if (share >= BOUNDS.most) return 'most';
  if (share >= BOUNDS.some) return 'some';
  return share >= BOUNDS.little ? 'little' : 'none';
}

/** The value between the cells, for drawing: `width` × `height` values, row by row. */
export function smooth({ grid, shares }: MapSide, width: number, height: number): Float32Array {
  const values = new Float32Array(width * height);
  const at = (column: number, row: number): number => {
    const x = Math.min(grid.columns - 1, Math.max(0, column));
    const y = Math.min(grid.rows - 1, Math.max(0, row));
    return shares[y * grid.columns + x] ?? 0;
  };
  for (let y = 0; y < height; y += 1) {
    const v = ((y + 0.5) * grid.rows) / height - 0.5;
    const row = Math.floor(v);
    for (let x = 0; x < width; x += 1) {
      const u = ((x + 0.5) * grid.columns) / width - 0.5;
      const column = Math.floor(u);
      const [right, down] = [u - column, v - row];
      const upper = at(column, row) * (1 - right) + at(column + 1, row) * right;
      const lower = at(column, row + 1) * (1 - right) + at(column + 1, row + 1) * right;
      values[y * width + x] = upper * (1 - down) + lower * down;
    }
  }
  return values;
}
