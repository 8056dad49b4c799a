/**
 * `npm run fuzz -- [--seconds N] [--target NAME]`: looks for inputs that break the core, in every
 * target or in one. Exit code 1 where it finds one, or covers too little.
 */
import { parseArgs } from 'node:util';
import { FUZZ_TARGETS, fuzzAll } from './lib/fuzz.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain, StepError } from './lib/process.mjs';

await runMain(async () => {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '60' }, target: { type: 'string' } },
  });
  const seconds = Number(values.seconds);
  const known = Object.keys(FUZZ_TARGETS);
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new StepError('--seconds must be a whole number above 0.', 'leave it out for 60.');
  }
  if (values.target !== undefined && !known.includes(values.target)) {
    throw new StepError(
      `There is no target ${values.target}.`,
      `choose from: ${known.join(', ')}.`,
    );
  }
  await ensurePrerequisites('fuzzing');
  const targets = values.target === undefined ? known : [values.target];
  const { failed } = await fuzzAll(targets, seconds);
  if (failed > 0) process.exitCode = 1;
});
