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
import { buildAll, buildTests } from './lib/build.mjs';
import { checkFormat, checkLint } from './lib/checks.mjs';
import { runLayers, testLayers } from './lib/layers.mjs';
import { placeFullModel, removeFullModel } from './lib/models.mjs';
import { ensureInTurn } from './lib/prerequisites.mjs';
import { onceAskedToEnd, runMain, StepError, say } from './lib/process.mjs';
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
  // With it ends what it has started in the background.
  onceAskedToEnd(() => process.exit(1));
  const wanted = [...layers].filter(([name]) => chosen.layers.includes(name));
  const all = chosen.layers.length === 0;
  showResults(await runLayers(all ? layers : new Map(wanted), getReady(all && !long)));
});

/**
 * Begins with everything that the layers need: what those in the background need is there first.
 * @param {boolean} check whether the sources are checked, too
 */
function getReady(check) {
  // The recipe of the model is tested where its photographs are.
  const photographs = process.env['LIKENESS_REFERENCE_DIR'] !== undefined;
  const [forBuilding, forTests, forModels] = ensureInTurn(
    photographs ? ['build', 'test', 'training'] : ['build', 'test'],
  );
  const others = async () => {
    await forBuilding;
    await buildAll();
    // The tests are about this machine as it is, not as it was.
    if (!(await placeFullModel())) await removeFullModel();
    await buildTests();
    await forTests;
    if (check) {
      await checkFormat();
      await checkLint();
    }
    await forModels;
  };
  return { background: forTests, others: others() };
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
