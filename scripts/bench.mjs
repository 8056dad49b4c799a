/**
 * `npm run bench`: how long the built page takes; with `--models`: what each model costs; with
 * `--nearest`: how long the nearest of 100,000 embeddings take, in Node; with `--weights`: what packed
 * weights cost, and which form of the network is fastest. Medians; no test.
 */
import { benchModels } from './bench/models.mjs';
import { benchNearest } from './bench/nearest.mjs';
import { benchPage } from './bench/page.mjs';
import { benchWeights } from './bench/weights.mjs';
import { runMain, StepError } from './lib/process.mjs';

await runMain(async () => {
  const [choice, ...more] = process.argv.slice(2);
  if (choice === undefined) return benchPage();
  if (choice === '--models' && more.length === 0) return benchModels();
  if (choice === '--nearest' && more.length === 0) return benchNearest();
  if (choice === '--weights' && more.length === 0) return benchWeights();
  throw new StepError(
    `There is no measurement "${[choice, ...more].join(' ')}".`,
    'npm run bench, or npm run bench -- --models, --nearest or --weights',
  );
});
