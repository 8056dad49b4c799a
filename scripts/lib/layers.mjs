/** The layers of tests: what each runs, and how its tests are counted. */
import { existsSync, readFileSync } from 'node:fs';
import { run as runNodeTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { buildNative } from './build.mjs';
import { filesUnder, rooted } from './files.mjs';
import { FUZZ_TARGETS, fuzzAll } from './fuzz.mjs';
import { exitCodeOf, StepError, say } from './process.mjs';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/** Seconds for each fuzz target in `npm test`; `npm run fuzz` takes its time. */
const FUZZ_SECONDS = 4;

/** Layers of Node tests: the folders of tests/ that hold *.test.ts files. */
const NODE_LAYERS = ['tooling', 'models', 'wasm', 'cli', 'hostile', 'types', 'package', 'browser'];

/** Marks what tests/support/outcomes.ts tells. */
const OUTCOME = 'outcome: ';

/**
 * What became of hostile inputs and faults, in the order of the tests.
 * @type {{ what: string, happened: string }[]}
 */
const outcomes = [];

/**
 * Every layer by name, in the order they run.
 * @param {boolean} long whether the long tests run, or the others
 * @returns {ReadonlyMap<string, () => Promise<Counts>>}
 */
export function testLayers(long) {
  /** @type {[string, () => Promise<Counts>][]} */
  const native = [
    ['native', () => runNativeLayer('native')],
    ['sanitizers', () => runNativeLayer('asan')],
    ['fuzz', () => fuzzAll(Object.keys(FUZZ_TARGETS), FUZZ_SECONDS)],
  ];
  /** @type {[string, () => Promise<Counts>][]} */
  const node = NODE_LAYERS.filter((layer) => nodeTestFiles(layer, long).length > 0).map((layer) => [
    layer,
    () => runNodeLayer(layer, long),
  ]);
  return new Map(long ? node : [...native, ...node]);
}

/**
 * @param {string} layer
 * @param {boolean} long
 */
function nodeTestFiles(layer, long) {
  if (!existsSync(rooted('tests', layer))) return [];
  return filesUnder(`tests/${layer}`, ['.ts'])
    .filter((file) => !file.includes('/node_modules/') && file.endsWith('.test.ts'))
    .filter((file) => file.endsWith('.long.test.ts') === long)
    .map((file) => rooted('build', file.replace(/\.ts$/, '.js')));
}

/**
 * One folder of Node tests, each file in a process of its own.
 * @param {string} layer
 * @param {boolean} long
 * @returns {Promise<Counts>}
 */
async function runNodeLayer(layer, long) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  // Browsers and big models share this machine's few cores: one file at a time.
  const stream = runNodeTests({ files: nodeTestFiles(layer, long), concurrency: 1 });
  stream.on('test:diagnostic', ({ message }) => {
    if (message.startsWith(OUTCOME)) outcomes.push(JSON.parse(message.slice(OUTCOME.length)));
  });
  stream.on('test:pass', ({ skip, details }) => {
    if (details.type === 'suite') return;
    if (skip !== undefined) counts.skipped += 1;
    else counts.passed += 1;
  });
  stream.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') counts.failed += 1;
  });
  const report = stream.compose(new spec());
  for await (const text of report) process.stdout.write(text);
  return counts;
}

/**
 * The native tests, through ctest.
 * @param {'native' | 'asan'} preset
 * @returns {Promise<Counts>}
 */
async function runNativeLayer(preset) {
  await buildNative(preset);
  const report = rooted('build', preset, 'tests.xml');
  const code = await exitCodeOf(
    'ctest',
    ['--preset', preset, '--parallel', '2', '--output-junit', report],
    { cwd: rooted() },
  );
  if (!existsSync(report)) {
    throw new StepError(`ctest wrote no report (exit code ${code}).`, 'read its output above.');
  }
  const [header = ''] = /<testsuite[^>]*>/.exec(readFileSync(report, 'utf8')) ?? [];
  const tests = attribute(header, 'tests');
  const skipped = attribute(header, 'skipped') + attribute(header, 'disabled');
  const failed = Math.max(attribute(header, 'failures'), code === 0 ? 0 : 1);
  return { passed: tests - failed - skipped, failed, skipped };
}

/**
 * @param {string} element
 * @param {string} name
 */
function attribute(element, name) {
  const [, value] = new RegExp(`\\b${name}="(\\d+)"`).exec(element) ?? [];
  return Number(value ?? 0);
}

/**
 * Runs layers one after the other and prints what became of them; a layer without tests fails.
 * @param {ReadonlyMap<string, () => Promise<Counts>>} layers
 * @returns {Promise<Counts>} the sum
 */
export async function runLayers(layers) {
  /** @type {Map<string, Counts>} */
  const results = new Map();
  for (const [name, runLayer] of layers) {
    say(`testing: ${name}`);
    const counts = await runLayer();
    if (counts.passed + counts.failed + counts.skipped === 0) counts.failed = 1;
    results.set(name, counts);
  }
  printOutcomes();
  const sum = { passed: 0, failed: 0, skipped: 0 };
  process.stdout.write('\nlayer         passed  failed  skipped\n');
  for (const [name, { passed, failed, skipped }] of results) {
    const cells = [passed, failed, skipped].map((count, index) =>
      String(count).padStart(index + 7),
    );
    process.stdout.write(`${name.padEnd(12)} ${cells.join('')}\n`);
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** The table of hostile inputs and faults, where tests have told of any. */
function printOutcomes() {
  if (outcomes.length === 0) return;
  const width = Math.max(...outcomes.map(({ what }) => what.length));
  process.stdout.write(`\n${'hostile input or fault'.padEnd(width)}  what happened\n`);
  for (const { what, happened } of outcomes) {
    process.stdout.write(`${what.padEnd(width)}  ${happened}\n`);
  }
}
