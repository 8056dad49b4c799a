/**
 * `npm test [-- LAYER…]`: installs what is missing, builds, checks the sources and runs the tests.
 * With --long: only the long tests.
 *
 * package.json runs it with --no-concurrent-recompilation, which the processes of the tests inherit:
 * where a test waits for nothing but V8 itself (a WebAssembly module to be compiled), Node 20 blocks until
 * its compiler threads are done, while one of them may be waiting for a garbage collection, for ever.
 */
import { buildAll, buildTests, configureNative } from './lib/build.mjs';
import { checkFormat, checkLint, checkTidy } from './lib/checks.mjs';
import { runLayers, testLayers } from './lib/layers.mjs';
import { placeFullModel } from './lib/models.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain, StepError } from './lib/process.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  const long = args.includes('--long');
  const chosen = args.filter((arg) => arg !== '--long');
  await ensurePrerequisites('test');
  await buildAll();
  await placeFullModel();
  await buildTests();
  if (chosen.length === 0 && !long) {
    await configureNative('native');
    await checkFormat();
    await checkLint();
    await checkTidy();
  }
  const { passed, failed, skipped } = await runLayers(choose(testLayers(long), chosen));
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  if (failed > 0) process.exitCode = 1;
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
