/**
 * `npm run calibrate -- MODEL [--held-out FOLD]`: scores the calibration pairs with a model, fits its
 * calibration, prints the cross-validated table, and writes models/manifest.json and
 * models/reports/MODEL.{json,svg}.
 */
import { rooted } from './lib/files.mjs';
import { buildPackage, buildWasm, installPackages } from './lib/build.mjs';
import {
  CALIBRATION_DIRECTORY,
  CALIBRATION_PAIRS,
  ensureCalibrationPairs,
} from './lib/calibration.mjs';
import { ensurePrerequisites, PYTHON } from './lib/prerequisites.mjs';
import { run, runMain, StepError, say } from './lib/process.mjs';

await runMain(async () => {
  const [model, ...options] = process.argv.slice(2);
  if (model === undefined) {
    throw new StepError('Which model?', 'npm run calibrate -- mobilenetv2');
  }
  await ensurePrerequisites('build');
  await installPackages();
  await buildWasm();
  await buildPackage();
  await ensureCalibrationPairs();
  const scores = `${CALIBRATION_DIRECTORY}/${model}.csv`;
  say('scoring the pairs (about six minutes for the full model)');
  const evaluate = [
    rooted('dist/package/cli/main.js'),
    'evaluate',
    '--model',
    model,
    '--pairs',
    CALIBRATION_PAIRS,
    '--root',
    CALIBRATION_DIRECTORY,
    '--scores',
    scores,
  ];
  await run(process.execPath, evaluate);
  const report = ['--report', rooted('models/reports', model)];
  const fit = [rooted('models/calibrate/fit.py'), '--model', model, '--scores', scores, ...report];
  await run(PYTHON, [...fit, ...options], { cwd: rooted() });
  await run('npx', ['--no-install', 'biome', 'format', '--write', 'models'], { cwd: rooted() });
});
