/** dist/likeness.html: the page with all that it needs inside, for `file://`. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { INLINED, inlineFiles } from './bundle.mjs';
import { rooted } from './files.mjs';
import { StepError, say } from './process.mjs';

/** Where the file is written. */
export const SINGLE_FILE = 'dist/likeness.html';

/** Where the page offers it. */
const OFFERED = 'dist/site/likeness.html';

/** Largest size in bytes: the file has to fit into an e-mail. */
const MOST_BYTES = 10_000_000;

const SAMPLES = 'dist/site/samples';
const RUNTIME_NAME = 'ort-wasm-simd-threaded.wasm';

/** @type {Readonly<Record<string, string>>} */
const IMAGE_TYPES = { '.jpg': 'image/jpeg', '.svg': 'image/svg+xml' };

const WORKER =
  /new Worker\(\s*new URL\('([^']+)',\s*import\.meta\.url\),\s*\{\s*type: 'module',?\s*\}\s*,?\s*\)/g;
const CLASSIC_WORKER = '\0classic-worker:';

/**
 * Writes the single file, from the built package and the page's sources. Browsers start no module
 * workers and no service worker from a file, and let it fetch nothing: its workers are classic scripts
 * in Blobs, and what the page would fetch is inside.
 * @returns {Promise<void>} rejects with a StepError where it is too large
 */
export async function buildSingleFile() {
  const samples = readdirSync(rooted(SAMPLES)).map((name) => ({
    path: `${SAMPLES}/${name}`,
    name: `samples/${name}`,
    type: 'image/jpeg',
  }));
  const script = await bundle(rooted('web/src/main.ts'), 'es', [...INLINED, ...samples]);
  const html = await assemble(await readFile(rooted('web/index.html'), 'utf8'), script);
  const size = Buffer.byteLength(html);
  if (size >= MOST_BYTES) {
    throw new StepError(
      `${SINGLE_FILE} would have ${size} bytes, the most is ${MOST_BYTES}.`,
      'see what has grown.',
    );
  }
  await writeFile(rooted(SINGLE_FILE), html);
  await copyFile(rooted(SINGLE_FILE), rooted(OFFERED));
  say(`${SINGLE_FILE}: ${(size / 1e6).toFixed(1)} MB`);
}

/**
 * One script, without imports.
 * @param {string} input
 * @param {'es' | 'iife'} format
 * @param {readonly import('./bundle.mjs').InlinedFile[]} files that it may ask for
 */
async function bundle(input, format, files) {
  const { build } = await import('rolldown');
  const { output } = await build({
    input,
    platform: 'browser',
    logLevel: 'warn',
    checks: { pluginTimings: false },
    plugins: [classicWorkers(), fromFile(), inlineFiles(files)],
    write: false,
    output: { format, minify: true, codeSplitting: false, comments: { legal: true } },
  });
  const [script, ...others] = output;
  if (others.length > 0) throw new Error(`${input} became ${output.length} files`);
  // An end tag would end the script, wherever in it that stands.
  return script.code.replaceAll('</script', '<\\/script');
}

/**
 * Puts the bundled script of each worker into a Blob.
 * @returns {import('rolldown').Plugin}
 */
function classicWorkers() {
  return {
    name: 'likeness-classic-workers',
    transform(code, id) {
      let head = '';
      const text = code.replace(WORKER, (_, /** @type {string} */ path) => {
        const name = `spawnClassicWorker${head.length}`;
        const module = CLASSIC_WORKER + resolve(dirname(id), path);
        head += `import { spawn as ${name} } from ${JSON.stringify(module)};`;
        return `${name}()`;
      });
      return head === '' ? null : { code: head + text, map: null };
    },
    resolveId: (id) => (id.startsWith(CLASSIC_WORKER) ? id : null),
    async load(id) {
      if (!id.startsWith(CLASSIC_WORKER)) return null;
      const [core] = INLINED;
      const script = await bundle(id.slice(CLASSIC_WORKER.length), 'iife', core ? [core] : []);
      return `
        export function spawn() {
          const url = URL.createObjectURL(new Blob([${JSON.stringify(script)}], { type: 'text/javascript' }));
          const worker = new Worker(url);
          const release = () => URL.revokeObjectURL(url);
          worker.addEventListener('message', release, { once: true });
          worker.addEventListener('error', release, { once: true });
          return worker;
        }`;
    },
  };
}

/**
 * What lies beside the page lies inside the file.
 * @returns {import('rolldown').Plugin}
 */
function fromFile() {
  return {
    name: 'likeness-from-file',
    transform(code, id) {
      if (id.endsWith('/dist/package/runtime-url.js')) {
        return `export function runtimeUrl() { return new URL('${RUNTIME_NAME}', import.meta.url); }`;
      }
      if (id.startsWith(rooted('web/src'))) {
        return code.replaceAll('document.baseURI', "'inlined:///'");
      }
      // A classic script has no import.meta; ONNX Runtime uses it for files that it is handed here.
      if (id.includes('/onnxruntime-web/')) {
        return code.replace(/(?<!\.wasm",\s*)import\.meta\.url/g, "'inlined:///'");
      }
      return null;
    },
  };
}

/**
 * The page with its script, style and pictures inside, and a policy that allows these and no request.
 * @param {string} page
 * @param {string} script
 */
async function assemble(page, script) {
  const style = await readFile(rooted('web/src/page.css'), 'utf8');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)} 'wasm-unsafe-eval'`,
    'worker-src blob:',
    'img-src blob: data:',
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const replacements = /** @type {const} */ ([
    [/(http-equiv="Content-Security-Policy"\s+content=")[^"]*/, `$1${policy.join('; ')}`],
    [/<link rel="stylesheet" href="\.\/src\/page\.css" \/>/, `<style>${style}</style>`],
    [/\s*<div class="only-from-file">[\s\S]*?<\/div>/, ''],
    [/\s*<p class="one-file">[\s\S]*?<\/p>/, ''],
    [
      /<script type="module" src="\.\/src\/main\.ts"><\/script>/,
      `<script type="module">${script}</script>`,
    ],
  ]);
  let html = page;
  for (const [pattern, text] of replacements) {
    if (!pattern.test(html)) throw new Error(`web/index.html has no ${pattern}`);
    html = html.replace(pattern, (_, first = '') => text.replace(/^\$1/, first));
  }
  return inlinePictures(html);
}

/** @param {string} html */
async function inlinePictures(html) {
  const address = /(?<=(?:src|href)=")\.\/([\w/-]+\.(?:jpg|svg))(?=")/g;
  /** @type {Map<string, string>} */
  const pictures = new Map();
  for (const [, name = ''] of html.matchAll(address)) {
    const data = await readFile(rooted('dist/site', name), 'base64');
    pictures.set(name, `data:${IMAGE_TYPES[extname(name)]};base64,${data}`);
  }
  return html.replace(address, (_, name) => pictures.get(name) ?? '');
}

/** @param {string} text */
function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
