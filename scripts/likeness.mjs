/** `npm run likeness -- …`: the package's command line, built first when need be. */
import { existsSync } from 'node:fs';
import { buildPackage, buildWasm, installPackages } from './lib/build.mjs';
import { runCommandLine } from './lib/command-line.mjs';
import { rooted } from './lib/files.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain } from './lib/process.mjs';

await runMain(async () => {
  if (!existsSync(rooted('build/package-built'))) {
    await ensurePrerequisites('build');
    await installPackages();
    await buildWasm();
    await buildPackage();
  }
  runCommandLine(process.argv.slice(2));
});
