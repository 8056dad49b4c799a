/**
 * `npm run models -- …`: the package's `models` command. What it fetches goes beside the built page, too. `weights`
 * alone writes those of the included model into models/.
 */
import { existsSync } from 'node:fs';
import { ensureCommandLine, runCommandLine } from './lib/command-line.mjs';
import { rooted } from './lib/files.mjs';
import { writeIncludedWeights } from './lib/included-weights.mjs';
import { placeFullModel } from './lib/models.mjs';
import { runMain } from './lib/process.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  if (args.length === 1 && args[0] === 'weights') return writeIncludedWeights();
  await ensureCommandLine();
  runCommandLine(['models', ...args]);
  const fetched = process.exitCode === 0 && args[0] === 'fetch';
  if (fetched && existsSync(rooted('dist/site/index.html'))) await placeFullModel();
});
