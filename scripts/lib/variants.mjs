/**
 * Other cosines than the one that a model's scores are made of: of either view, centred on a mean
 * embedding, averaged with the mirror image's.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  CALIBRATION_DIRECTORY,
  CALIBRATION_PAIRS,
  ensureCalibrationPairs,
} from './calibration.mjs';
import { readCsv } from './csv.mjs';
import { rooted } from './files.mjs';
import { meanEmbedding } from './mean-embedding.mjs';
import { say } from './process.mjs';

/** EXIF orientation of mirror images. */
const MIRRORED = 2;

/** What of a picture a model can be shown. */
export const VIEWS = /** @type {const} */ (['whole', 'centre']);

/** Names of the variants, in the order of variantsOf(); the mirror image's, which takes twice as long, is last. */
const NAMES = ['plain cosine', 'centred', 'with mirror image'];

/** @typedef {import('../../dist/package/types.js').View} View */
/** @typedef {{ a: string, b: string, label: string, fold: string }} Pair */
/** @typedef {{ upright: Float32Array, mirrored: Float32Array | undefined }} Vectors */
/** @typedef {Float64Array} Vector */
/** @typedef {(vectors: Vectors) => Vector} Variant */

/**
 * @typedef {object} VariantAucs ROC AUC of similar against different pairs
 * @property {readonly string[]} names of the variants
 * @property {readonly string[]} folds
 * @property {readonly (readonly number[])[]} aucs a row a fold, a column a variant
 */

/**
 * Embeds the calibration pairs of one class and of two, and tells them apart by each variant's cosine.
 * @param {string} model
 * @param {View} view
 * @param {{ mirror: boolean }} options whether the variant with the mirror image is tried
 * @returns {Promise<VariantAucs>}
 */
export async function measureVariants(model, view, { mirror }) {
  await ensureCalibrationPairs();
  const { rocAuc } = await import(rooted('dist/package/cli/statistics.js'));
  /** @type {Pair[]} */
  const all = await readCsv(CALIBRATION_PAIRS);
  const pairs = all.filter(({ label }) => label === 'similar' || label === 'different');
  const paths = new Set(pairs.flatMap(({ a, b }) => [a, b]));
  say(`embedding ${paths.size} images${mirror ? ' and their mirror images' : ''}, view ${view}`);
  const vectors = await embedAll(model, view, paths, mirror);
  const names = mirror ? NAMES : NAMES.slice(0, -1);
  const variants = variantsOf(await meanEmbedding(model, view)).slice(0, names.length);
  const folds = [...new Set(pairs.map(({ fold }) => fold))].sort();
  const aucs = folds.map((fold) => {
    const inside = pairs.filter((pair) => pair.fold === fold);
    return variants.map((vectorOf) => {
      const cosines = (/** @type {string} */ label) =>
        inside
          .filter((pair) => pair.label === label)
          .map(({ a, b }) => dot(vectorOf(get(vectors, a)), vectorOf(get(vectors, b))));
      return /** @type {number} */ (rocAuc(cosines('similar'), cosines('different')));
    });
  });
  return { names, folds, aucs };
}

/**
 * Prints the mean over the folds of both views' AUC.
 * @param {string} model
 */
export async function printViews(model) {
  for (const view of VIEWS) {
    const { names, aucs } = await measureVariants(model, view, { mirror: false });
    const means = names.map((name, column) => {
      const sum = aucs.reduce((total, row) => total + (row[column] ?? 0), 0);
      return `${name} ${(sum / aucs.length).toFixed(4)}`;
    });
    process.stdout.write(
      `${model}, view ${view}: ROC AUC, similar against different, mean over folds: ${means.join(', ')}\n`,
    );
  }
}

/**
 * @param {string} model
 * @param {View} view
 * @param {Iterable<string>} paths
 * @param {boolean} mirror whether mirror images are embedded, too
 * @returns {Promise<Map<string, Vectors>>}
 */
async function embedAll(model, view, paths, mirror) {
  const { Core } = await import(rooted('dist/package/binding/core.js'));
  const { OrtNetwork } = await import(rooted('dist/package/engine/ort-network.js'));
  const { loadRuntime } = await import(rooted('dist/package/node/engine-environment.js'));
  const { DEFAULT_LIMITS } = await import(rooted('dist/package/api/read-options.js'));
  const { findModel, withView } = await import(rooted('dist/package/models/manifest.js'));
  const { readModel } = await import(rooted('dist/package/node/read-model.js'));
  const { readCore } = await import(rooted('dist/package/files/read-core.js'));
  const entry = withView(findModel(model), view);
  const core = await Core.load(await readCore(), entry);
  const { bytes } = await readModel({ model: { entry } }, () => undefined);
  const network = await OrtNetwork.create(loadRuntime, bytes, entry);
  const embed = async (/** @type {import('../../dist/package/types.js').Tensor} */ tensor) =>
    core.pool(await network.run(tensor));
  const vectors = new Map();
  for (const path of paths) {
    await core.makeReady();
    const file = await readFile(resolve(CALIBRATION_DIRECTORY, path));
    const options = { limits: DEFAULT_LIMITS, background: [255, 255, 255] };
    const { tensor } = core.inputFromFile(file, options, false);
    const upright = await embed(tensor);
    const mirrored = mirror ? await embed(core.turn(tensor, MIRRORED)) : undefined;
    vectors.set(path, { upright, mirrored });
  }
  await network.release();
  return vectors;
}

/**
 * What each variant makes of an image: vectors of length 1, whose product is the cosine.
 * @param {readonly number[]} mean
 * @returns {Variant[]}
 */
function variantsOf(mean) {
  return [
    ({ upright }) => unit(upright),
    ({ upright }) => unit(unit(upright).map((x, i) => x - (mean[i] ?? 0))),
    ({ upright, mirrored }) => unit(upright.map((x, i) => x + (mirrored?.[i] ?? 0))),
  ];
}

/**
 * @param {ReadonlyMap<string, Vectors>} vectors
 * @param {string} path
 */
function get(vectors, path) {
  const found = vectors.get(path);
  if (found === undefined) throw new Error(`${path} was not embedded`);
  return found;
}

/**
 * The same direction, length 1.
 * @param {Float32Array | Vector} vector
 */
function unit(vector) {
  const wide = Float64Array.from(vector);
  const length = Math.sqrt(dot(wide, wide));
  return wide.map((x) => x / length);
}

/**
 * @param {Vector} a
 * @param {Vector} b
 */
function dot(a, b) {
  return a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
}
