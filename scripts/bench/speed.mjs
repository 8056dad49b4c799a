/** Likeness beside its peers: one run of Chromium, one of Node, everything taking turns. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { buildAll, installPackages, installTestPackages } from '../lib/build.mjs';
import { rooted } from '../lib/files.mjs';
import { FULL_MODEL, placeFullModel } from '../lib/models.mjs';
import { ensurePrerequisites } from '../lib/prerequisites.mjs';
import { StepError } from '../lib/process.mjs';
import { MORE_COMPARISONS, measureInBrowser } from './in-browser.mjs';
import { measureInNode } from './in-node.mjs';
import { complaints } from './peers.mjs';
import { RATIOS } from './ratios.mjs';
import { ratiosOf, spreadOf, summaryOf, sumsOf } from './statistics.mjs';
import { formatTable } from './table.mjs';

const ROUNDS = 7;
const REPORT = 'build/bench/bench.json';

/**
 * Measures, prints a table, writes build/bench/bench.json. A peer that neither ran nor was to be
 * skipped makes the exit code 1.
 * @param {ReadonlySet<import('./peers.mjs').Peer>} skipped
 */
export async function benchSpeed(skipped) {
  await ensurePrerequisites('test');
  await buildAll();
  if (!(await placeFullModel())) {
    throw new StepError('The full model is not here.', `npm run models -- fetch ${FULL_MODEL}`);
  }
  await installTestPackages();
  await installPackages('scripts/bench/peers');
  const started = new Date();
  const load = loadavg();
  const options = { rounds: ROUNDS, skipped };
  const node = await measureInNode(options);
  const browser = await measureInBrowser(options);
  const figures = { ...browser.figures, ...node.figures };
  const ratios = RATIOS.flatMap((ratio) => evaluate(ratio, figures));
  const machine = {
    processor: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    node: process.version,
    chromium: browser.version,
    started: started.toISOString(),
    load: [load, loadavg()].map((loads) => (loads[0] ?? 0).toFixed(1)),
  };
  const wrong = complaints(
    skipped,
    { ...browser.failures, ...node.failures },
    new Set(/** @type {import('./peers.mjs').Peer[]} */ ([...browser.ran, ...node.ran])),
  );
  print({ figures, ratios, browser, machine });
  write({ machine, skipped: [...skipped], wrong, ratios, figures, browser });
  for (const complaint of wrong) process.stderr.write(`✗ ${complaint}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}

/**
 * @typedef {object} Evaluated
 * @property {import('./ratios.mjs').Ratio} ratio
 * @property {number[]} values one a round
 */

/**
 * @param {import('./ratios.mjs').Ratio} ratio
 * @param {Readonly<Record<string, number[]>>} figures
 * @returns {Evaluated[]} none where a peer's figure is missing
 */
function evaluate(ratio, figures) {
  const dividend = figures[ratio.of];
  const divisors = ratio.to.map((name) => figures[name] ?? []);
  if (dividend === undefined || divisors.some((values) => values.length === 0)) return [];
  return [{ ratio, values: ratiosOf(dividend, sumsOf(divisors)) }];
}

/**
 * @param {{ figures: Readonly<Record<string, number[]>>, ratios: readonly Evaluated[],
 *   browser: import('./in-browser.mjs').BrowserResults, machine: Readonly<Record<string, unknown>> }} results
 */
function print({ figures, ratios, browser, machine }) {
  const { page, memory, memoryLater } = browser;
  process.stdout.write(
    formatTable([
      ['ratio', 'median (least–most)', 'target', ''],
      ...ratios.map(({ ratio, values }) => [
        ratio.name,
        spreadOf(values, '', 1, 2),
        ratio.target === undefined ? '' : `${ratio.target.most ? '≤' : '≥'} ${bound(ratio)}`,
        isMet(ratio, values),
      ]),
    ]),
  );
  process.stdout.write('\n');
  process.stdout.write(
    formatTable([
      ['figure', 'median (least–most)'],
      ...Object.entries(figures).map(([name, values]) => [name, spreadOf(values, 'ms', 1, 1)]),
      ['page: cold start to first score', spreadOf(page.cold, 'ms')],
      ['page: warm start to first score', spreadOf(page.warm, 'ms')],
      ['page: later answers', spreadOf(page.later, 'ms')],
      ['page: bytes until the first score, uncompressed', spreadOf(page.bytes, 'MB', 1e6, 2)],
      ['memory after a comparison of two 12 MP JPEGs, full model', tellMemory(memory)],
      [`memory after ${MORE_COMPARISONS} more, of two 1 MP JPEGs`, tellMemory(memoryLater)],
    ]),
  );
  process.stdout.write(
    `\nMedian (least–most) of ${ROUNDS} rounds; everything takes turns, ratios are within a round.\n` +
      `${Object.values(machine).flat().join(', ')} (load average before, after)\n`,
  );
}

/** @param {import('./ratios.mjs').Ratio} ratio */
function bound({ target }) {
  return target?.most ?? target?.least ?? Number.NaN;
}

/**
 * @param {import('./ratios.mjs').Ratio} ratio
 * @param {readonly number[]} values
 */
function isMet({ target }, values) {
  if (target === undefined) return '';
  const { median } = summaryOf(values);
  const met = target.most === undefined ? median >= (target.least ?? 0) : median <= target.most;
  return met ? 'met' : 'missed';
}

/** @param {import('../lib/memory-meter.mjs').HeldMemory} memory */
function tellMemory({ wasm, heap, buffers, workers }) {
  const mb = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
  return `${mb(wasm + heap)} MB: WebAssembly ${mb(wasm)}, JavaScript ${mb(heap)}; other buffers ${mb(buffers)}; ${workers} workers`;
}

/** @param {object} report */
function write(report) {
  mkdirSync(rooted('build/bench'), { recursive: true });
  writeFileSync(rooted(REPORT), `${JSON.stringify(report, null, 2)}\n`);
}
