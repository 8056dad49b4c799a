/**
 * `npm run bench -- --nearest`: the nearest of 100,000 embeddings in Node, against a plain loop over
 * the same floats; and the cosines of all pairs of 10,000, against what the machine can multiply and add
 * at most. Exit code 1 when results differ or the index isn't FASTER times as fast.
 */
import { buildAll } from '../lib/build.mjs';
import { ensurePrerequisites } from '../lib/prerequisites.mjs';
import { StepError } from '../lib/process.mjs';
import { randomFractions } from '../lib/random.mjs';
import { measurePeak } from './peak.mjs';
import { summaryOf } from './statistics.mjs';

const COUNT = 100_000;
const PAIRED = 10_000;
const DIMENSION = 1280;
const K = 10;
const QUERIES = 20;
const PLAIN_QUERIES = 5;
const CLASSES = 500;
const MODEL = 'generated@1';

/** What the index promises over the plain loop. */
const FASTER = 4;

/** Builds the package and measures both kinds of data. */
export async function benchNearest() {
  await ensurePrerequisites('build');
  await buildAll();
  const { createLikeness } = await import('image-likeness');
  const likeness = await createLikeness();
  for (const [name, fill] of Object.entries(DATA)) {
    const matrix = new Float32Array(COUNT * DIMENSION);
    fill(matrix);
    await measure(likeness, name, matrix);
  }
  await measurePairs(likeness);
  await likeness.dispose();
}

/** @type {Readonly<Record<string, (matrix: Float32Array) => void>>} */
const DATA = {
  'strangers (independent values)': (matrix) => {
    const random = randomFractions(1);
    for (let i = 0; i < matrix.length; i += 1) matrix[i] = random();
  },
  [`${CLASSES} classes (non-negative features around a centre each)`]: (matrix) => {
    const random = randomFractions(2);
    const centres = Float32Array.from({ length: CLASSES * DIMENSION }, () => 2 * random() ** 4);
    for (let row = 0; row < COUNT; row += 1) {
      const centre = Math.floor(random() * CLASSES) * DIMENSION;
      for (let i = 0; i < DIMENSION; i += 1) {
        matrix[row * DIMENSION + i] = (centres[centre + i] ?? 0) * (0.5 + random()) + random() / 4;
      }
    }
  },
};

/**
 * @param {import('image-likeness').Likeness} likeness
 * @param {string} name
 * @param {Float32Array} matrix
 */
async function measure(likeness, name, matrix) {
  const rows = Array.from({ length: COUNT }, (_, row) => embedding(matrix, row));
  const start = performance.now();
  const index = await likeness.createIndex(rows);
  const filled = performance.now() - start;
  const squares = Float64Array.from(rows, ({ vector }) => dot(vector, vector));
  const queries = Array.from({ length: QUERIES }, (_, query) => disturbed(matrix, query));

  const indexTimes = [];
  const plainTimes = [];
  for (const [number, query] of queries.entries()) {
    const begun = performance.now();
    const found = await index.nearest(query, K);
    indexTimes.push(performance.now() - begun);
    if (number >= PLAIN_QUERIES) continue;
    const plainBegun = performance.now();
    const expected = plainNearest(matrix, squares, query.vector);
    plainTimes.push(performance.now() - plainBegun);
    if (!agree(found, expected)) {
      throw new StepError('The index and the plain loop disagree.', 'find out why: one is wrong.');
    }
  }
  const { median: fast } = summaryOf(indexTimes);
  const { median: plain } = summaryOf(plainTimes);
  const bytes = await index.bytes();
  await index.dispose();
  process.stdout.write(
    `${COUNT} × ${DIMENSION}, ${name}\n` +
      `  filled in ${(filled / 1000).toFixed(1)} s, ${(bytes / 2 ** 20).toFixed(0)} MiB\n` +
      `  nearest ${K}: ${fast.toFixed(1)} ms a query (median of ${QUERIES})\n` +
      `  plain loop: ${plain.toFixed(1)} ms a query (median of ${PLAIN_QUERIES}), ` +
      `${(plain / fast).toFixed(1)} times as long; the same answers\n`,
  );
  if (plain / fast < FASTER) process.exitCode = 1;
}

/**
 * All pairs of PAIRED embeddings, the peak measured before and after.
 * @param {import('image-likeness').Likeness} likeness
 */
async function measurePairs(likeness) {
  const random = randomFractions(3);
  const matrix = Float32Array.from({ length: PAIRED * DIMENSION }, () => random());
  const index = await likeness.createIndex(
    Array.from({ length: PAIRED }, (_, row) => embedding(matrix, row)),
  );
  const before = await measurePeak();
  const start = performance.now();
  const { length } = await index.pairwise();
  const seconds = (performance.now() - start) / 1000;
  const peak = (before + (await measurePeak())) / 2;
  await index.dispose();
  const rate = (length * DIMENSION) / seconds;
  const giga = (/** @type {number} */ perSecond) => (perSecond / 1e9).toFixed(1);
  process.stdout.write(
    `${PAIRED} × ${DIMENSION}, the cosines of all ${length} pairs: ${seconds.toFixed(1)} s\n` +
      `  ${giga(rate)} GMAC/s, ${((100 * rate) / peak).toFixed(0)} % of the ${giga(peak)} GMAC/s that ` +
      'vectors of two doubles reach on one thread here without touching memory\n',
  );
}

/**
 * What one would write without the package: lengths known beforehand, one pass, the best kept sorted.
 * @param {Float32Array} matrix
 * @param {Float64Array} squares
 * @param {Float32Array} query
 */
function plainNearest(matrix, squares, query) {
  /** @type {{ index: number, cosine: number }[]} */
  const best = [];
  const square = dot(query, query);
  for (let row = 0; row < COUNT; row += 1) {
    let product = 0;
    const start = row * DIMENSION;
    for (let i = 0; i < DIMENSION; i += 1) {
      product += /** @type {number} */ (matrix[start + i]) * /** @type {number} */ (query[i]);
    }
    const cosine = product / Math.sqrt(square * (squares[row] ?? 0));
    const worst = best[K - 1];
    if (worst !== undefined && cosine <= worst.cosine) continue;
    const place = best.findIndex((other) => cosine > other.cosine);
    best.splice(place < 0 ? best.length : place, 0, { index: row, cosine });
    best.length = Math.min(best.length, K);
  }
  return best;
}

/**
 * The loop adds in another order, so its last digits differ.
 * @param {readonly { index: number, cosine: number }[]} found
 * @param {readonly { index: number, cosine: number }[]} expected
 */
function agree(found, expected) {
  return (
    found.length === expected.length &&
    found.every(
      ({ index, cosine }, place) =>
        index === expected[place]?.index && Math.abs(cosine - expected[place].cosine) < 1e-12,
    )
  );
}

/**
 * @param {Float32Array} matrix
 * @param {number} row
 */
function embedding(matrix, row) {
  const vector = matrix.subarray(row * DIMENSION, (row + 1) * DIMENSION);
  return { model: MODEL, dimension: DIMENSION, vector };
}

/**
 * A query that is like some row, but not the same.
 * @param {Float32Array} matrix
 * @param {number} query
 */
function disturbed(matrix, query) {
  const random = randomFractions(100 + query);
  const { vector, ...rest } = embedding(matrix, Math.floor(random() * COUNT));
  return { ...rest, vector: vector.map((value) => Math.max(0, value + (random() - 0.5) / 2)) };
}

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
