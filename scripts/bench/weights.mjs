/** What packed weights cost in exactness and gain in bytes, and which form of the network is fastest. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
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

/** @typedef {{ name: string, path: string, directory: string }} PackedFile */

/**
 * @typedef {object} Form
 * @property {string} name
 * @property {string} path of the ONNX file
 * @property {number} [batch] images in one pass
 * @property {number} [threads] of one pass
 * @property {boolean} [fixed] whether the file's height and width hold; free unless given
 * @property {boolean} [optimised] whether ONNX Runtime optimises the graph when it loads it
 * @property {number} [workers] passes at the same time
 * @property {boolean} [core] whether the core computes it, and not ONNX Runtime Web
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
  const [{ path: exact } = { path: '' }] = files;
  await printSpeed([
    ...files,
    ...files.map(({ name, path }) => ({ name: `${name}, the core`, path, core: true })),
    { name: 'float32, sides fixed', path: exact, fixed: true },
    { name: 'float32, shape fixed', path: await fixShape(exact), fixed: true },
    { name: 'float32, graph as it is', path: exact, optimised: false },
    { name: 'float32, 2 threads', path: exact, threads: 2 },
    { name: 'float32, 2 images in a batch', path: exact, batch: 2 },
    { name: 'float32, 2 images in 2 workers', path: exact, workers: 2 },
  ]);
}

/**
 * Puts the full model into a folder of its own, its weights packed.
 * @param {number} bits
 * @returns {Promise<PackedFile>}
 */
async function place(bits) {
  const { placeModel } = await import(rooted('dist/package/cli/models/fetch.js'));
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
  return { name, path: placed.path, directory };
}

/**
 * Writes the model with a batch of one image in place of a free one.
 * @param {string} path
 * @returns {Promise<string>} where it lies
 */
async function fixShape(path) {
  const { readOnnx, writeOnnx } = await import(rooted('dist/package/cli/models/onnx.js'));
  const model = readOnnx(await readFile(path));
  for (const { type } of [...model.graph.input, ...model.graph.output])
    type.tensorType.shape.dim[0] = { dimValue: 1 };
  const fixed = rooted('build/bench/fixed-shape.onnx');
  await writeFile(fixed, writeOnnx(model));
  return fixed;
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
  for (const { name, path, directory } of files) {
    const vectors = await embedAll(directory, photographs);
    exact ??= vectors;
    const cosines = vectors.map((vector, i) => cosine(vector, exact?.[i] ?? vector));
    const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
    process.stdout.write(
      `${name.padEnd(10)}${(statSync(path).size / 1e6).toFixed(2)} MB   mean ${mean.toFixed(6)}   least ${Math.min(...cosines).toFixed(6)}\n`,
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
  /** @type {Runner[]} */
  const runners = [];
  try {
    for (const form of forms) runners.push(await Runner.start(form));
    for (let round = 0; round < ROUNDS; round += 1)
      for (const runner of runners) await runner.turn();
  } finally {
    for (const runner of runners) runner.stop();
  }
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
}

/** @param {readonly number[]} values */
function medianOf(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** A form of the network in processes of its own. */
class Runner {
  /** @type {number[]} */
  perImage = [];
  /** @type {number[]} */
  loading = [];

  /**
   * @param {Form} form
   * @param {readonly import('node:child_process').ChildProcess[]} workers
   */
  constructor(form, workers) {
    this.form = form;
    this.workers = workers;
  }

  /** @param {Form} form */
  static async start(form) {
    const script = rooted('scripts/bench/forward-worker.mjs');
    const workers = Array.from({ length: form.workers ?? 1 }, () => fork(script, { execArgv: [] }));
    const runner = new Runner(form, workers);
    try {
      await runner.ask(form);
    } catch (error) {
      runner.stop();
      throw error;
    }
    return runner;
  }

  async turn() {
    const { batch = 1, workers = 1 } = this.form;
    this.loading.push(await this.ask('load'));
    this.perImage.push((await this.ask('pass')) / (batch * workers));
  }

  /**
   * @param {'load' | 'pass' | Form} request
   * @returns {Promise<number>} ms
   */
  async ask(request) {
    const start = performance.now();
    const answers = this.workers.map(answerOf);
    for (const worker of this.workers) worker.send(request);
    await Promise.all(answers);
    return performance.now() - start;
  }

  stop() {
    for (const worker of this.workers) worker.kill();
  }
}

/**
 * A process that ends without an answer fails the measurement.
 * @param {import('node:child_process').ChildProcess} worker
 * @returns {Promise<number>} ms
 */
async function answerOf(worker) {
  const ended = new AbortController();
  const end = once(worker, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('the process ended without an answer');
  });
  try {
    const [took] = await Promise.race([once(worker, 'message'), end]);
    return took;
  } finally {
    ended.abort();
  }
}
