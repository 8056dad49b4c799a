/** The embedding that a model's cosines may be centred on. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rooted } from './files.mjs';
import { StepError, say } from './process.mjs';

/** Decimals that are kept: numbers of a vector of length 1 are about 0.03. */
const DECIMALS = 5;

/**
 * The model's mean embedding in its own view.
 * @param {string} model
 */
export async function meanEmbedding(model) {
  const { createLikeness } = await import(rooted('dist/package/index.js'));
  const likeness = await createLikeness({ model });
  /** @type {import('../../dist/package/types.js').Embedding[]} */
  const embeddings = await embedPhotographs((file) => likeness.embed(file));
  await likeness.dispose();
  return meanOf(embeddings.map(({ vector }) => vector));
}

/**
 * What is made of a thousand photographs, one of each ImageNet class: none of them is in a calibration pair.
 * @template T
 * @param {(file: Buffer) => Promise<T>} embed
 * @returns {Promise<T[]>}
 */
export async function embedPhotographs(embed) {
  const paths = photographs();
  say(`embedding ${paths.length} photographs`);
  const embedded = [];
  for (const path of paths) embedded.push(await embed(await readFile(path)));
  return embedded;
}

/**
 * Mean of vectors, each of them brought to length 1.
 * @param {readonly Float32Array[]} vectors
 * @returns {number[]}
 */
export function meanOf(vectors) {
  /** @type {number[]} */
  const sum = [];
  for (const vector of vectors) {
    const length = Math.hypot(...vector);
    for (const [i, x] of vector.entries()) sum[i] = (sum[i] ?? 0) + x / length;
  }
  return sum.map((x) => Number((x / vectors.length).toFixed(DECIMALS)));
}

/** Sorted, so that the sum is the same again. */
function photographs() {
  const folder = join(process.env['LIKENESS_REFERENCE_DIR'] ?? '', 'images/imagenet-sample');
  if (!existsSync(folder)) {
    throw new StepError(
      `There are no photographs to take the mean of in ${folder}.`,
      'set LIKENESS_REFERENCE_DIR to a directory with images/imagenet-sample/.',
    );
  }
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.jpe?g$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}
