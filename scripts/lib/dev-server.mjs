/** The server behind `npm run dev`. */
import { realpathSync } from 'node:fs';
import { ROOT, rooted } from './files.mjs';
import { fromSources } from './from-sources.mjs';
import { onceAskedToEnd, StepError } from './process.mjs';
import { buildCore, rebuildCore } from './rebuild-core.mjs';
import { recheckTypes } from './recheck-types.mjs';
import { ISOLATION } from './static-server.mjs';

/**
 * Serves the page from its sources until this process is told to end.
 * @param {'wasm' | 'wasm-debug'} preset how the core is built
 * @param {number} port the next free one is taken where it is in use
 * @returns {Promise<string>} the page's address
 */
export async function serveSources(preset, port) {
  const ending = new AbortController();
  onceAskedToEnd(() => ending.abort());
  if ((await buildCore(preset, ending.signal)) !== undefined) {
    throw new StepError(
      'The core could not be built.',
      'read above; mend it and run the same again.',
    );
  }
  // Not at the top: the file is also read before the npm packages are installed.
  const { createServer } = await import('vite');
  const server = await createServer(configuration(preset, port, ending.signal));
  await server.listen();
  ending.signal.addEventListener('abort', () => server.close());
  return server.resolvedUrls?.local[0] ?? '';
}

/**
 * @param {'wasm' | 'wasm-debug'} preset
 * @param {number} port
 * @param {AbortSignal} signal
 * @returns {import('vite').InlineConfig}
 */
function configuration(preset, port, signal) {
  return {
    configFile: rooted('web/vite.config.ts'),
    // What isn't there is told as such, and not answered with the page.
    appType: 'mpa',
    logLevel: 'warn',
    clearScreen: false,
    cacheDir: rooted('build/vite'),
    // It finds its own files, but only in its own place.
    optimizeDeps: { exclude: ['onnxruntime-web'] },
    server: {
      host: '127.0.0.1',
      port,
      headers: ISOLATION,
      // Else a broken module is complained of once for each that imports it.
      preTransformRequests: false,
      fs: { allow: [ROOT, realpathSync(rooted('node_modules'))] },
      // They change when a build ends, and its end is told.
      watch: { ignored: [rooted('build/**'), rooted('dist/**')] },
    },
    plugins: [fromSources(), rebuildCore(preset, signal), recheckTypes(signal)],
  };
}
