/**
 * dist/likeness.html: the page with all that it needs inside, for `file://`. Browsers start no module
 * workers and no service worker from a file, and let it fetch nothing.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { oneFile } from './plugin.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const inlined = fromHere('../../dist/package/standalone/inlined.js');

export default defineConfig({
  root: fromHere('..'),
  publicDir: false,
  resolve: {
    alias: [
      { find: '#assets/core', replacement: inlined },
      { find: '#assets/model', replacement: inlined },
      { find: '#assets/fetch', replacement: inlined },
      { find: '#assets/worker', replacement: fromHere('worker.ts') },
      { find: /^\.{1,2}\/beside\.ts$/, replacement: fromHere('beside.ts') },
      { find: './spawn-layout.ts', replacement: fromHere('spawn-layout.ts') },
    ],
  },
  build: {
    outDir: fromHere('../../dist'),
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 10_000,
    rolldownOptions: {
      input: fromHere('../src/main.ts'),
      output: { codeSplitting: false, comments: { legal: true } },
    },
  },
  worker: { format: 'iife' },
  plugins: [oneFile(fromHere('..'), fromHere('../../dist/site'), 'likeness.html')],
});
