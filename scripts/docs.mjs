/** `npm run docs`: the API site, made from the comments, in build/docs. A warning is an error. */
import { rm } from 'node:fs/promises';
import { buildPackage, buildWasm, installPackages } from './lib/build.mjs';
import { rooted } from './lib/files.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { run, runMain } from './lib/process.mjs';

await runMain(async () => {
  await ensurePrerequisites('build');
  await installPackages();
  await installPackages('tools');
  await buildWasm();
  await buildPackage();
  await rm(rooted('build/docs'), { recursive: true, force: true });
  const typedoc = rooted('tools/node_modules/typedoc/bin/typedoc');
  await run(process.execPath, [typedoc, '--options', 'docs/typedoc.json'], { cwd: rooted() });
  process.stdout.write('The site is at build/docs/index.html\n');
});
