/** Labelled pairs of photographs, made from the reference material: what calibrations stand on. */
import { existsSync } from 'node:fs';
import { runCommandLine } from './command-line.mjs';
import { isStale, rooted } from './files.mjs';
import { ensurePrerequisites, PYTHON } from './prerequisites.mjs';
import { run, StepError, say } from './process.mjs';

/** Where the pairs, the edited copies and the scores lie. */
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

/**
 * Scores the pairs with a model and its shipped calibration, and prints the table of `evaluate`.
 * @param {string} model
 * @returns {Promise<string>} the file of the scores
 */
export async function scoreCalibrationPairs(model) {
  await ensureCalibrationPairs();
  const scores = `${CALIBRATION_DIRECTORY}/${model}.csv`;
  say(`scoring the pairs with ${model} (six minutes for MobileNetV2)`);
  const pairs = ['--pairs', CALIBRATION_PAIRS, '--root', CALIBRATION_DIRECTORY];
  runCommandLine(['evaluate', '--model', model, ...pairs, '--scores', scores]);
  if (process.exitCode === 0) return scores;
  throw new StepError(`The pairs could not be scored with ${model}.`, 'read the message above.');
}

/**
 * Fits the model's calibration on its scores: prints the cross-validated table.
 * @param {string} model
 * @param {string} scores
 * @param {readonly string[]} [options] of models/calibrate/fit.py
 */
export function fitCalibration(model, scores, options = []) {
  const fit = [rooted('models/calibrate/fit.py'), '--model', model, '--scores', scores];
  return run(PYTHON, [...fit, ...options], { cwd: rooted(), prints: true });
}
