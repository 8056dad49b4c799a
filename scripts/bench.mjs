/**
 * `npm run bench`: how long the built page takes; with `--models`: what each model costs. Medians
 * with their spread; no test.
 */
import { benchModels } from './bench/models.mjs';
import { benchPage } from './bench/page.mjs';
import { runMain, StepError } from './lib/process.mjs';

await runMain(async () => {
  const [choice, ...more] = process.argv.slice(2);
  if (choice === undefined) return benchPage();
  if (choice === '--models' && more.length === 0) return benchModels();
  throw new StepError(
    `There is no measurement "${[choice, ...more].join(' ')}".`,
    'npm run bench, or npm run bench -- --models',
  );
});
