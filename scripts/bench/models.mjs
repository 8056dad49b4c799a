/** What each model costs: file, memory, time. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { buildPackage, buildWasm, installPackages } from '../lib/build.mjs';
import { rooted } from '../lib/files.mjs';
import { findModels } from '../lib/models.mjs';
import { ensurePrerequisites } from '../lib/prerequisites.mjs';
import { say } from '../lib/process.mjs';
import { buildResnet50 } from '../lib/resnet50.mjs';
import { spreadOf } from './statistics.mjs';
import { formatTable } from './table.mjs';

/** Processes a model, one after the other: the models take turns, so that each meets the same machine. */
const ROUNDS = 5;

/** The model whose cost the same graph with random weights can show, where its file isn't. */
const STAND_IN = 'resnet50';

/**
 * @typedef {object} Candidate
 * @property {string} id
 * @property {string} name how the table calls it
 * @property {'core' | 'wasm'} backend what computes it
 * @property {string} [directory] where it is looked for first
 */

/** @typedef {import('./measure-model.mjs').Measurement} Measurement */

/** Measures every model of the manifest that is on this machine, and prints a table. */
export async function benchModels() {
  await ensurePrerequisites('build');
  await installPackages();
  await buildWasm();
  await buildPackage();
  const candidates = await findCandidates();
  /** @type {Map<Candidate, Measurement[]>} */
  const results = new Map(candidates.map((candidate) => [candidate, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`round ${round} of ${ROUNDS}`);
    for (const [candidate, measurements] of results) measurements.push(measure(candidate));
  }
  printTable(results);
}

/** @returns {Promise<Candidate[]>} */
async function findCandidates() {
  const { present, missing } = await findModels();
  const candidates = present.flatMap(candidatesOf);
  if (missing.includes(STAND_IN)) candidates.push(await writeStandIn());
  return candidates;
}

/**
 * Both ways to compute a model, where there are two.
 * @param {string} id
 * @returns {Candidate[]}
 */
function candidatesOf(id) {
  const byRuntime = /** @type {const} */ ({ id, name: `${id}, ONNX Runtime`, backend: 'wasm' });
  return id === STAND_IN ? [byRuntime] : [{ id, name: id, backend: 'core' }, byRuntime];
}

/**
 * Writes a ResNet-50 with random weights to where the package takes it for the real one.
 * @returns {Promise<Candidate>}
 */
async function writeStandIn() {
  const { findModel } = await import(rooted('dist/package/models/manifest.js'));
  const { writeOnnx } = await import(rooted('dist/package/cli/models/onnx.js'));
  const directory = rooted('build/bench');
  const [source] = findModel(STAND_IN).sources;
  const bytes = writeOnnx(buildResnet50());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/${STAND_IN}.onnx`, bytes);
  writeFileSync(`${directory}/${STAND_IN}.onnx.json`, JSON.stringify({ sha256, source }));
  const name = `${STAND_IN} (random weights), ONNX Runtime`;
  return { id: STAND_IN, name, backend: 'wasm', directory };
}

/**
 * One measurement in a process of its own, whose memory is the model's.
 * @param {Candidate} candidate
 * @returns {Measurement}
 */
function measure({ id, backend, directory }) {
  const args = [rooted('scripts/bench/measure-model.mjs'), id, backend];
  if (directory !== undefined) args.push(directory);
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', cwd: rooted() }));
}

/** @param {ReadonlyMap<Candidate, readonly Measurement[]>} results */
function printTable(results) {
  const rows = [
    ['model', 'numbers', 'file', 'memory', 'loading', 'one image', 'forward pass'],
    ...[...results].map(([{ name }, measurements]) => toRow(name, measurements)),
  ];
  process.stdout.write(formatTable(rows));
  process.stdout.write(
    `\nMedian (least–most) of ${ROUNDS} processes a model, taking turns. Memory: the most that the whole\n` +
      'Node process held. One image: 640 × 480 pixels to embedding; forward pass: of that, the network; one thread.\n' +
      `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}\n`,
  );
}

/**
 * @param {string} name
 * @param {readonly Measurement[]} measurements
 */
function toRow(name, measurements) {
  const { dimension, fileBytes } = measurements[0] ?? { dimension: 0, fileBytes: 0 };
  const memory = measurements.map(({ peakMemory }) => peakMemory);
  const loading = measurements.map((measurement) => measurement.loading);
  const images = measurements.flatMap((measurement) => measurement.images);
  const passes = measurements.flatMap((measurement) => measurement.passes);
  return [
    name,
    String(dimension),
    `${(fileBytes / 1e6).toFixed(1)} MB`,
    spreadOf(memory, 'MiB', 2 ** 20),
    spreadOf(loading, 'ms'),
    spreadOf(images, 'ms'),
    spreadOf(passes, 'ms'),
  ];
}
