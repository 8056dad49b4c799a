/** What is bundled from dist/package: the self-contained file, and bundles that are only weighed. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rooted } from './files.mjs';
import { StepError } from './process.mjs';

/** Where the self-contained file is written. */
export const STANDALONE = 'dist/package/likeness.standalone.js';

/** ONNX Runtime's build for the WebAssembly backend. */
export const RUNTIME_WASM = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';

/**
 * A file that goes into a script.
 * @typedef {object} InlinedFile
 * @property {string} path
 * @property {string} type its media type
 * @property {string} [name] what it is asked for by, if not the last part of its path
 */

/**
 * The files that the package loads.
 * @type {readonly InlinedFile[]}
 */
export const INLINED = [
  { path: 'dist/package/likeness-core.wasm', type: 'application/wasm' },
  { path: 'dist/package/mobilenetv2-lite.onnx', type: 'application/octet-stream' },
  { path: RUNTIME_WASM, type: 'application/wasm' },
];

const INLINED_FILES = '\0likeness-inlined-files';
const RUNTIME = '\0likeness-runtime';
const NO_RUNTIME = '\0likeness-no-runtime';

/** From another origin ONNX Runtime uses its own inlined glue only when it is told where its .wasm is. */
const RUNTIME_SOURCE = `
  import { env } from 'onnxruntime-web/wasm';
  env.wasm.wasmPaths = { wasm: new URL('ort-wasm-simd-threaded.wasm', import.meta.url).href };
  export * from 'onnxruntime-web/wasm';`;

/** Bundles the package, its worker, ONNX Runtime and the files they load into one file. */
export async function bundleStandalone() {
  const { build } = await import('rolldown');
  await build({
    input: rooted('dist/package/standalone/index.js'),
    platform: 'browser',
    logLevel: 'warn',
    checks: { pluginTimings: false },
    plugins: [inlineFiles(INLINED, [...INLINED.map(nameOf), 'worker.js'])],
    output: {
      file: rooted(STANDALONE),
      format: 'es',
      minify: true,
      codeSplitting: false,
      comments: { legal: true },
      banner: '/*! image-likeness, Apache-2.0; contains ONNX Runtime Web, MIT */',
    },
  });
}

/**
 * Rewrites `new URL('….wasm', import.meta.url)` to the inlined file's address, `fetch` to the function
 * that answers it, and the package's worker to one that runs the bundle itself.
 * @param {readonly InlinedFile[]} files
 * @param {readonly string[]} [needed] names of what the bundle must have found at its end
 * @returns {import('rolldown').Plugin}
 */
export function inlineFiles(files, needed = []) {
  const names = INLINED.map(nameOf);
  const address = new RegExp(
    `new URL\\(\\s*["'][^"']*?(${names.map((name) => name.replaceAll('.', '\\.')).join('|')})["'],\\s*import\\.meta\\.url\\s*\\)`,
    'g',
  );
  const worker =
    /new Worker\(new URL\('[^']*worker\.js', import\.meta\.url\), \{ type: 'module' \}\)/g;
  /** @type {Set<string>} */
  const missing = new Set(needed);
  return {
    name: 'likeness-inline-files',
    resolveId(id, importer) {
      if (id === './inlined.js') return INLINED_FILES;
      if (id === 'onnxruntime-web/wasm' && importer !== RUNTIME) return RUNTIME;
      return id === 'onnxruntime-web/webgpu' ? NO_RUNTIME : null;
    },
    async load(id) {
      if (id === RUNTIME) return RUNTIME_SOURCE;
      if (id === NO_RUNTIME)
        return "throw new Error('the self-contained file has WebAssembly only');";
      if (id !== INLINED_FILES) return null;
      const entries = await Promise.all(files.map(inlinedEntry));
      return `export default ${JSON.stringify(Object.fromEntries(entries))};`;
    },
    transform(code, id) {
      if (id.includes('/standalone/')) return null;
      let head = '';
      let text = code.replace(address, (_, name) => {
        missing.delete(name);
        return `new URL("inlined:${name}")`;
      });
      if (worker.test(text)) {
        missing.delete('worker.js');
        text = text.replace(worker, 'spawnInlinedWorker()');
        head += `import { spawnWorker as spawnInlinedWorker } from ${JSON.stringify(rooted('dist/package/standalone/worker.js'))};`;
      }
      if (/\bfetch\(/.test(text)) {
        head += `import { fetch } from ${JSON.stringify(rooted('dist/package/standalone/fetch.js'))};`;
      }
      return { code: head + text, map: null };
    },
    buildEnd(error) {
      if (error !== undefined || missing.size === 0) return;
      throw new StepError(
        `The self-contained file would ask for ${[...missing].join(', ')}.`,
        'its address must be written `new URL(name, import.meta.url)`; see scripts/lib/bundle.mjs.',
      );
    },
  };
}

/** @param {InlinedFile} file */
function nameOf({ path, name = basename(path) }) {
  return name;
}

/** @param {InlinedFile} file */
async function inlinedEntry(file) {
  const { path, type } = file;
  const packed = gzipSync(await readFile(rooted(path)), { level: 9 });
  return [nameOf(file), { type, data: packed.toString('base64') }];
}

/**
 * The minified size of what an app that uses one entry point gets, in bytes, without files that are
 * loaded later.
 * @param {string} entry below dist/package
 */
async function bundledSize(entry) {
  const { build } = await import('rolldown');
  const { output } = await build({
    input: rooted('dist/package', entry),
    platform: 'browser',
    logLevel: 'warn',
    external: [/^onnxruntime-web/],
    write: false,
    output: { format: 'es', minify: true, codeSplitting: false },
  });
  return output.reduce(
    (sum, file) => sum + (file.type === 'chunk' ? Buffer.byteLength(file.code) : 0),
    0,
  );
}

/**
 * Weighs what users download against scripts/size-budgets.json.
 * @returns {Promise<void>} rejects with a StepError that names whatever is too heavy
 */
export async function checkSizes() {
  /** @type {Record<string, { budget: number, file?: string, bundle?: string }>} */
  const budgets = JSON.parse(readFileSync(rooted('scripts/size-budgets.json'), 'utf8'));
  const heavy = [];
  for (const [what, { budget, file, bundle }] of Object.entries(budgets)) {
    const size =
      bundle === undefined
        ? readFileSync(rooted(file ?? '')).byteLength
        : await bundledSize(bundle);
    process.stderr.write(`  ${what}: ${size} bytes of ${budget}\n`);
    if (size > budget) heavy.push(`${what}: ${size} bytes, the budget is ${budget}`);
  }
  if (heavy.length === 0) return;
  throw new StepError(
    `Too heavy:\n  ${heavy.join('\n  ')}`,
    'make it smaller, or raise the budget in scripts/size-budgets.json and say why.',
  );
}
