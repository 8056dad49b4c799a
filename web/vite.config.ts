import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { samplePictures } from './samples/plugin.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: fromHere('.'),
  // Relative addresses, so that the page works under any path (GitHub Pages: /repository/).
  base: './',
  build: {
    outDir: fromHere('../dist/site'),
    // Models that lie there stay; the build script removes earlier assets itself.
    emptyOutDir: false,
    target: 'es2022',
    // A strict Content-Security-Policy lets no data: address through.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  plugins: [samplePictures(fromHere('../build/samples'))],
});
