/**
 * `npm run bench -- --network [WEIGHTS]`: forward passes of the core's own network, native, with vectors of
 * 4 and of 8 floats, and its convolutions of 1 × 1 against what the processor can multiply and add at most
 * with vectors of 4.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { buildNative } from '../lib/build.mjs';
import { rooted } from '../lib/files.mjs';
import { ensurePrerequisites } from '../lib/prerequisites.mjs';
import { formatTable } from './table.mjs';

const ROUNDS = 101;

/** What MobileNetV2 lite, and then MobileNetV2, see of pictures of 1 : 1, 4 : 3 and 3 : 2. */
const SIZES = /** @type {const} */ ([
  [128, 160],
  [160, 128],
  [192, 128],
  [224, 224],
  [256, 192],
  [288, 192],
]);

/**
 * What the program network_speed prints.
 * @typedef {object} Speed
 * @property {number} peak multiply-adds a second
 * @property {{ lanes: number, ms: number, pointwise: number, share: number }[]} passes pointwise in multiply-adds a
 *   second; share is the median of each round's share of the peak
 */

/** @param {string} weights a file that Network::load() reads */
export async function benchNetwork(weights = rooted('models/mobilenetv2-lite.weights')) {
  await ensurePrerequisites('native');
  await buildNative('native', ['network_speed']);
  const rows = [];
  for (const [width, height] of SIZES) rows.push(...measure(weights, width, height));
  process.stdout.write(
    formatTable([
      ['input', 'floats a vector', 'pass', '1 × 1 convolutions', 'of the peak'],
      ...rows,
    ]),
  );
  process.stdout.write(
    `\nMedians of ${ROUNDS} rounds, one thread. ${cpus().length} × ${cpus()[0]?.model.trim()}\n`,
  );
}

/**
 * @param {string} weights
 * @param {number} width
 * @param {number} height
 */
function measure(weights, width, height) {
  const program = rooted('build/native/tests/native/network_speed');
  const args = [weights, ...[width, height, ROUNDS].map(String)];
  /** @type {Speed} */
  const { peak, passes } = JSON.parse(execFileSync(program, args, { encoding: 'utf8' }));
  return passes.map(({ lanes, ms, pointwise, share }) => [
    `${width} × ${height}`,
    String(lanes),
    `${ms.toFixed(2)} ms`,
    `${(pointwise / 1e9).toFixed(1)} GMAC/s`,
    `${(share * 100).toFixed(0)} % of ${(peak / 1e9).toFixed(1)}`,
  ]);
}
