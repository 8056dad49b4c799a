/**
 * `npm run calibrate -- MODEL [--centre]`: scores the calibration pairs with a model, fits its
 * calibration, prints the cross-validated table, and writes models/manifest.json and
 * models/reports/MODEL.{json,svg}. With --centre, the model's mean embedding is taken first, and its
 * cosines are centred on it from then on.
 */
import { parseArgs } from 'node:util';
import { calibrate } from './lib/calibration.mjs';
import { runMain, StepError } from './lib/process.mjs';

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { centre: { type: 'boolean', default: false } },
  });
  const [model, ...more] = positionals;
  if (model === undefined || more.length > 0) {
    throw new StepError('Which model?', 'npm run calibrate -- mobilenetv2');
  }
  await calibrate(model, values);
});
