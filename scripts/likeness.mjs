/** `npm run likeness -- …`: the package's command line, built first when need be. */
import { ensureCommandLine, runCommandLine } from './lib/command-line.mjs';
import { runMain } from './lib/process.mjs';

await runMain(async () => {
  await ensureCommandLine();
  runCommandLine(process.argv.slice(2));
});
