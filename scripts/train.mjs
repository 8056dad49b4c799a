/**
 * `npm run train [-- --minutes N]`: makes the embedded model anew, from pictures to model card. Goes on
 * where it was interrupted; what has been made so far lies in build/train.
 */
import { CALIBRATION_DIRECTORY, calibrate, scoreCalibrationPairs } from './lib/calibration.mjs';
import { rooted } from './lib/files.mjs';
import { INCLUDED_MODEL, writeIncludedWeights } from './lib/included-weights.mjs';
import { FULL_MODEL } from './lib/models.mjs';
import { ensurePrerequisites, PYTHON } from './lib/prerequisites.mjs';
import { run, runMain } from './lib/process.mjs';

await runMain(async () => {
  await ensurePrerequisites('training');
  await recipe('all', ...process.argv.slice(2));
  await recipe('publish');
  await writeIncludedWeights();
  await calibrate(INCLUDED_MODEL);
  await scoreCalibrationPairs(FULL_MODEL);
  await recipe('card', '--scores', CALIBRATION_DIRECTORY);
});

/** @param {readonly string[]} args a step of models/train/main.py, and its options */
async function recipe(...args) {
  const main = rooted('models/train/main.py');
  await run(PYTHON, [main, ...args, '--work', rooted('build/train')]);
}
