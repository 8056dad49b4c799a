/**
 * `npm run variants -- MODEL`: would another cosine tell similar pairs from different ones better? Tries
 * both views, embeddings centred on a mean one, and the average with the mirror image's, in every fold of
 * the calibration pairs. What gains in every fold is worth adopting: `npm run calibrate -- MODEL --centre`.
 */
import { buildPackage, buildWasm, installPackages } from './lib/build.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain, StepError } from './lib/process.mjs';
import { measureVariants, VIEWS } from './lib/variants.mjs';

await runMain(async () => {
  const [model] = process.argv.slice(2);
  if (model === undefined) throw new StepError('Which model?', 'npm run variants -- mobilenetv2');
  await ensurePrerequisites('build');
  await installPackages();
  await buildWasm();
  await buildPackage();
  for (const view of VIEWS) {
    const measured = await measureVariants(model, view, { mirror: true });
    process.stdout.write(`${model}, view ${view}: ROC AUC, similar against different\n`);
    printTable(measured);
  }
});

/**
 * A line a fold, with the gains against the first variant; then how often each of the others gains.
 * @param {import('./lib/variants.mjs').VariantAucs} measured
 */
function printTable({ names, folds, aucs }) {
  const line = (/** @type {string} */ name, /** @type {readonly string[]} */ cells) =>
    process.stdout.write(`${name.padEnd(6)}${cells.map((cell) => cell.padStart(22)).join('')}\n`);
  line('fold', names);
  for (const [index, row] of aucs.entries()) {
    const [plain = 0] = row;
    const cells = row.map((auc, column) =>
      column === 0 ? auc.toFixed(5) : `${auc.toFixed(5)} (${signed(auc - plain)})`,
    );
    line(folds[index] ?? '', cells);
  }
  for (const [column, name] of names.entries()) {
    if (column === 0) continue;
    const gains = aucs.map((row) => (row[column] ?? 0) - (row[0] ?? 0));
    const average = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
    const won = gains.filter((gain) => gain > 0).length;
    process.stdout.write(
      `${name}: ${signed(average)} on average, gains in ${won} of ${gains.length} folds\n`,
    );
  }
}

/** @param {number} gain */
function signed(gain) {
  return `${gain < 0 ? '−' : '+'}${Math.abs(gain).toFixed(5)}`;
}
