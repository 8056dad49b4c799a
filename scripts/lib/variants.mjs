/**
 * Other cosines than the one that a model's scores are made of: of either view, with cells weighed or not,
 * centred on a mean embedding or on two thirds of what its numbers are on average, averaged with the mirror image's.
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
import { embedPhotographs, meanOf } from './mean-embedding.mjs';
import { say } from './process.mjs';

/** EXIF orientation of mirror images. */
const MIRRORED = 2;

/** What of a picture a model can be shown. */
export const VIEWS = /** @type {const} */ (['whole', 'centre']);

/** Names of the variants, in the order of variantsOf(); the mirror image's, which takes twice as long, is last. */
const NAMES = [
  'plain cosine',
  'centred',
  'weighed',
  'weighed, centred',
  'weighed, 2/3 off',
  'with mirror image',
];

/** @typedef {import('../../dist/package/types.js').View} View */
/** @typedef {{ a: string, b: string, label: string, fold: string }} Pair */
/** @typedef {import('../../dist/package/types.js').Tensor} Tensor */
/** @typedef {Record<import('../../dist/package/types.js').Pooling, Float32Array>} Pooled */
/** @typedef {{ upright: Pooled, mirrored: Float32Array | undefined }} Vectors */
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
  const embedder = await Embedder.open(model, view);
  const vectors = await embedAll(embedder, paths, mirror);
  const names = mirror ? NAMES : NAMES.slice(0, -1);
  const photographs = await embedPhotographs((file) => embedder.embed(file));
  const means = {
    mean: meanOf(photographs.map(({ mean }) => mean)),
    energy: meanOf(photographs.map(({ energy }) => energy)),
  };
  await embedder.close();
  const variants = variantsOf(means).slice(0, names.length);
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

/** A model in one view, its feature maps pooled in every way. */
class Embedder {
  /**
   * @param {Record<import('../../dist/package/types.js').Pooling, import('../../dist/package/binding/core.js').Core>} cores
   * @param {import('../../dist/package/engine/network.js').Network} network
   * @param {import('../../dist/package/types.js').Limits} limits
   */
  constructor(cores, network, limits) {
    this.cores = cores;
    this.network = network;
    this.limits = limits;
  }

  /**
   * @param {string} id of the model
   * @param {View} view
   */
  static async open(id, view) {
    /** @type {typeof import('../../dist/package/binding/core.js')} */
    const { Core } = await import(rooted('dist/package/binding/core.js'));
    /** @type {typeof import('../../dist/package/engine/ort-network.js')} */
    const { OrtNetwork } = await import(rooted('dist/package/engine/ort-network.js'));
    /** @type {typeof import('../../dist/package/node/engine-environment.js')} */
    const { loadRuntime } = await import(rooted('dist/package/node/engine-environment.js'));
    /** @type {typeof import('../../dist/package/models/manifest.js')} */
    const { findModel, withView } = await import(rooted('dist/package/models/manifest.js'));
    /** @type {typeof import('../../dist/package/node/read-model.js')} */
    const { readModel } = await import(rooted('dist/package/node/read-model.js'));
    /** @type {typeof import('../../dist/package/files/read-core.js')} */
    const { readCore } = await import(rooted('dist/package/files/read-core.js'));
    /** @type {typeof import('../../dist/package/api/read-options.js')} */
    const { DEFAULT_LIMITS } = await import(rooted('dist/package/api/read-options.js'));
    const entry = withView(findModel(id), view);
    const wasm = await readCore(undefined, undefined);
    const mean = await Core.load(wasm, { ...entry, pooling: 'mean' });
    const energy = await Core.load(wasm, { ...entry, pooling: 'energy' });
    const model = { entry, baseUrl: undefined };
    const supply = { model, core: undefined, runtime: undefined, cache: false };
    const { bytes } = await readModel(supply, () => undefined, undefined);
    const network = await OrtNetwork.create(loadRuntime, bytes, entry);
    return new Embedder({ mean, energy }, network, DEFAULT_LIMITS);
  }

  /**
   * @param {Buffer} file
   * @returns {Promise<Pooled>}
   */
  async embed(file) {
    return this.pooled(await this.tensorOf(file));
  }

  /**
   * @param {Buffer} file
   * @returns {Promise<Tensor>}
   */
  async tensorOf(file) {
    const { mean, energy } = this.cores;
    await mean.makeReady();
    await energy.makeReady();
    const options = { limits: this.limits, background: /** @type {const} */ ([255, 255, 255]) };
    return mean.inputFromFile(file, options, {}).tensor;
  }

  /**
   * @param {Tensor} tensor
   * @returns {Promise<Pooled>}
   */
  async pooled(tensor) {
    const features = await this.network.run(tensor);
    return { mean: this.cores.mean.pool(features), energy: this.cores.energy.pool(features) };
  }

  /** @param {Tensor} tensor */
  mirrored(tensor) {
    return this.cores.mean.turn(tensor, MIRRORED);
  }

  async close() {
    await this.network.release();
    for (const core of Object.values(this.cores)) core.dispose();
  }
}

/**
 * @param {Embedder} embedder
 * @param {Iterable<string>} paths
 * @param {boolean} mirror whether mirror images are embedded, too
 * @returns {Promise<Map<string, Vectors>>}
 */
async function embedAll(embedder, paths, mirror) {
  const vectors = new Map();
  for (const path of paths) {
    const tensor = await embedder.tensorOf(await readFile(resolve(CALIBRATION_DIRECTORY, path)));
    const upright = await embedder.pooled(tensor);
    const mirrored = mirror ? await embedder.pooled(embedder.mirrored(tensor)) : undefined;
    vectors.set(path, { upright, mirrored: mirrored?.mean });
  }
  return vectors;
}

/**
 * What each variant makes of an image: vectors of length 1, whose product is the cosine.
 * @param {Record<import('../../dist/package/types.js').Pooling, readonly number[]>} means
 * @returns {Variant[]}
 */
function variantsOf(means) {
  const centred = (/** @type {Float32Array} */ vector, /** @type {readonly number[]} */ mean) =>
    unit(unit(vector).map((x, i) => x - (mean[i] ?? 0)));
  const sum = means.energy.reduce((all, x) => all + x, 0);
  const twoThirds = means.energy.map(() => ((2 / 3) * sum) / means.energy.length);
  return [
    ({ upright }) => unit(upright.mean),
    ({ upright }) => centred(upright.mean, means.mean),
    ({ upright }) => unit(upright.energy),
    ({ upright }) => centred(upright.energy, means.energy),
    ({ upright }) => centred(upright.energy, twoThirds),
    ({ upright, mirrored }) => unit(upright.mean.map((x, i) => x + (mirrored?.[i] ?? 0))),
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
