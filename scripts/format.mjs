/** `npm run format`: formats every file that a formatter knows. */
import { installPackages } from './lib/build.mjs';
import { cppFiles } from './lib/checks.mjs';
import { rooted } from './lib/files.mjs';
import { run, runMain } from './lib/process.mjs';

await runMain(async () => {
  await installPackages();
  await run('clang-format', ['-i', ...cppFiles()], {
    cwd: rooted(),
    cure: 'install clang-format (Debian: apt-get install clang-format).',
  });
  await run('npx', ['--no-install', 'biome', 'format', '--write', '.'], { cwd: rooted() });
});
