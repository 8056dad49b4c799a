/** `npm run build`: everything that goes into dist/, and nothing else. */
import { buildAll } from './lib/build.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain } from './lib/process.mjs';

await runMain(async () => {
  await ensurePrerequisites('build');
  await buildAll();
});
