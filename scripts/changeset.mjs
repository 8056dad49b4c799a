/** `npm run changeset [-- version|status]`: notes a change for the next release, or prepares one. */
import { spawnSync } from 'node:child_process';
import { installPackages } from './lib/build.mjs';
import { rooted } from './lib/files.mjs';
import { runMain } from './lib/process.mjs';

await runMain(async () => {
  await installPackages('tools');
  const program = rooted('tools/node_modules/@changesets/cli/bin.js');
  const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], {
    cwd: rooted(),
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
});
