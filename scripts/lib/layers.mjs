/** The layers of tests: what each runs, and how its tests are counted. */
import { existsSync, readFileSync } from 'node:fs';
import { buildNative, configureNative, installPackages } from './build.mjs';
import { changedFiles } from './changes.mjs';
import { checkTidy } from './checks.mjs';
import { filesUnder, rooted } from './files.mjs';
import { FUZZ_TARGETS, fuzzAll } from './fuzz.mjs';
import { runTestFiles, runTestFilesWith } from './node-tests.mjs';
import { ensurePrerequisites } from './prerequisites.mjs';
import { exitCodeOf, StepError, say } from './process.mjs';

/** @typedef {import('./results.mjs').Result} Result */
/** @typedef {import('./process.mjs').RunOptions} RunOptions */

/**
 * @typedef {object} Layer
 * @property {(options: RunOptions) => Promise<Result>} run takes how the programs that it starts are run
 * @property {boolean} [background] whether it needs nothing that is built for the others: such layers begin at once,
 *   one after the other, and get the processor time that is left over
 * @property {boolean} [beside] whether it runs side by side with its neighbours that do so, too
 */

const FUZZED = Object.keys(FUZZ_TARGETS);

/** Seconds for each fuzz target in `npm test`; `npm run fuzz` takes its time. */
const FUZZ_SECONDS = 4;

/** Layers of Node tests: the folders of tests/ that hold *.test.ts files. */
const NODE_LAYERS = [
  'tooling',
  'models',
  'wasm',
  'cli',
  'page',
  'types',
  'hostile',
  'package',
  'browser',
];

/** Layers that show what the package does in Node, without a browser; every Node in `NODES` runs them. */
const PACKAGE_LAYERS = ['wasm', 'cli'];

/** Major versions beside the lowest one that the package supports; tests/nodes/package.json pins them. */
const NODES = ['22', '24'];

/**
 * What tests have told of, in their order: the rows of the tables.
 * @type {{ table: string, what: string, happened: string }[]}
 */
const outcomes = [];

/**
 * Every layer by name, in the order they begin.
 * @param {boolean} long whether the long tests run, or the others
 * @param {number} silence seconds after which a file of Node tests that says nothing is ended
 * @returns {ReadonlyMap<string, Layer>}
 */
export function testLayers(long, silence) {
  /** @type {[string, Layer][]} */
  const native = [
    ['native', { run: (options) => runNativeLayer('native', options), background: true }],
    ['sanitizers', { run: (options) => runNativeLayer('sanitizers', options), background: true }],
    ['tidy', { run: runTidy, background: true }],
    ['fuzz', { run: (options) => fuzzAll(FUZZED, FUZZ_SECONDS, options), background: true }],
  ];
  /** @type {[string, Layer][]} */
  const node = NODE_LAYERS.filter((layer) => nodeTestFiles(layer, long).length > 0).map((layer) => [
    layer,
    { run: () => runNodeLayer(nodeTestFiles(layer, long), silence), beside: true },
  ]);
  /** @type {[string, Layer][]} */
  const otherNodes = NODES.map((version) => [
    `node${version}`,
    { run: () => runOtherNodeLayer(version, silence) },
  ]);
  return new Map(
    long ? [['arm64', { run: runArm64Layer }], ...otherNodes, ...node] : [...native, ...node],
  );
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
 * One folder of Node tests.
 * @param {string[]} files
 * @param {number} silence
 * @returns {Promise<Result>}
 */
async function runNodeLayer(files, silence) {
  const result = await runTestFiles(files, silence);
  outcomes.push(...result.outcomes);
  return result;
}

/**
 * The package's tests, the long ones left out, in another version of Node.
 * @param {string} version
 * @param {number} silence
 * @returns {Promise<Result>}
 */
async function runOtherNodeLayer(version, silence) {
  await installPackages('tests/nodes');
  const name = `node-${version}-${process.platform}-${process.arch}`;
  const node = rooted('tests/nodes/node_modules', name, 'bin/node');
  if (!existsSync(node)) {
    const reason = `tests/nodes/package.json has no Node ${version} for ${process.platform}-${process.arch}`;
    return { passed: 0, failed: 0, skipped: [reason], times: [] };
  }
  const files = PACKAGE_LAYERS.flatMap((layer) => nodeTestFiles(layer, false));
  return runTestFilesWith(node, files, silence);
}

/** The native tests as a 64-bit ARM runs them. What that takes is installed only here. */
async function runArm64Layer() {
  await ensurePrerequisites('arm64');
  return runNativeLayer('arm64');
}

/**
 * clang-tidy, as one test. It takes longest of all checks: what nobody has touched since it was last whole is left to
 * CI.
 * @param {RunOptions} options
 * @returns {Promise<Result>}
 */
async function runTidy(options) {
  await configureNative('native', options);
  await checkTidy(process.env['CI'] ? undefined : changedFiles(), options);
  return { passed: 1, failed: 0, skipped: [], times: [] };
}

/**
 * The native tests, through ctest.
 * @param {'native' | 'arm64' | 'sanitizers'} preset
 * @param {RunOptions} [options]
 * @returns {Promise<Result>}
 */
async function runNativeLayer(preset, options = {}) {
  await buildNative(preset, [], options);
  const report = rooted('build', preset, 'tests.xml');
  const code = await exitCodeOf(
    'ctest',
    ['--preset', preset, '--parallel', '2', '--output-junit', report],
    { ...options, cwd: rooted() },
  );
  if (!existsSync(report)) {
    throw new StepError(`ctest wrote no report (exit code ${code}).`, 'read its output above.');
  }
  const tests = readFileSync(report, 'utf8').split('<testcase ').slice(1).map(readNativeTest);
  const failures = tests.filter(({ status }) => status === 'fail');
  const failed = failures.length;
  const skipped = tests.flatMap(({ status, skipped }) => (status === 'notrun' ? skipped : []));
  return {
    passed: tests.length - failed - skipped.length,
    failed: code === 0 ? failed : Math.max(failed, 1),
    skipped,
    times: tests.map(({ name, seconds }) => ({ name, seconds })),
    failures: failures.map(({ name }) => ({ name, why: 'its output stands above' })),
  };
}

/**
 * A test as ctest's report has it.
 * @param {string} element from its attributes on
 */
function readNativeTest(element) {
  /** @param {RegExp} pattern */
  const found = (pattern) => pattern.exec(element)?.[1] ?? '';
  return {
    name: found(/\bname="([^"]*)"/),
    seconds: Number(found(/\btime="([^"]*)"/)),
    status: found(/\bstatus="([^"]*)"/),
    skipped: found(/^SKIPPED: (.*)$/m),
  };
}

