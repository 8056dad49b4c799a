/** Files in the form that the page loads them in: its own modules for `#assets` name them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { RUNTIME_WASM } from './bundle.mjs';
import { isStale, rooted } from './files.mjs';
import { patch } from './patch.mjs';

/** Where they are; see web/delivery/packed.ts. */
const PACKED = 'build/packed';

/** Static hosts don't compress them all, so they are gzip files, which the package unpacks. */
const FILES = [
  'dist/package/likeness-core.wasm',
  'dist/package/mobilenetv2-lite.onnx',
  RUNTIME_WASM,
];

/** ONNX Runtime's script for the WebAssembly backend, as it is and as the page has it. */
const RUNTIME_SCRIPT = 'node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs';

/** Passes of Zopfli: one makes ONNX Runtime 5 % smaller than zlib does, four more 0.1 %. */
const PASSES = 1;

/** Writes what is missing or older than what it is made from. */
export async function packFiles() {
  await mkdir(rooted(PACKED), { recursive: true });
  await Promise.all(FILES.map(pack));
  const code = await readFile(rooted(RUNTIME_SCRIPT), 'utf8');
  await writeFile(rooted(PACKED, basename(RUNTIME_SCRIPT)), withoutOwnFile(code));
}

/**
 * ONNX Runtime names its .wasm, uncompressed, and Vite would put it beside the page for nobody: the
 * package hands it the bytes.
 * @param {string} code of ONNX Runtime
 */
export function withoutOwnFile(code) {
  return patch({
    file: RUNTIME_SCRIPT,
    code,
    piece: 'new URL("ort-wasm-simd-threaded.wasm",import.meta.url)',
    by: 'new URL(import.meta.url)',
    times: 2,
  });
}

/**
 * For ONNX Runtime it takes 15 s.
 * @param {string} path
 */
async function pack(path) {
  const packed = rooted(PACKED, `${basename(path)}.gz`);
  if (!isStale(packed, [rooted(path)])) return;
  // Not at the top: the file is also read before the npm packages are installed.
  const { gzipAsync } = await import('@gfx/zopfli');
  await writeFile(packed, await gzipAsync(await readFile(rooted(path)), { numiterations: PASSES }));
}
