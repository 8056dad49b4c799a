/** What packed weights cost in exactness and gain in bytes, and which form of the network is fastest. */
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { Worker } from 'node:worker_threads';
import { buildPackage, buildWasm, installPackages } from '../lib/build.mjs';
import { rooted } from '../lib/files.mjs';
import { FULL_MODEL } from '../lib/models.mjs';
import { ensurePrerequisites } from '../lib/prerequisites.mjs';
import { StepError, say } from '../lib/process.mjs';
import { spreadOf } from './statistics.mjs';

/** Turns that every form of the network takes; one after the other, so that each meets the same machine. */
const ROUNDS = 31;

/** Photographs of each folder that embeddings are compared on. */
const PHOTOGRAPHS = 100;
const FOLDERS = ['images/imagenet-sample', 'images/caltech101'];

/** What `models fetch --bits` takes, the exact one first. */
const WEIGHT_BITS = [32, 12, 8];

/** @typedef {{ name: string, bytes: Uint8Array, directory: string }} PackedFile */

/**
 * @typedef {object} Form
 * @property {string} name
 * @property {Uint8Array} bytes
 * @property {number} [batch] images in one pass
 * @property {number} [workers] passes at the same time
 */

/** Measures exactness, loading and forward passes, and prints two tables. */
export async function benchWeights() {
  await ensurePrerequisites('build');
  await installPackages();
  await buildWasm();
  await buildPackage();
  /** @type {PackedFile[]} */
  const files = [];
  for (const bits of WEIGHT_BITS) files.push(await place(bits));
  await printExactness(files);
  const [{ bytes: exact } = { bytes: new Uint8Array() }] = files;
  const { readOnnx, writeOnnx } = await import(rooted('dist/package/models/onnx.js'));
  await printSpeed([
    ...files,
    { name: 'float32, shape fixed', bytes: writeOnnx(withBatch(readOnnx(exact), 1)) },
    { name: 'float32, 2 images in a batch', bytes: exact, batch: 2 },
    { name: 'float32, 2 images in 2 workers', bytes: exact, workers: 2 },
  ]);
}

/**
 * Puts the full model into a folder of its own, its weights packed.
 * @param {number} bits
 * @returns {Promise<PackedFile>}
 */
async function place(bits) {
  const { placeModel } = await import(rooted('dist/package/models/fetch.js'));
  const { findModel } = await import(rooted('dist/package/models/manifest.js'));
  const directory = rooted(`build/bench/weights-${bits}`);
  const placed = await placeModel(findModel(FULL_MODEL), directory, bits);
  if (placed === undefined) {
    throw new StepError(
      'The float32 model is not on this machine.',
      `npm run models -- fetch ${FULL_MODEL} --bits 32`,
    );
  }
  const name = bits === 32 ? 'float32' : `${bits} bits`;
  return { name, bytes: await readFile(placed.path), directory };
}

/**
 * The model with a number in place of the free batch dimension.
 * @param {any} model as readOnnx returns it
 * @param {number} batch
 */
function withBatch(model, batch) {
  const { graph } = structuredClone(model);
  for (const { type } of [...graph.input, ...graph.output])
    type.tensorType.shape.dim[0] = { dimValue: batch };
  return { ...model, graph };
}

/** @param {readonly PackedFile[]} files the exact one first */
async function printExactness(files) {
  const reference = process.env['LIKENESS_REFERENCE_DIR'];
  if (reference === undefined || !existsSync(reference)) {
    say('no cosines: LIKENESS_REFERENCE_DIR names no directory of photographs');
    return;
  }
  const photographs = FOLDERS.flatMap((folder) => choose(`${reference}/${folder}`));
  /** @type {Float32Array[] | undefined} */
  let exact;
  process.stdout.write(`cosine with float32's embeddings of ${photographs.length} photographs\n`);
  for (const { name, bytes, directory } of files) {
    const vectors = await embedAll(directory, photographs);
    exact ??= vectors;
    const cosines = vectors.map((vector, i) => cosine(vector, exact?.[i] ?? vector));
    const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
    process.stdout.write(
      `${name.padEnd(10)}${(bytes.length / 1e6).toFixed(2)} MB   mean ${mean.toFixed(6)}   least ${Math.min(...cosines).toFixed(6)}\n`,
    );
  }
}

