/** A Vite plugin: says in the terminal which types are wrong, since the server itself reads none. */
import { runAfterEdits } from './edits.mjs';
import { rooted } from './files.mjs';
import { exitCodeOf, say } from './process.mjs';

const INPUT = /\.(?:ts|json)$/;

/**
 * Checks the types at the start and whenever a source has changed. The compiler runs anew each time, about a
 * second: `tsc --watch` of TypeScript 7.0.2 misses edits (findings/tsc-watch-misses-edits.sh).
 * @param {AbortSignal} signal ends a check that is under way
 * @returns {import('vite').Plugin}
 */
export function recheckTypes(signal) {
  const places = ['web', 'wasm'].map((path) => rooted(path));
  return {
    name: 'likeness-recheck-types',
    configureServer(server) {
      let right = false;
      const check = runAfterEdits(server, places, INPUT, async () => {
        const args = ['--no-install', 'tsc', '-p', 'web/tsconfig.dev.json'];
        const before = right;
        right = (await exitCodeOf('npx', args, { cwd: rooted(), signal })) === 0;
        if (right && !before) say('No type is wrong.');
      });
      void check();
    },
  };
}
