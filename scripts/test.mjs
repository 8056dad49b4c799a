/**
 * `npm test [-- [--silence SECONDS] LAYER…]`: installs what is missing, builds, checks the sources and
 * runs the tests. A file of Node tests that says nothing for so long is ended, and counts as failed.
 * With --long: only the long tests.
 *
 * `npm test -- [--watch] FILE… | native PATTERN…`: single tests, for which only what they need is built; with
 * --watch again after every edit.
 *
 * package.json runs it with --no-concurrent-recompilation, which the processes of the tests inherit:
 * where a test waits for nothing but V8 itself (a WebAssembly module to be compiled), Node 20 blocks until
 * its compiler threads are done, while one of them may be waiting for a garbage collection, for ever.
 */
import { parseArgs } from 'node:util';
import { buildAll, buildTests, configureNative } from './lib/build.mjs';
import { changedFiles } from './lib/changes.mjs';
import { checkFormat, checkLint, checkTidy } from './lib/checks.mjs';
import { runLayers, testLayers } from './lib/layers.mjs';
import { placeFullModel, removeFullModel } from './lib/models.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain, StepError, say } from './lib/process.mjs';
import { describeResults } from './lib/results.mjs';
import { readSelection } from './lib/selection.mjs';
import { repeatOnEdits, runSingleTests, watchedFor } from './lib/single-tests.mjs';

/** In seconds; a test that works takes a small part of it, also on a busy machine. */
const SILENCE = 300;

/** The long tests' trainings and tables say nothing for as long as they take. */
const LONG_SILENCE = 3600;

await runMain(async () => {
  const { values, positionals } = parseArgs({
    options: {
      long: { type: 'boolean', default: false },
      silence: { type: 'string' },
      watch: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const { long = false } = values;
  const silence = Number(values.silence ?? (long ? LONG_SILENCE : SILENCE));
  if (!(silence > 0)) throw new StepError('--silence must be above 0.', 'leave it out.');
  const layers = testLayers(long, silence);
  const chosen = readSelection(positionals, [...layers.keys()]);
  if (chosen.files.length + chosen.patterns.length > 0) {
    const task = async () => showResults(await runSingleTests(chosen, silence));
    if (values.watch)
      await repeatOnEdits(
        () => watchedFor(chosen),
        () => reported(task),
      );
    else await task();
    return;
  }
  if (values.watch) {
    throw new StepError('--watch is for single tests.', 'name a file: tests/wasm/formats.test.ts');
  }
  await buildAndCheck(chosen.layers.length === 0 && !long);
  const wanted = [...layers].filter(([name]) => chosen.layers.includes(name));
  showResults(await runLayers(chosen.layers.length === 0 ? layers : new Map(wanted)));
});

/**
 * Everything that the layers need.
 * @param {boolean} check whether the sources are checked, too
 */
async function buildAndCheck(check) {
  await ensurePrerequisites('test');
  // The recipe of the model is tested where its photographs are.
  if (process.env['LIKENESS_REFERENCE_DIR'] !== undefined) await ensurePrerequisites('training');
  await buildAll();
  // The tests are about this machine as it is, not as it was.
  if (!(await placeFullModel())) await removeFullModel();
  await buildTests();
  if (!check) return;
  await configureNative('native');
  await checkFormat();
  await checkLint();
  // Takes longest of all checks: what nobody has touched since it was last whole is left to CI.
  await checkTidy(process.env['CI'] ? undefined : changedFiles());
}

/**
 * Prints them; one failure is the failure of all.
 * @param {Awaited<ReturnType<typeof runLayers>>} results
 */
function showResults(results) {
  process.stdout.write(`\n${describeResults(results)}`);
  const failed = [...results.values()].some(({ failed }) => failed > 0);
  process.exitCode = failed ? 1 : 0;
}

/**
 * Says that a task failed, where it has to go on.
 * @param {() => Promise<void>} task
 */
async function reported(task) {
  try {
    await task();
  } catch (error) {
    say(`✗ ${error instanceof Error ? error.message : error}`);
  }
}
