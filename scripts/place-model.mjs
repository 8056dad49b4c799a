/** Puts the full model, compressed, beside the built page, for whoever uploads dist/site/. */
import { FULL_MODEL, placeFullModel } from './lib/models.mjs';
import { runMain, StepError } from './lib/process.mjs';

await runMain(async () => {
  if (await placeFullModel()) return;
  throw new StepError(
    `${FULL_MODEL} is not on this machine.`,
    `npm run models -- fetch ${FULL_MODEL}`,
  );
});
