import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { icons } from './delivery/icons.ts';
import { offline } from './delivery/offline.ts';
import { servedPage } from './delivery/page.ts';
import { samplePictures } from './samples/plugin.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const packed = fromHere('delivery/packed.ts');

/** The name of an emitted file: its hash stands before all of its extension, as in `a-1234.onnx.gz`. */
function assetName({ names: [name = ''] }: { readonly names: readonly string[] }): string {
  const [, stem, extension] = /^(.*)(\.\w+\.gz)$/.exec(name) ?? [];
  return stem === undefined ? 'assets/[name]-[hash][extname]' : `assets/${stem}-[hash]${extension}`;
}

/** The same for the page and its workers: what both load has one name, and is fetched once. */
const rolldownOptions = { output: { assetFileNames: assetName } };

export default defineConfig(({ command }) => ({
  root: fromHere('.'),
  // Relative addresses, so that the page works under any path (GitHub Pages: /repository/).
  base: './',
  resolve: {
    alias: {
      '#assets/worker': fromHere('delivery/worker.ts'),
      ...(command === 'build' && {
        '#assets/core': packed,
        '#assets/model': packed,
        '#assets/runtime': packed,
        'onnxruntime-web/wasm': fromHere('../build/packed/ort.wasm.bundle.min.mjs'),
      }),
    },
  },
  // The tag that loads it is put into the page later than it is looked for.
  optimizeDeps: { entries: ['src/main.ts'] },
  build: {
    outDir: fromHere('../dist/site'),
    // Models that lie there stay; the build script removes earlier assets itself.
    emptyOutDir: false,
    target: 'es2022',
    // A strict Content-Security-Policy lets no data: address through.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions,
  },
  worker: { format: 'es', rolldownOptions },
  plugins: [servedPage(), samplePictures(fromHere('../build/samples')), icons(), offline()],
}));
