/** Labelled pairs of photographs, made from the reference material: what calibrations stand on. */
import { existsSync } from 'node:fs';
import { isStale, rooted } from './files.mjs';
import { ensurePrerequisites, PYTHON } from './prerequisites.mjs';
import { run, StepError, say } from './process.mjs';

/** Where the pairs and the edited copies lie. */
export const CALIBRATION_DIRECTORY = rooted('build/calibration');

/** The pairs; see models/calibrate/pairs.py. */
export const CALIBRATION_PAIRS = rooted('build/calibration/pairs.csv');

/** Makes pairs and edited copies (about 0.7 GB), unless they are there. */
export async function ensureCalibrationPairs() {
  const reference = process.env['LIKENESS_REFERENCE_DIR'];
  if (reference === undefined || !existsSync(reference)) {
    throw new StepError(
      'There are no photographs: LIKENESS_REFERENCE_DIR names no directory.',
      'set it to a directory with images/caltech101/<class>/*.jpg and reference/folds.json.',
    );
  }
  await ensurePrerequisites('recipes');
  const recipes = [rooted('models/calibrate/pairs.py'), rooted('models/edits.py')];
  if (!isStale(CALIBRATION_PAIRS, recipes)) return;
  say('making pairs and edited copies (a few minutes)');
  await run(PYTHON, [
    rooted('models/calibrate/pairs.py'),
    '--reference',
    reference,
    '--out',
    CALIBRATION_DIRECTORY,
  ]);
}
