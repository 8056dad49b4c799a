/** `npm run lint`: formatting, linters, types and architecture. */
import {
  buildPackage,
  buildWasm,
  configureNative,
  installPackages,
  installTestPackages,
} from './lib/build.mjs';
import { checkFormat, checkLint, checkTidy } from './lib/checks.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain } from './lib/process.mjs';

await runMain(async () => {
  await ensurePrerequisites('test');
  await installPackages();
  await installTestPackages();
  await buildWasm();
  await buildPackage();
  await configureNative('native');
  await checkFormat();
  await checkLint();
  await checkTidy();
});
