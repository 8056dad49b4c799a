/** Labelled pairs of photographs, made from the reference material: what calibrations stand on. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPackage, buildWasm, installPackages } from './build.mjs';
import { runCommandLine } from './command-line.mjs';
import { csvOf, readCsv } from './csv.mjs';
import { isStale, rooted } from './files.mjs';
import { meanEmbedding } from './mean-embedding.mjs';
import { ensurePrerequisites, PYTHON } from './prerequisites.mjs';
import { run, StepError, say } from './process.mjs';

/** Where the pairs, the edited copies and the scores lie. */
export const CALIBRATION_DIRECTORY = rooted('build/calibration');

/** The pairs; see models/calibrate/pairs.py. */
export const CALIBRATION_PAIRS = rooted('build/calibration/pairs.csv');

const MANIFEST = rooted('models/manifest.json');

/**
 * Models that were trained on other folds of the pairs: the one whose classes they never saw. It is
 * data.held_out_fold in models/train/config.toml.
 * @type {Readonly<Record<string, string>>}
 */
const UNSEEN_FOLD = { 'mobilenetv2-lite': '0' };

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

/** @typedef {{ pairs: string, strangers: string }} Scores files of scored pairs */

/**
 * Scores the pairs, and the hardest strangers, with a model and its shipped calibration; prints the
 * tables of `evaluate`.
 * @param {string} model
 * @returns {Promise<Scores>}
 */
export async function scoreCalibrationPairs(model) {
  await ensureCalibrationPairs();
  say(`scoring the pairs with ${model} (a quarter of an hour for MobileNetV2)`);
  const counted = await pairsFor(model);
  const pairs = scorePairs(model, counted, `${CALIBRATION_DIRECTORY}/${model}.csv`);
  const hardest = await findStrangers(model);
  say('scoring the strangers that it finds most alike');
  const scored = `${CALIBRATION_DIRECTORY}/${model}-strangers.csv`;
  return { pairs, strangers: scorePairs(model, hardest, scored) };
}

/**
 * All pairs, or those of the fold that the model never saw: no others count for it.
 * @param {string} model
 * @returns {Promise<string>} their file
 */
async function pairsFor(model) {
  const fold = UNSEEN_FOLD[model];
  if (fold === undefined) return CALIBRATION_PAIRS;
  /** @type {Record<string, string>[]} */
  const all = await readCsv(CALIBRATION_PAIRS);
  const own = `${CALIBRATION_DIRECTORY}/pairs-fold-${fold}.csv`;
  const inside = all.filter((pair) => pair['fold'] === fold);
  await writeFile(own, await csvOf(inside));
  return own;
}

/**
 * @param {string} model
 * @param {string} pairs
 * @param {string} scores the file to write
 * @returns {string} that file
 */
function scorePairs(model, pairs, scores) {
  const files = ['--pairs', pairs, '--root', CALIBRATION_DIRECTORY, '--scores', scores];
  runModel(model, ['evaluate', ...files]);
  return scores;
}

/**
 * Writes the pairs of strangers that the model finds most alike.
 * @param {string} model
 * @returns {Promise<string>} their file
 */
async function findStrangers(model) {
  const images = join(process.env['LIKENESS_REFERENCE_DIR'] ?? '', 'images');
  const embeddings = `${CALIBRATION_DIRECTORY}/${model}.npy`;
  const strangers = `${CALIBRATION_DIRECTORY}/${model}-hardest.csv`;
  const folders = [`${images}/caltech101`, `${images}/imagenet-sample`];
  runModel(model, ['embed', ...folders, '--out', embeddings]);
  const program = rooted('models/calibrate/strangers.py');
  await run(PYTHON, [program, '--embeddings', embeddings, '--out', strangers]);
  return strangers;
}

/**
 * Runs the package's command line to its end; a failure ends the step.
 * @param {string} model
 * @param {readonly string[]} args
 */
function runModel(model, args) {
  runCommandLine([...args, '--model', model]);
  if (process.exitCode === 0) return;
  throw new StepError(`The pairs could not be scored with ${model}.`, 'read the message above.');
}

/**
 * Fits the model's calibration on its scores: prints the cross-validated table.
 * @param {string} model
 * @param {Scores} scores
 * @param {readonly string[]} [options] of models/calibrate/fit.py
 */
export function fitCalibration(model, scores, options = []) {
  const fit = [rooted('models/calibrate/fit.py'), '--model', model, '--scores', scores.pairs];
  fit.push('--strangers', scores.strangers);
  const unseen = UNSEEN_FOLD[model];
  if (unseen !== undefined) fit.push('--only-fold', unseen);
  return run(PYTHON, [...fit, ...options], { cwd: rooted(), prints: true });
}

/**
 * Prints the figures of the models that have an unseen fold beside another one's, on that fold.
 * @param {ReadonlyMap<string, Scores>} scores by model
 * @param {string} reference the other model
 */
export async function printSideBySide(scores, reference) {
  const referenceScores = scores.get(reference);
  if (referenceScores === undefined) return;
  for (const [model, fold] of Object.entries(UNSEEN_FOLD)) {
    const own = scores.get(model);
    if (own === undefined) continue;
    const program = [rooted('models/calibrate/side_by_side.py'), '--fold', fold];
    const models = ['--trained-here', model, own.pairs, own.strangers];
    models.push('--reference', reference, referenceScores.pairs, referenceScores.strangers);
    say(`fold ${fold}, without mirror images among the edited ones`);
    await run(PYTHON, [...program, ...models], { cwd: rooted(), prints: true });
  }
}

/**
 * Scores the pairs, fits the model's calibration on them and prints the cross-validated table; writes
 * models/manifest.json and models/reports/MODEL.{json,svg}.
 * @param {string} model
 * @param {{ centre?: boolean }} [options] centre: whether the mean embedding is taken first, which
 *   cosines are centred on from then on
 */
export async function calibrate(model, { centre = false } = {}) {
  await ensurePrerequisites('build');
  await installPackages();
  await buildWasm();
  await buildPackage();
  if (centre) {
    await writeMeanEmbedding(model);
    await buildPackage();
  }
  await fitOnScores(model);
}

/** @param {string} model */
async function fitOnScores(model) {
  const scores = await scoreCalibrationPairs(model);
  await fitCalibration(model, scores, ['--report', rooted('models/reports', model)]);
  await run('npx', ['--no-install', 'biome', 'format', '--write', 'models'], { cwd: rooted() });
}

/** @param {string} model */
async function writeMeanEmbedding(model) {
  const manifest = JSON.parse(await readFile(MANIFEST, 'utf8'));
  const entry = manifest.models.find((/** @type {{ id: string }} */ { id }) => id === model);
  if (entry === undefined)
    throw new StepError(`There is no model ${model}.`, 'npm run models -- list');
  entry.meanEmbedding = await meanEmbedding(model);
  await writeFile(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
}
