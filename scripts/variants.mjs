/**
 * `npm run variants -- MODEL`: would another cosine tell similar pairs from different ones better? Tries
 * embeddings centred on a mean one, and the average with the mirror image's, in every fold of the
 * calibration pairs. What gains in every fold is worth adopting: `npm run calibrate -- MODEL --centre`.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { buildPackage, buildWasm, installPackages } from './lib/build.mjs';
import {
  CALIBRATION_DIRECTORY,
  CALIBRATION_PAIRS,
  ensureCalibrationPairs,
} from './lib/calibration.mjs';
import { rooted } from './lib/files.mjs';
import { meanEmbedding } from './lib/mean-embedding.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain, StepError, say } from './lib/process.mjs';

/** EXIF orientation of mirror images. */
const MIRRORED = 2;

/** Names of the variants, in the order of variants(); gains are against the first. */
const NAMES = ['plain cosine', 'centred', 'with mirror image'];

/** @typedef {{ a: string, b: string, label: string, fold: string }} Pair */
/** @typedef {{ upright: Float32Array, mirrored: Float32Array }} Vectors */
/** @typedef {Float64Array} Vector */
/** @typedef {(vectors: Vectors) => Vector} Variant */

await runMain(async () => {
  const [model] = process.argv.slice(2);
  if (model === undefined) throw new StepError('Which model?', 'npm run variants -- mobilenetv2');
  await ensurePrerequisites('build');
  await installPackages();
  await buildWasm();
  await buildPackage();
  await ensureCalibrationPairs();
  /** @type {Pair[]} */
  const all = parse(await readFile(CALIBRATION_PAIRS), { columns: true });
  const pairs = all.filter(({ label }) => label === 'similar' || label === 'different');
  const paths = new Set(pairs.flatMap(({ a, b }) => [a, b]));
  say(`embedding ${paths.size} images and their mirror images`);
  const vectors = await embedAll(model, paths);
  await printTable(model, pairs, vectors, variants(await meanEmbedding(model)));
});

/**
 * @param {string} model
 * @param {Iterable<string>} paths
 * @returns {Promise<Map<string, Vectors>>}
 */
async function embedAll(model, paths) {
  const { Core } = await import(rooted('dist/package/core/core.js'));
  const { FeatureExtractor } = await import(rooted('dist/package/inference.js'));
  const { DEFAULT_LIMITS } = await import(rooted('dist/package/likeness.js'));
  const { findModel } = await import(rooted('dist/package/models/manifest.js'));
  const { readModel } = await import(rooted('dist/package/platform/node-assets.js'));
  const { readCore } = await import(rooted('dist/package/platform/read-core.js'));
  const entry = findModel(model);
  const { channels, cells } = entry.output;
  const core = await Core.load(await readCore(), entry);
  const { bytes } = await readModel({ model: { entry } }, () => undefined);
  const network = await FeatureExtractor.create(bytes, entry);
  const embed = async (/** @type {Float32Array} */ tensor) =>
    core.pool(await network.run(tensor), channels, cells);
  const vectors = new Map();
  for (const path of paths) {
    await core.makeReady();
    const file = await readFile(resolve(CALIBRATION_DIRECTORY, path));
    const options = { limits: DEFAULT_LIMITS, background: [255, 255, 255] };
    const { tensor } = core.inputFromFile(file, options, false);
    const upright = await embed(tensor);
    vectors.set(path, { upright, mirrored: await embed(core.turn(tensor, MIRRORED)) });
  }
  await network.release();
  return vectors;
}

/**
 * @param {string} model
 * @param {readonly Pair[]} pairs
 * @param {ReadonlyMap<string, Vectors>} vectors
 * @param {readonly Variant[]} variants
 */
async function printTable(model, pairs, vectors, variants) {
  const { rocAuc } = await import(rooted('dist/package/cli/statistics.js'));
  const folds = [...new Set(pairs.map(({ fold }) => fold))].sort();
  const rows = folds.map((fold) => {
    const inside = pairs.filter((pair) => pair.fold === fold);
    return variants.map((vectorOf) => {
      const cosines = (/** @type {string} */ label) =>
        inside
          .filter((pair) => pair.label === label)
          .map(({ a, b }) => dot(vectorOf(get(vectors, a)), vectorOf(get(vectors, b))));
      return /** @type {number} */ (rocAuc(cosines('similar'), cosines('different')));
    });
  });

  process.stdout.write(`${model}: ROC AUC, similar against different\n`);
  const line = (/** @type {string} */ name, /** @type {string[]} */ cells) =>
    process.stdout.write(`${name.padEnd(6)}${cells.map((cell) => cell.padStart(22)).join('')}\n`);
  line('fold', [...NAMES]);
  for (const [index, row] of rows.entries()) {
    const [plain = 0] = row;
    const cells = row.map((auc, column) =>
      column === 0 ? auc.toFixed(5) : `${auc.toFixed(5)} (${signed(auc - plain)})`,
    );
    line(folds[index] ?? '', cells);
  }
  for (const [column, name] of NAMES.entries()) {
    if (column === 0) continue;
    const gains = rows.map((row) => (row[column] ?? 0) - (row[0] ?? 0));
    const average = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
    const won = gains.filter((gain) => gain > 0).length;
    process.stdout.write(
      `${name}: ${signed(average)} on average, gains in ${won} of ${gains.length} folds\n`,
    );
  }
}

/**
 * What each variant makes of an image: vectors of length 1, whose product is the cosine.
 * @param {readonly number[]} mean
 * @returns {Variant[]}
 */
function variants(mean) {
  return [
    ({ upright }) => unit(upright),
    ({ upright }) => unit(unit(upright).map((x, i) => x - (mean[i] ?? 0))),
    ({ upright, mirrored }) => unit(upright.map((x, i) => x + (mirrored[i] ?? 0))),
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

/** @param {number} gain */
function signed(gain) {
  return `${gain < 0 ? '−' : '+'}${Math.abs(gain).toFixed(5)}`;
}
