/** `npm run models -- …`: the package's `models` command; what it fetches goes beside the built page, too. */
import { existsSync } from 'node:fs';
import { ensureCommandLine, runCommandLine } from './lib/command-line.mjs';
import { rooted } from './lib/files.mjs';
import { placeFullModel } from './lib/models.mjs';
import { runMain } from './lib/process.mjs';

await runMain(async () => {
  await ensureCommandLine();
  const args = process.argv.slice(2);
  runCommandLine(['models', ...args]);
  const fetched = process.exitCode === 0 && args[0] === 'fetch';
  if (fetched && existsSync(rooted('dist/site/index.html'))) await placeFullModel();
});
