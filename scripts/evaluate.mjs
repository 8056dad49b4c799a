/**
 * `npm run evaluate [-- --model ID|all]`: scores the calibration pairs with one model, or with all that
 * are on this machine, and prints two tables for each: scores of the calibration that ships, and the
 * cross-validated figures; then how well either view tells similar pairs from different ones. With --pairs
 * it is the package's own command `evaluate`.
 *
 * `npm run evaluate -- --copies [--model ID] [--scale S] [--edits E] [--kinds a,b] [--half fit|held-out]
 * [--work DIR] [--no-peers]`: the benchmark of copies, beside other programs. A scale of 0.1 makes a tenth
 * of the pairs, --edits 0.1 a tenth of the copies.
 */
import { parseArgs } from 'node:util';
import { buildPackage, buildWasm, installPackages, installTestPackages } from './lib/build.mjs';
import { fitCalibration, printSideBySide, scoreCalibrationPairs } from './lib/calibration.mjs';
import { runCommandLine } from './lib/command-line.mjs';
import { evaluateCopies } from './lib/copies.mjs';
import { FULL_MODEL, findModels } from './lib/models.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain } from './lib/process.mjs';
import { printViews } from './lib/variants.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  const copies = args.includes('--copies');
  await ensurePrerequisites(copies ? 'copies' : 'build');
  await installPackages();
  await buildWasm();
  await buildPackage();
  if (args.some((arg) => arg.startsWith('--pairs'))) return runCommandLine(['evaluate', ...args]);
  if (copies) {
    await installTestPackages();
    return evaluateCopies(args);
  }
  const { values } = parseArgs({ args, options: { model: { type: 'string', default: 'all' } } });
  const models = values.model === 'all' ? (await findModels()).present : [values.model];
  /** @type {Map<string, import('./lib/calibration.mjs').Scores>} */
  const scores = new Map();
  for (const model of models) {
    const scored = await scoreCalibrationPairs(model);
    await fitCalibration(model, scored);
    await printViews(model);
    scores.set(model, scored);
  }
  await printSideBySide(scores, FULL_MODEL);
});
