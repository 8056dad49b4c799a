/**
 * `npm run calibrate -- MODEL [--centre] [--held-out FOLD]`: scores the calibration pairs with a model,
 * fits its calibration, prints the cross-validated table, and writes models/manifest.json and
 * models/reports/MODEL.{json,svg}. With --centre, the model's mean embedding is taken first, and its
 * cosines are centred on it from then on.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { buildPackage, buildWasm, installPackages } from './lib/build.mjs';
import { fitCalibration, scoreCalibrationPairs } from './lib/calibration.mjs';
import { rooted } from './lib/files.mjs';
import { meanEmbedding } from './lib/mean-embedding.mjs';
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
  if (options.includes('--centre')) {
    await writeMeanEmbedding(model);
    await buildPackage();
  }
  const scores = await scoreCalibrationPairs(model);
  const fitOptions = options.filter((option) => option !== '--centre');
  const report = ['--report', rooted('models/reports', model)];
  await fitCalibration(model, scores, [...report, ...fitOptions]);
  await run('npx', ['--no-install', 'biome', 'format', '--write', 'models'], { cwd: rooted() });
});

/** @param {string} model */
async function writeMeanEmbedding(model) {
  const path = rooted('models/manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  const entry = manifest.models.find((/** @type {{ id: string }} */ { id }) => id === model);
  if (entry === undefined)
    throw new StepError(`There is no model ${model}.`, 'npm run models -- list');
  entry.meanEmbedding = await meanEmbedding(model);
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`);
}
