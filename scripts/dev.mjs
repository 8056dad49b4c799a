/**
 * `npm run dev [-- --debug]`: the page from its sources, which follows every edit. With --debug the core has
 * assertions and can be stepped through.
 */
import { parseArgs } from 'node:util';
import { installPackages } from './lib/build.mjs';
import { serveSources } from './lib/dev-server.mjs';
import { ensurePrerequisites } from './lib/prerequisites.mjs';
import { runMain } from './lib/process.mjs';
import { readPort } from './lib/static-server.mjs';

const DEFAULT_PORT = 5173;

await runMain(async () => {
  const { values } = parseArgs({ options: { debug: { type: 'boolean', default: false } } });
  const port = readPort(DEFAULT_PORT);
  await ensurePrerequisites('build');
  await installPackages();
  const url = await serveSources(values.debug ? 'wasm-debug' : 'wasm', port);
  process.stdout.write(`Likeness, from its sources, is at ${url} (Ctrl+C stops it)\n`);
});
