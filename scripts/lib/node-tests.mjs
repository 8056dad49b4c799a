/** Runs test files of Node's test runner. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { ROOT, rooted } from './files.mjs';
import { inLane } from './lanes.mjs';
import { StepError } from './process.mjs';
import { watch } from './watchdog.mjs';

/** Marks what tests/support/outcomes.ts tells. */
const OUTCOME = 'outcome: ';

/** What the reporter says at the end of every file; the sums of all files are said elsewhere. */
const SUMS = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+\n/gm;

/** @typedef {import('./results.mjs').Failure} Failure */

/** @typedef {import('./results.mjs').Result & { outcomes: { table: string, what: string, happened: string }[], failures: Failure[], seconds?: number }} FileResult */

/**
 * Runs test files, each in a process of its own and a lane of its own (what waits for a page or a disk leaves
 * a core to another file), and shows how it went.
 * @param {string[]} files
 * @param {number} silence seconds after which a file that says nothing is ended
 * @returns {Promise<FileResult>}
 */
export async function runTestFiles(files, silence) {
  /** @type {FileResult} */
  const result = { passed: 0, failed: 0, skipped: [], times: [], outcomes: [], failures: [] };
  /** @type {number | undefined} */
  let start;
  const runInLane = (/** @type {string} */ file) =>
    inLane(() => {
      start ??= performance.now();
      return runTestFile(file, silence, result);
    });
  await Promise.all(files.map(runInLane));
  // Without the time that the first of them waited for files of other layers.
  return { ...result, seconds: (performance.now() - (start ?? performance.now())) / 1000 };
}

/**
 * The same in another Node.
 * @param {string} node path of the program
 * @param {string[]} files
 * @param {number} silence seconds after which a file that says nothing is ended
 * @returns {Promise<FileResult>}
 */
export async function runTestFilesWith(node, files, silence) {
  const child = fork(rooted('scripts/lib/node-tests-child.mjs'), { execPath: node });
  /** @type {FileResult | undefined} */
  let result;
  child.on('message', (message) => {
    result = /** @type {FileResult} */ (message);
  });
  child.send({ files, silence });
  const [code] = await once(child, 'close');
  if (result !== undefined) return result;
  throw new StepError(
    `${node} ended with ${code} and has not said how its tests went.`,
    'read its output above; does it run on this machine?',
  );
}

/**
 * @param {string} file
 * @param {number} silence
 * @param {FileResult} result what came of it is added here
 */
async function runTestFile(file, silence, result) {
  const stream = run({ files: [file], concurrency: 1 });
  const shown = relative(ROOT, file);
  let silent = '';
  watch(stream, silence, (sentence) => {
    silent = sentence;
  });
  stream.on('test:diagnostic', ({ message }) => {
    if (message.startsWith(OUTCOME))
      result.outcomes.push(JSON.parse(message.slice(OUTCOME.length)));
  });
  stream.on('test:pass', ({ name, skip, nesting, details }) => {
    if (details.type === 'suite') return;
    if (skip === undefined) result.passed += 1;
    else result.skipped.push(String(skip));
    if (nesting === 0) result.times.push({ name, seconds: details.duration_ms / 1000 });
  });
  stream.on('test:fail', ({ name, details }) => {
    if (details.type === 'suite') return;
    result.failed += 1;
    const why = name === file && silent !== '' ? silent : reasonOf(details.error);
    result.failures.push({ name: name === file ? shown : `${name} (${shown})`, why });
  });
  // In one piece, so that files that run side by side don't mix.
  let said = '';
  for await (const text of stream.compose(new spec())) said += text;
  process.stdout.write(said.replace(SUMS, ''));
}

/**
 * Why a test failed; of a file's process, how it ended.
 * @param {Error & { exitCode?: number | null, signal?: string | null }} error
 */
function reasonOf({ message, cause, exitCode, signal }) {
  const ended = signal ? `, ended by ${signal}` : exitCode ? `, exit code ${exitCode}` : '';
  return `${cause instanceof Error ? cause.message : message}${ended}`;
}
