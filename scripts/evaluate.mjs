/**
 * `npm run evaluate [-- --model ID|all …]`: the command `evaluate`; without --pairs, on the calibration
 * pairs.
 */
import { buildPackage, buildWasm, installPackages } from './lib/build.mjs';
import {
  CALIBRATION_DIRECTORY,
  CALIBRATION_PAIRS,
  ensureCalibrationPairs,
} from './lib/calibration.mjs';
import { runCommandLine } from './lib/command-line.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain } from './lib/process.mjs';

await runMain(async () => {
  await ensurePrerequisites('build');
  await installPackages();
  await buildWasm();
  await buildPackage();
  const args = process.argv.slice(2);
  if (!args.includes('--pairs')) {
    await ensureCalibrationPairs();
    args.push('--pairs', CALIBRATION_PAIRS, '--root', CALIBRATION_DIRECTORY);
  }
  runCommandLine(['evaluate', ...args]);
});
