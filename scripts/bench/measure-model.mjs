/**
 * `node measure-model.mjs ID BACKEND [DIRECTORY]`: loads a model (looked for in DIRECTORY first), embeds a
 * picture some times, and prints a Measurement as JSON.
 */
import { readFileSync } from 'node:fs';
import { rooted } from '../lib/files.mjs';

const IMAGES = 10;
const WIDTH = 640;
const HEIGHT = 480;

/**
 * @typedef {object} Measurement
 * @property {number} dimension length of an embedding
 * @property {number} fileBytes
 * @property {number} peakMemory most bytes of memory that this process has held
 * @property {number} loading ms until the first image could come
 * @property {number[]} images ms for each image after the first
 * @property {number[]} passes ms for each forward pass, pooling included
 */

/** @type {typeof import('../../dist/package/index.js')} */
const { createLikeness } = await import(rooted('dist/package/index.js'));
const [id, backend, directory] = process.argv.slice(2);
if (id === undefined || (backend !== 'core' && backend !== 'wasm')) {
  throw new Error('usage: measure-model.mjs ID core|wasm [DIRECTORY]');
}

let fileBytes = 0;
const start = performance.now();
const likeness = await createLikeness({
  model: id,
  backend,
  ...(directory !== undefined && { modelBaseUrl: directory }),
  onProgress({ phase, total }) {
    if (phase === 'model') fileBytes = total;
  },
});
const loading = performance.now() - start;

const image = picture();
await likeness.embed(image);
const images = [];
for (let turn = 0; turn < IMAGES; turn += 1) {
  const called = performance.now();
  await likeness.embed(image);
  images.push(performance.now() - called);
}
const passes = [];
for (let turn = 0; turn < IMAGES; turn += 1) {
  const { timings } = await likeness.compare(image, image);
  passes.push(timings.inference / 2);
}
/** @type {Measurement} */
const measurement = {
  dimension: likeness.model.dimension,
  fileBytes,
  peakMemory: peakMemory(),
  loading,
  images,
  passes,
};
process.stdout.write(JSON.stringify(measurement));
await likeness.dispose();

/**
 * In bytes. What resourceUsage() calls maxRSS begins with the memory of the process that started this one, so
 * it can't be less.
 */
function peakMemory() {
  const [, kibibytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}

/** RGBA pixels, all of them different from their neighbours. */
function picture() {
  const data = Uint8ClampedArray.from({ length: WIDTH * HEIGHT * 4 }, (_, at) =>
    at % 4 === 3 ? 255 : (at * 7) % 251,
  );
  return /** @type {ImageData} */ ({ data, width: WIDTH, height: HEIGHT, colorSpace: 'srgb' });
}