/**
 * @param {string} directory where the full model lies
 * @param {readonly string[]} paths
 * @returns {Promise<Float32Array[]>}
 */
async function embedAll(directory, paths) {
  const { createLikeness } = await import(rooted('dist/package/index.js'));
  const likeness = await createLikeness({ model: FULL_MODEL, modelBaseUrl: directory });
  const vectors = [];
  for (const path of paths) vectors.push((await likeness.embed(await readFile(path))).vector);
  await likeness.dispose();
  return vectors;
}

/**
 * Photographs of a folder, evenly spread.
 * @param {string} folder
 */
function choose(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const all = names.filter((name) => /\.jpe?g$/i.test(name)).sort();
  return Array.from(
    { length: PHOTOGRAPHS },
    (_, i) => `${folder}/${all[Math.floor((i * all.length) / PHOTOGRAPHS)]}`,
  );
}

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function cosine(a, b) {
  const dot = (/** @type {Float32Array} */ x, /** @type {Float32Array} */ y) =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** @param {readonly Form[]} forms the one that the others are compared with first */
async function printSpeed(forms) {
  const runners = [];
  for (const form of forms) runners.push(await Runner.start(form));
  for (let round = 0; round < ROUNDS; round += 1) for (const runner of runners) await runner.turn();
  const base = medianOf(runners[0]?.perImage ?? []);
  const baseLoading = medianOf(runners[0]?.loading ?? []);
  process.stdout.write(`\n${' '.repeat(32)}${'one image'.padEnd(27)}loading\n`);
  for (const { form, perImage, loading } of runners) {
    const columns = [
      form.name.padEnd(32),
      spreadOf(perImage, 'ms').padEnd(18),
      `× ${(medianOf(perImage) / base).toFixed(2)}`.padEnd(9),
      spreadOf(loading, 'ms').padEnd(18),
      `× ${(medianOf(loading) / baseLoading).toFixed(2)}`,
    ];
    process.stdout.write(`${columns.join('')}\n`);
  }
  process.stdout.write(
    `\nMedian (least–most) of ${ROUNDS} turns; all take turns. Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}\n`,
  );
  for (const runner of runners) await runner.stop();
}

/** @param {readonly number[]} values */
function medianOf(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** A form of the network in threads of its own. */
class Runner {
  /** @type {number[]} */
  perImage = [];
  /** @type {number[]} */
  loading = [];

  /**
   * @param {Form} form
   * @param {readonly Worker[]} workers
   */
  constructor(form, workers) {
    this.form = form;
    this.workers = workers;
  }

  /** @param {Form} form */
  static async start(form) {
    const { bytes, batch = 1, workers = 1 } = form;
    const script = rooted('scripts/bench/forward-worker.mjs');
    const workerData = { bytes, batch };
    const runner = new Runner(
      form,
      Array.from({ length: workers }, () => new Worker(script, { workerData })),
    );
    await Promise.all(runner.workers.map(answerOf));
    return runner;
  }

  async turn() {
    const { batch = 1, workers = 1 } = this.form;
    this.loading.push(await this.ask('load'));
    this.perImage.push((await this.ask('pass')) / (batch * workers));
  }

  /**
   * @param {'load' | 'pass'} request
   * @returns {Promise<number>} ms
   */
  async ask(request) {
    const start = performance.now();
    const answers = this.workers.map(answerOf);
    for (const worker of this.workers) worker.postMessage(request);
    await Promise.all(answers);
    return performance.now() - start;
  }

  async stop() {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

/**
 * @param {Worker} worker
 * @returns {Promise<number>} ms
 */
async function answerOf(worker) {
  const [took] = await once(worker, 'message');
  return took;
}
