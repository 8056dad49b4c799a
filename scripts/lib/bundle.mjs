/** What is bundled from dist/package: libraries, the self-contained file, and bundles that are only weighed. */
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { filesUnder, rooted } from './files.mjs';
import { checkShipped } from './licences.mjs';
import { StepError } from './process.mjs';

/** Where the self-contained file is written. */
export const STANDALONE = 'dist/package/likeness.standalone.js';

/** ONNX Runtime's build for the WebAssembly backend. */
export const RUNTIME_WASM = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';

/** The modules that take from npm packages what the package uses of them; see wasm/README.md. */
const LIBRARIES = 'dist/package/libraries';

/** How those of them end that are for Node alone; see `imports` in package.json. */
const NODE_ONLY = '.node.js';

/** What the self-contained file has inside; see wasm/src/standalone/data.d.ts. */
const INLINED = {
  core: 'dist/package/likeness-core.wasm',
  model: 'dist/package/mobilenetv2-lite.onnx',
};

/**
 * What stands in whose place where everything is inside one script; see wasm/src/assets.ts.
 * @type {Readonly<Record<string, string>>}
 */
const STANDALONE_ALIAS = {
  '#assets/core': 'inlined.js',
  '#assets/model': 'inlined.js',
  '#assets/fetch': 'inlined.js',
  '#assets/worker': 'worker.js',
};

/**
 * Puts the code of npm packages into the modules that take from them, so that nobody has to install those. What
 * two of them share is a file beside them. Their declarations go: they name the packages, and none that
 * users see names them.
 */
export async function bundleLibraries() {
  const modules = filesUnder(LIBRARIES, ['.js']);
  const forNode = modules.filter((path) => path.endsWith(NODE_ONLY));
  await bundleInPlace(forNode, 'node');
  await bundleInPlace(
    modules.filter((path) => !forNode.includes(path)),
    'browser',
  );
  const declarations = filesUnder(LIBRARIES, ['.ts']);
  await Promise.all(declarations.map((path) => rm(rooted(path))));
}

/**
 * @param {readonly string[]} modules in LIBRARIES
 * @param {'browser' | 'node'} platform whose builds of the packages are taken
 */
async function bundleInPlace(modules, platform) {
  const { build } = await import('rolldown');
  const { output } = await build({
    input: Object.fromEntries(modules.map((path) => [basename(path, '.js'), rooted(path)])),
    platform,
    logLevel: 'warn',
    checks: { pluginTimings: false },
    output: {
      dir: rooted(LIBRARIES),
      format: 'es',
      minify: true,
      chunkFileNames: '[name].js',
      comments: { legal: true },
    },
  });
  checkShipped(output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])));
}

/** Bundles the package, its worker and the files they load into one file. */
export async function bundleStandalone() {
  await writeFile(rooted('dist/package/standalone/data.js'), await inlinedData());
  const { build } = await import('rolldown');
  const alias = Object.entries(STANDALONE_ALIAS).map(([name, file]) => [
    name,
    rooted('dist/package/standalone', file),
  ]);
  await build({
    input: rooted('dist/package/standalone/index.js'),
    platform: 'browser',
    logLevel: 'warn',
    checks: { pluginTimings: false },
    resolve: { alias: Object.fromEntries(alias) },
    output: {
      file: rooted(STANDALONE),
      format: 'es',
      minify: true,
      codeSplitting: false,
      comments: { legal: true },
      banner: '/*! image-likeness, Apache-2.0 */',
    },
  });
}

/** Makes one readable file of what the scripts of `dedupe --script` do, since they need nothing of the package. */
export async function bundleReviewProgram() {
  const { build } = await import('rolldown');
  await build({
    input: rooted('dist/package/cli/review/review.js'),
    platform: 'node',
    logLevel: 'warn',
    checks: { pluginTimings: false },
    output: {
      file: rooted('dist/package/cli/review-program.js'),
      format: 'es',
      codeSplitting: false,
    },
  });
}

/** Makes one file of the worker in Node, which takes half as long to load as its fifty modules. */
export async function bundleNodeWorker() {
  const worker = rooted('dist/package/node/worker.js');
  const { build } = await import('rolldown');
  await build({
    input: worker,
    platform: 'node',
    logLevel: 'warn',
    checks: { pluginTimings: false },
    output: { file: worker, format: 'es', minify: true, codeSplitting: false },
  });
}

async function inlinedData() {
  const exports = Object.entries(INLINED).map(async ([name, path]) => {
    const packed = gzipSync(await readFile(rooted(path)), { level: 9 });
    return `export const ${name} = '${packed.toString('base64')}';\n`;
  });
  return (await Promise.all(exports)).join('');
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
