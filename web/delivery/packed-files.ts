import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { gzipAsync } from '@gfx/zopfli';
import type { Plugin } from 'vite';

/** Modules of the package that name one of its files. */
const NAMED = /\/dist\/package\/(core|model)-url\.js$/;

/** The one that can name ONNX Runtime's file. */
const RUNTIME_URL = /\/dist\/package\/runtime-url\.js$/;

const ADDRESS = /new URL\('(\.\/[^']+)', import\.meta\.url\)/;

/** How ONNX Runtime finds its file by itself, which it need not do here. */
const OWN_RUNTIME = /new URL\("ort-wasm-simd-threaded\.wasm",import\.meta\.url\)/g;

/**
 * Lets the page load the core, the model and ONNX Runtime as gzip files, since static hosts don't
 * compress them all; the package unpacks and checks them. One plugin serves the page and its workers.
 * @param runtime path of ONNX Runtime's .wasm
 * @param directory where compressed files are kept between builds
 */
export function packedFiles(runtime: string, directory: string): Plugin {
  // The page and its workers are built side by side, and name the same files.
  const packing = new Map<string, Promise<string>>();
  const packOnce = (path: string): Promise<string> => {
    const packed = packing.get(path) ?? pack(path, directory);
    packing.set(path, packed);
    return packed;
  };
  return {
    name: 'likeness-packed-files',
    enforce: 'pre',
    apply: 'build',
    async transform(code, id) {
      const [path = ''] = id.split('?');
      const address = async (file: string): Promise<string> => {
        const packed = relative(dirname(path), await packOnce(file));
        return `new URL('${packed}', import.meta.url)`;
      };
      if (RUNTIME_URL.test(path)) {
        return `export function runtimeUrl() { return ${await address(runtime)}; }`;
      }
      const [found, name] = NAMED.test(path) ? (ADDRESS.exec(code) ?? []) : [];
      if (found === undefined || name === undefined) return null;
      return code.replace(found, await address(join(dirname(path), name)));
    },
  };
}

/** The name of an emitted file: its hash stands before all of its extension, as in `a-1234.onnx.gz`. */
export function packedName({ names: [name = ''] }: { readonly names: readonly string[] }): string {
  const [, stem, extension] = /^(.*)(\.\w+\.gz)$/.exec(name) ?? [];
  return stem === undefined ? 'assets/[name]-[hash][extname]' : `assets/${stem}-[hash]${extension}`;
}

/** Keeps ONNX Runtime from naming its uncompressed file, which would be emitted for nobody. */
export function withoutUnpackedRuntime(): Plugin {
  return {
    name: 'likeness-without-unpacked-runtime',
    enforce: 'pre',
    apply: 'build',
    transform: (code, id) =>
      id.includes('/onnxruntime-web/dist/ort.wasm.bundle.min.mjs')
        ? code.replace(OWN_RUNTIME, 'new URL(import.meta.url)')
        : null,
  };
}

/** Passes of Zopfli: one makes ONNX Runtime 5 % smaller than zlib does, four more 0.1 %. */
const PASSES = 1;

/** Compresses a file, unless that has been done since it changed: for ONNX Runtime it takes 15 s. */
async function pack(path: string, directory: string): Promise<string> {
  const packed = join(directory, `${basename(path)}.gz`);
  const changed = (file: string): Promise<number> =>
    stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  if ((await changed(packed)) > (await changed(path))) return packed;
  await mkdir(directory, { recursive: true });
  await writeFile(packed, await gzipAsync(await readFile(path), { numiterations: PASSES }));
  return packed;
}
