/** A Vite plugin: the C++ core, built anew when it has changed. */
import { buildWasm, writeGenerated } from './build.mjs';
import { runAfterEdits } from './edits.mjs';
import { rooted } from './files.mjs';
import { GENERATED } from './from-sources.mjs';

/** What the core and the files beside the package's sources are made from. */
const WATCHED = ['core', 'cmake', 'wasm', 'models/manifest.json', 'CMakeLists.txt'].map((path) =>
  rooted(path),
);

const INPUT = /\.(?:cpp|hpp|cmake|json)$|\/CMakeLists\.txt$/;

/** The escape sequences that colour what compilers print. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one.
const COLOUR = /\u001b\[[\d;]*[A-Za-z]/g;

/**
 * Builds the core whenever its sources change, and has the page loaded anew; what the compiler complains of
 * shows on the page.
 * @param {'wasm' | 'wasm-debug'} preset
 * @param {AbortSignal} signal ends a build that is under way
 * @returns {import('vite').Plugin}
 */
export function rebuildCore(preset, signal) {
  return {
    name: 'likeness-rebuild-core',
    configureServer(server) {
      /** @type {string | undefined} */
      let problem;
      const tell = () => {
        if (problem !== undefined) {
          server.ws.send({ type: 'error', err: { message: problem, stack: '' } });
        }
      };
      // A page that is being loaded just then hears nothing.
      server.ws.on('connection', tell);
      runAfterEdits(server, WATCHED, INPUT, async () => {
        problem = await buildCore(preset, signal);
        if (signal.aborted) return;
        tell();
        if (problem !== undefined) return;
        server.environments['client']?.moduleGraph.invalidateAll();
        server.ws.send({ type: 'full-reload' });
      });
    },
  };
}

/**
 * @param {'wasm' | 'wasm-debug'} preset
 * @param {AbortSignal} [signal]
 * @returns {Promise<string | undefined>} what was printed, where it failed
 */
export async function buildCore(preset, signal) {
  let output = '';
  const hear = (/** @type {string} */ text) => {
    output += text;
  };
  try {
    await buildWasm(preset, { hear, ...(signal !== undefined && { signal }) });
    await writeGenerated(GENERATED, preset);
    return undefined;
  } catch (error) {
    return output.replace(COLOUR, '').trim() || String(error);
  }
}
