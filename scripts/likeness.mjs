/** `npm run likeness -- …`: the package's command line, built first when need be. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { buildPackage, buildWasm, installPackages } from './lib/build.mjs';
import { rooted } from './lib/files.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain } from './lib/process.mjs';

await runMain(async () => {
  if (!existsSync(rooted('dist/package/built'))) {
    await ensurePrerequisites('build');
    await installPackages();
    await buildWasm();
    await buildPackage();
  }
  const { status } = spawnSync(
    process.execPath,
    [rooted('dist/package/cli/main.js'), ...process.argv.slice(2)],
    { cwd: process.env['INIT_CWD'] ?? process.cwd(), stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
});