/** @typedef {Result & { seconds: number }} TimedResult */

/**
 * Runs layers: those in the background from the beginning on; the others when everything is built, the native programs
 * that some of them start among it. A layer without tests fails.
 * @param {ReadonlyMap<string, Layer>} layers
 * @param {object} [ready] kept when the layers have what they need
 * @param {Promise<void> | undefined} [ready.background]
 * @param {Promise<void>} [ready.others] where it fails, what runs is ended, and there are no results
 * @returns {Promise<ReadonlyMap<string, TimedResult>>}
 */
export async function runLayers(layers, { background = done(), others = done() } = {}) {
  const stop = new AbortController();
  const running = runInBackground(layers, background, stop.signal);
  try {
    await others;
    await running.get('native');
    for (const group of groupsOf([...layers].filter(([, layer]) => !layer.background))) {
      say(`testing: ${group.map(([name]) => name).join(', ')}`);
      const results = group.map(([, layer]) => timed(() => layer.run({})));
      for (const [at, result] of results.entries()) running.set(group[at]?.[0] ?? '', result);
      await Promise.all(results);
    }
    /** @type {Map<string, TimedResult>} */
    const results = new Map();
    for (const name of layers.keys()) {
      const result = await running.get(name);
      if (result !== undefined) results.set(name, result);
    }
    printOutcomes();
    return results;
  } catch (error) {
    stop.abort();
    throw error;
  }
}

/** What need not be waited for. */
async function done() {}

/**
 * Starts the layers of the background, one after the other.
 * @param {ReadonlyMap<string, Layer>} layers
 * @param {Promise<void>} ready
 * @param {AbortSignal} signal ends what runs
 * @returns {Map<string, Promise<TimedResult>>} their results; one that can't be run has failed
 */
function runInBackground(layers, ready, signal) {
  /** @type {Map<string, Promise<TimedResult>>} */
  const running = new Map();
  /** @type {Promise<unknown>} */
  let earlier = ready;
  for (const [name, layer] of layers) {
    if (!layer.background) continue;
    const result = earlier.then(() => {
      say(`testing in the background: ${name}`);
      return timed(() => layer.run({ background: true, signal }).catch(asFailure));
    });
    // Where nothing is ready, the others say so.
    result.catch(() => {});
    running.set(name, result);
    earlier = result;
  }
  return running;
}

/**
 * @param {unknown} error why a layer could not be run
 * @returns {Result}
 */
function asFailure(error) {
  if (!(error instanceof StepError)) throw error;
  const failures = [{ name: 'could not be run', why: error.message }];
  return { passed: 0, failed: 1, skipped: [], times: [], failures };
}

/**
 * @param {readonly [string, Layer][]} layers
 * @returns {[string, Layer][][]} each what runs side by side
 */
function groupsOf(layers) {
  /** @type {[string, Layer][][]} */
  const groups = [];
  for (const layer of layers) {
    const last = groups.at(-1);
    if (layer[1].beside && last?.[0]?.[1].beside) last.push(layer);
    else groups.push([layer]);
  }
  return groups;
}

/**
 * @param {() => Promise<Result>} runLayer
 * @returns {Promise<TimedResult>} until the end of its last test
 */
async function timed(runLayer) {
  const start = performance.now();
  const result = await runLayer();
  if (result.passed + result.failed + result.skipped.length === 0) result.failed = 1;
  return { seconds: (performance.now() - start) / 1000, ...result };
}

/** The tables of what tests have told of: hostile inputs and faults, runtimes and tools. */
function printOutcomes() {
  for (const table of new Set(outcomes.map((outcome) => outcome.table))) {
    const rows = outcomes.filter((outcome) => outcome.table === table);
    const width = Math.max(table.length, ...rows.map(({ what }) => what.length));
    process.stdout.write(`\n${table.padEnd(width)}  what happened\n`);
    for (const { what, happened } of rows) {
      process.stdout.write(`${what.padEnd(width)}  ${happened}\n`);
    }
  }
}
