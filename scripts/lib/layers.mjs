/** The layers of tests: what each runs, and how its tests are counted. */
import { existsSync, readFileSync } from 'node:fs';
import { buildNative, installPackages } from './build.mjs';
import { filesUnder, rooted } from './files.mjs';
import { FUZZ_TARGETS, fuzzAll } from './fuzz.mjs';
import { runTestFiles, runTestFilesWith } from './node-tests.mjs';
import { ensurePrerequisites } from './prerequisites.mjs';
import { exitCodeOf, StepError, say } from './process.mjs';

/** @typedef {import('./results.mjs').Result} Result */

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

/**
 * Those that run side by side: files of Node tests share the lanes, and the sanitizers compute in the background
 * while files wait for a page or a disk.
 */
const SIDE_BY_SIDE = new Set(['sanitizers', ...NODE_LAYERS]);

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
 * Every layer by name, in the order they run.
 * @param {boolean} long whether the long tests run, or the others
 * @param {number} silence seconds after which a file of Node tests that says nothing is ended
 * @returns {ReadonlyMap<string, () => Promise<Result>>}
 */
export function testLayers(long, silence) {
  /** @type {[string, () => Promise<Result>][]} */
  const native = [
    ['native', () => runNativeLayer('native')],
    ['fuzz', () => fuzzAll(Object.keys(FUZZ_TARGETS), FUZZ_SECONDS)],
    ['sanitizers', () => runNativeLayer('sanitizers', { background: true })],
  ];
  /** @type {[string, () => Promise<Result>][]} */
  const node = NODE_LAYERS.filter((layer) => nodeTestFiles(layer, long).length > 0).map((layer) => [
    layer,
    () => runNodeLayer(nodeTestFiles(layer, long), silence),
  ]);
  /** @type {[string, () => Promise<Result>][]} */
  const otherNodes = NODES.map((version) => [
    `node${version}`,
    () => runOtherNodeLayer(version, silence),
  ]);
  return new Map(long ? [['arm64', runArm64Layer], ...otherNodes, ...node] : [...native, ...node]);
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
 * The native tests, through ctest.
 * @param {'native' | 'arm64' | 'sanitizers'} preset
 * @param {import('./process.mjs').RunOptions} [options]
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

/**
 * Runs layers one after the other, but for neighbours that run side by side; a layer without tests fails.
 * @param {ReadonlyMap<string, () => Promise<Result>>} layers
 * @returns {Promise<ReadonlyMap<string, Result & { seconds: number }>>}
 */
export async function runLayers(layers) {
  /** @type {Map<string, Result & { seconds: number }>} */
  const results = new Map();
  for (const group of groupsOf([...layers])) {
    say(`testing: ${group.map(([name]) => name).join(', ')}`);
    const done = await Promise.all(group.map(([, runLayer]) => timed(runLayer)));
    for (const [at, [name]] of group.entries()) {
      const result = done[at];
      if (result !== undefined) results.set(name, result);
    }
  }
  printOutcomes();
  return results;
}

/**
 * @param {readonly [string, () => Promise<Result>][]} layers
 * @returns {[string, () => Promise<Result>][][]} each what runs side by side
 */
function groupsOf(layers) {
  /** @type {[string, () => Promise<Result>][][]} */
  const groups = [];
  for (const layer of layers) {
    const last = groups.at(-1);
    const joins = SIDE_BY_SIDE.has(layer[0]) && SIDE_BY_SIDE.has(last?.[0]?.[0] ?? '');
    if (joins) last?.push(layer);
    else groups.push([layer]);
  }
  return groups;
}

/**
 * @param {() => Promise<Result>} runLayer
 * @returns {Promise<Result & { seconds: number }>} until the end of its last test
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
