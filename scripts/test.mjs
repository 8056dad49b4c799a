/**
 * `npm test [-- [--silence SECONDS] LAYER…]`: installs what is missing, builds, checks the sources and
 * runs the tests. A file of Node tests that says nothing for so long is ended, and counts as failed.
 * With --long: only the long tests.
 *
 * package.json runs it with --no-concurrent-recompilation, which the processes of the tests inherit:
 * where a test waits for nothing but V8 itself (a WebAssembly module to be compiled), Node 20 blocks until
 * its compiler threads are done, while one of them may be waiting for a garbage collection, for ever.
 */
import { parseArgs } from 'node:util';
import { buildAll, buildTests, configureNative } from './lib/build.mjs';
import { checkFormat, checkLint, checkTidy } from './lib/checks.mjs';
import { runLayers, testLayers } from './lib/layers.mjs';
import { placeFullModel, removeFullModel } from './lib/models.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain, StepError } from './lib/process.mjs';
import { describeResults } from './lib/results.mjs';

/** In seconds; a test that works takes a small part of it, also on a busy machine. */
const SILENCE = 300;

/** The long tests' trainings and tables say nothing for as long as they take. */
const LONG_SILENCE = 3600;

await runMain(async () => {
  const { values, positionals: chosen } = parseArgs({
    options: { long: { type: 'boolean', default: false }, silence: { type: 'string' } },
    allowPositionals: true,
  });
  const { long = false } = values;
  const silence = Number(values.silence ?? (long ? LONG_SILENCE : SILENCE));
  if (!(silence > 0)) throw new StepError('--silence must be above 0.', 'leave it out.');
  const layers = choose(testLayers(long, silence), chosen);
  await ensurePrerequisites('test');
  // The recipe of the model is tested where its photographs are.
  if (process.env['LIKENESS_REFERENCE_DIR'] !== undefined) await ensurePrerequisites('training');
  await buildAll();
  // The tests are about this machine as it is, not as it was.
  if (!(await placeFullModel())) await removeFullModel();
  await buildTests();
  if (chosen.length === 0 && !long) {
    await configureNative('native');
    await checkFormat();
    await checkLint();
    await checkTidy();
  }
  const results = await runLayers(layers);
  process.stdout.write(`\n${describeResults(results)}`);
  if ([...results.values()].some(({ failed }) => failed > 0)) process.exitCode = 1;
});

/**
 * @template T
 * @param {ReadonlyMap<string, T>} layers
 * @param {readonly string[]} names all of them when empty
 */
function choose(layers, names) {
  if (names.length === 0) return layers;
  const unknown = names.filter((name) => !layers.has(name));
  if (unknown.length > 0) {
    throw new StepError(
      `There is no test layer ${unknown.join(', ')}.`,
      `choose from: ${[...layers.keys()].join(', ')}.`,
    );
  }
  return new Map([...layers].filter(([name]) => names.includes(name)));
}
