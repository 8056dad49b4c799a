/**
 * `npm run bench [-- --skip-peer NAME …]`: how fast Likeness is, stage by stage, beside its peers;
 * with `--folder [CLONE]`: how long a folder of large photographs takes, beside the build of another commit; with
 * `--page-folder [CLONE]`: the same in the page; with
 * `--lighthouse`: how Lighthouse rates the page; with `--models`: what each model costs; with `--nearest`: how long the
 * nearest of 100,000 embeddings take, in Node; with `--network [WEIGHTS]`: how fast the core's own network is, native;
 * with `--weights`: what packed weights cost, and which form of the network is fastest. Medians; no test.
 */
import { benchFolder } from './bench/folder.mjs';
import { benchLighthouse } from './bench/lighthouse.mjs';
import { benchModels } from './bench/models.mjs';
import { benchNearest } from './bench/nearest.mjs';
import { benchNetwork } from './bench/network.mjs';
import { benchPageFolder } from './bench/page-folder.mjs';
import { readSkippedPeers } from './bench/peers.mjs';
import { benchSpeed } from './bench/speed.mjs';
import { benchWeights } from './bench/weights.mjs';
import { runMain } from './lib/process.mjs';

await runMain(async () => {
  const [choice, ...more] = process.argv.slice(2);
  if (choice === '--folder' && more.length <= 1) return benchFolder(...more);
  if (choice === '--page-folder' && more.length <= 1) return benchPageFolder(...more);
  if (choice === '--lighthouse' && more.length === 0) return benchLighthouse();
  if (choice === '--models' && more.length === 0) return benchModels();
  if (choice === '--nearest' && more.length === 0) return benchNearest();
  if (choice === '--network' && more.length <= 1) return benchNetwork(...more);
  if (choice === '--weights' && more.length === 0) return benchWeights();
  return benchSpeed(readSkippedPeers(process.argv.slice(2)));
});
