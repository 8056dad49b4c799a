import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { icons } from './delivery/icons.ts';
import { offline } from './delivery/offline.ts';
import { packedFiles, packedName, withoutUnpackedRuntime } from './delivery/packed-files.ts';
import { samplePictures } from './samples/plugin.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const RUNTIME = fromHere('../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm');
const packed = packedFiles(RUNTIME, fromHere('../build/zopfli'));

/** The same for the page and its workers: what both load has one name, and is fetched once. */
const rolldownOptions = { output: { assetFileNames: packedName } };

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
    rolldownOptions,
  },
  worker: {
    format: 'es',
    plugins: () => [packed, withoutUnpackedRuntime()],
    rolldownOptions,
  },
  plugins: [packed, samplePictures(fromHere('../build/samples')), icons(), offline()],
});
