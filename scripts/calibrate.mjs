/**
 * `npm run calibrate -- MODEL [--held-out FOLD]`: scores the calibration pairs with a model, fits its
 * calibration, prints the cross-validated table, and writes models/manifest.json and
 * models/reports/MODEL.{json,svg}.
 */
import { buildPackage, buildWasm, installPackages } from './lib/build.mjs';
import { fitCalibration, scoreCalibrationPairs } from './lib/calibration.mjs';
import { rooted } from './lib/files.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { run, runMain, StepError } from './lib/process.mjs';

await runMain(async () => {
  const [model, ...options] = process.argv.slice(2);
  if (model === undefined) {
    throw new StepError('Which model?', 'npm run calibrate -- mobilenetv2');
  }
  await ensurePrerequisites('build');
  await installPackages();
  await buildWasm();
  await buildPackage();
  const scores = await scoreCalibrationPairs(model);
  const report = ['--report', rooted('models/reports', model)];
  await fitCalibration(model, scores, [...report, ...options]);
  await run('npx', ['--no-install', 'biome', 'format', '--write', 'models'], { cwd: rooted() });
});
