/**
 * The packed package, installed in a project of its own without ONNX Runtime Web: in Node and through every
 * bundler in Chromium, served under a sub-path, the same two PNG files give the same score to the last bit, and
 * the same two JPEG files, which browsers decode by themselves, scores at most half a point apart.
 */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import type * as NodeResolve from '@rollup/plugin-node-resolve';
import type * as Esbuild from 'esbuild';
import type { Browser } from 'playwright-core';
import { build as rolldown } from 'rolldown';
import type * as Rollup from 'rollup';
import { build, createServer } from 'vite';
import type Webpack from 'webpack';
import { launchBrowser } from '../../scripts/lib/browser.mjs';
import { serveDirectory, type StaticServer } from '../../scripts/lib/static-server.mjs';
import { installPackage, installPackageWithRuntime, run } from '../support/installed.js';
import { tellRuntime } from '../support/outcomes.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { TemporaryDirectory } from '../support/temporary.js';

interface Compared {
  readonly score: number;
  readonly cosine: number;
}

/** What every road must give. */
interface Answer {
  readonly png: Compared;
  readonly jpeg: Compared;
}

const require = createRequire(resolve('tests/package/package.json'));
const { project } = installPackage();
const withRuntime = installPackageWithRuntime();
const packageRoot = join(project, 'node_modules/image-likeness');
const BASE = '/some/where/';

/** What every build of ONNX Runtime Web calls, minified or not. */
const OF_RUNTIME = /_OrtCreateSession/;

const PICTURES = ['a.png', 'b.png', 'a.jpg', 'b.jpg'] as const;

const IMPORT = "import { createLikeness } from 'image-likeness';";

/** A function that compares both pairs, given what reads a file. */
const COMPARE_PAIRS = `
  const comparePairs = async (bytes, options) => {
    const likeness = await createLikeness(options);
    const compare = async (a, b) => {
      const { score, cosine } = await likeness.compare(await bytes(a), await bytes(b));
      return { score, cosine };
    };
    const png = await compare('a.png', 'b.png');
    const jpeg = await compare('a.jpg', 'b.jpg');
    await likeness.dispose();
    return { png, jpeg };
  };
`;

const FETCH_FROM = `
  const fetchFrom = (base) => async (name) =>
    new Uint8Array(await (await fetch(new URL(name, base))).arrayBuffer());
`;

/** Compares what is served beside the page. */
const PROGRAM = `
  ${COMPARE_PAIRS}
  ${FETCH_FROM}
  window.answer = await comparePairs(fetchFrom(document.baseURI));
`;

/** Nothing but the page's own origin, no eval, no inline script; data: is the empty icon. */
const POLICY =
  "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

const page = (script: string, policy: string | null = POLICY): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    ${policy === null ? '' : `<meta http-equiv="Content-Security-Policy" content="${policy}" />`}
    <title>Test</title>
    <link rel="icon" href="data:," />
    ${script}
  </head>
</html>
`;

let browser: Browser;
let expected: Answer;

before(async () => {
  writeFileSync(join(project, 'a.png'), writePng(testPixels(300, 200, 1)));
  writeFileSync(join(project, 'b.png'), writePng(testPixels(240, 320, 7)));
  copyFileSync('dist/site/samples/fruit.jpg', join(project, 'a.jpg'));
  copyFileSync('dist/site/samples/other-fruit.jpg', join(project, 'b.jpg'));
  expected = inNode(IMPORT, 'mjs');
  browser = await launchBrowser();
});

after(() => browser.close());

/** Runs a program that compares the two files in a Node of its own. */
function inNode(
  head: string,
  extension: 'mjs' | 'cjs',
  { where = project, options = '{}' }: { readonly where?: string; readonly options?: string } = {},
): Answer {
  const readFile = extension === 'cjs' ? "require('node:fs')" : "await import('node:fs')";
  const body = `
    const { readFileSync } = ${readFile};
    ${COMPARE_PAIRS}
    const read = (name) => readFileSync(${JSON.stringify(project)} + '/' + name);
    comparePairs(read, ${options}).then((answer) => console.log(JSON.stringify(answer)));`;
  const name = `program.${extension}`;
  writeFileSync(join(where, name), `${head}\n${body}`);
  return JSON.parse(run(process.execPath, [name], where)) as Answer;
}

/** ONNX Runtime sums in another order than the core. */
function assertNearAnswer({ png }: Answer): void {
  for (const [name, value] of Object.entries(png)) {
    const wanted = expected.png[name as keyof Compared];
    assert.ok(Math.abs(value - wanted) <= 1e-4, `${name}: ${value}, by the core ${wanted}`);
  }
}

function assertSameAnswer({ png, jpeg }: Answer): void {
  assert.deepEqual(png, expected.png);
  const apart = Math.abs(jpeg.score - expected.jpeg.score);
  assert.ok(apart <= 0.5, `${jpeg.score}, in Node ${expected.jpeg.score}`);
}

/** Puts the pictures into a folder. */
function copyPictures(to: string): void {
  for (const picture of PICTURES) copyFileSync(join(project, picture), join(to, picture));
}

/** Puts the files that scripts load into the folder they are in. */
function copyAssets(to: string): void {
  for (const name of ['likeness-core.wasm', 'mobilenetv2-lite.onnx']) {
    copyFileSync(join(packageRoot, 'dist/package', name), join(to, name));
  }
}

/** A fresh folder of the project with the pictures in it. */
function folder(name: string): string {
  const path = join(project, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  copyPictures(path);
  return path;
}

/** A fresh folder with a page whose script compares the pictures. */
function app(
  name: string,
  {
    script = './main.js',
    source = 'image-likeness',
    policy = POLICY,
  }: { readonly script?: string; readonly source?: string; readonly policy?: string | null } = {},
): string {
  const root = folder(name);
  const tag = `<script type="module" src="${script}"></script>`;
  writeFileSync(join(root, 'index.html'), page(tag, policy));
  writeFileSync(join(root, 'main.js'), `import { createLikeness } from '${source}';${PROGRAM}`);
  return root;
}

/** Opens a page and waits for its answer; anything that goes wrong in it fails. */
async function answerOf(url: string, origins: readonly string[] = []): Promise<Answer> {
  const allowed = [new URL(url).origin, ...origins];
  const context = await browser.newContext();
  const problems: string[] = [];
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:' && !allowed.includes(origin)) {
      problems.push(`asked for ${request.url()}`);
    }
  });
  try {
    const opened = await context.newPage();
    const failed = new Promise<never>((_, reject) => {
      opened.on('pageerror', (error) => reject(error));
    });
    opened.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await opened.goto(url);
    const answered = opened.waitForFunction(() => 'answer' in window && window.answer);
    const answer = await Promise.race([answered, failed]);
    assert.deepEqual(problems, []);
    return (await answer.jsonValue()) as Answer;
  } finally {
    await context.close();
  }
}

/** The files below a folder that are, or hold, something of ONNX Runtime Web. */
function filesOfRuntime(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      /\bort[-.]/.test(name) ||
      (/\.m?js$/.test(name) && OF_RUNTIME.test(readFileSync(join(directory, name), 'utf8'))),
  );
}

/** Serves what a bundler made, which holds nothing of ONNX Runtime Web, under the sub-path and opens it. */
async function answerFrom(directory: string): Promise<Answer> {
  assert.deepEqual(filesOfRuntime(directory), []);
  return await servedAnswer(directory);
}

async function servedAnswer(directory: string): Promise<Answer> {
  await using server = await serve(directory, { basePath: BASE });
  return await answerOf(server.url);
}

function serve(
  directory: string,
  options: { readonly basePath?: string; readonly shared?: boolean },
): Promise<StaticServer> {
  return serveDirectory(directory, { isolated: false, ...options });
}

/** @returns the folder that was built, with the pictures in it */
async function buildByVite(root: string): Promise<string> {
  await build({
    root,
    base: './',
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { target: 'es2022', minify: false, modulePreload: { polyfill: false } },
  });
  copyPictures(join(root, 'dist'));
  return join(root, 'dist');
}

/** The recipe: the worker is an entry point, and the files that scripts load lie beside them. */
async function bundleByEsbuild(root: string, worker: string): Promise<void> {
  const esbuild = require('esbuild') as typeof Esbuild;
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { main: 'main.js', worker },
    outdir: 'out',
    bundle: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  });
  copyAssets(join(root, 'out'));
}

/** A port that was free a moment ago: Vite's page has to know it beforehand. */
async function freePort(): Promise<number> {
  const { url, close } = await serveDirectory(project);
  await close();
  return Number(new URL(url).port);
}

test('the pairs are worth comparing', () => {
  for (const { score, cosine } of [expected.png, expected.jpeg]) {
    assert.ok(score > 0 && score < 100 && cosine < 1, `${score}, ${cosine}`);
  }
});

test('Node: require', (t) => {
  assertSameAnswer(inNode("const { createLikeness } = require('image-likeness');", 'cjs'));
  tellRuntime(t, `Node ${process.versions.node}`, 'import and require: the same score');
});

test('Node: ONNX Runtime Web is used where it is installed, and asked for where it is not', () => {
  const options = "{ backend: 'wasm' }";
  assertNearAnswer(inNode(IMPORT, 'mjs', { where: withRuntime.project, options }));
  // Elsewhere: Node looks in the folders above as well, and the repository has ONNX Runtime Web.
  using elsewhere = new TemporaryDirectory();
  cpSync(join(project, 'node_modules'), join(elsewhere.path, 'node_modules'), { recursive: true });
  writeFileSync(
    join(elsewhere.path, 'refused.mjs'),
    `${IMPORT}
     const error = await createLikeness(${options}).catch((reason) => reason);
     console.log(JSON.stringify({ code: error.code, message: error.message }));`,
  );
  const { code, message } = JSON.parse(run(process.execPath, ['refused.mjs'], elsewhere.path));
  assert.equal(code, 'backend-failed');
  assert.match(message, /Install it: npm install onnxruntime-web@\d+\.\d+\.\d+$/);
});

/** A fresh app that compares by ONNX Runtime Web. @returns its folder */
function appWithRuntime(name: string, script: string): string {
  const root = join(withRuntime.project, name);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  const tag = `<script type="module" src="${script}"></script>`;
  writeFileSync(join(root, 'index.html'), page(tag));
  writeFileSync(
    join(root, 'main.js'),
    `${IMPORT}
     import { onnxRuntime } from 'image-likeness/onnxruntime';
     ${COMPARE_PAIRS}
     ${FETCH_FROM}
     const options = { backend: 'wasm', runtime: onnxRuntime };
     window.answer = await comparePairs(fetchFrom(document.baseURI), options);`,
  );
  copyPictures(root);
  return root;
}

test('Vite: an app that chooses ONNX Runtime Web, and gets its build for the processor only', async () => {
  const built = await buildByVite(appWithRuntime('vite-build', './main.js'));
  const ofRuntime = filesOfRuntime(built);
  assert.ok(ofRuntime.some((name) => name.endsWith('.wasm')));
  assert.deepEqual(
    ofRuntime.filter((name) => /webgpu|jsep|jspi|asyncify/.test(name)),
    [],
  );
  assertNearAnswer(await servedAnswer(built));
});

test('esbuild: an app that chooses ONNX Runtime Web', async () => {
  const root = appWithRuntime('esbuild', './out/main.js');
  await bundleByEsbuild(root, 'image-likeness/onnxruntime/worker');
  const runtime = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';
  copyFileSync(join(withRuntime.project, runtime), join(root, 'out', basename(runtime)));
  assertNearAnswer(await servedAnswer(root));
});

test('Vite: dev server', async (t) => {
  const root = app('vite-dev', { policy: null });
  const server = await createServer({
    root,
    base: BASE,
    configFile: false,
    logLevel: 'error',
    // The recipe: what loads files beside itself must stay where it is.
    optimizeDeps: { exclude: ['image-likeness'] },
    server: { host: '127.0.0.1', port: await freePort(), fs: { allow: [project] } },
  });
  try {
    await server.listen();
    const [url] = server.resolvedUrls?.local ?? [];
    assertSameAnswer(await answerOf(String(url)));
  } finally {
    await server.close();
  }
  tellRuntime(t, 'Vite, dev server (Chromium)', 'the same score');
});

test('Vite: build', async (t) => {
  const root = app('vite-build');
  const built = await buildByVite(root);
  assertSameAnswer(await answerFrom(built));
  tellRuntime(t, 'Vite, build (Chromium)', 'the same score');
});

test('webpack: build', async (t) => {
  const root = app('webpack', { script: './out/main.js' });
  const webpack = require('webpack') as typeof Webpack;
  await new Promise<void>((done, fail) => {
    webpack(
      {
        mode: 'production',
        context: root,
        entry: './main.js',
        output: { path: join(root, 'out'), filename: '[name].js', module: true },
        experiments: { outputModule: true },
        optimization: { minimize: false },
        performance: false,
      },
      (error, stats) => {
        if (error) fail(error);
        else if (stats?.hasErrors() || stats?.hasWarnings()) fail(new Error(stats.toString()));
        else done();
      },
    );
  });
  assertSameAnswer(await answerFrom(root));
  tellRuntime(t, 'webpack (Chromium)', 'the same score');
});

test('esbuild: build', async (t) => {
  const root = app('esbuild', { script: './out/main.js' });
  await bundleByEsbuild(root, 'image-likeness/worker');
  assertSameAnswer(await answerFrom(root));
  tellRuntime(t, 'esbuild (Chromium)', 'the same score');
});

test('Rollup: build', async (t) => {
  const root = app('rollup', { script: './out/main.js' });
  const { rollup } = require('rollup') as typeof Rollup;
  const { nodeResolve } = require('@rollup/plugin-node-resolve') as typeof NodeResolve;
  const bundle = await rollup({
    input: {
      main: join(root, 'main.js'),
      worker: join(packageRoot, 'dist/package/worker.js'),
    },
    plugins: [nodeResolve({ browser: true })],
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
  });
  await bundle.write({ dir: join(root, 'out'), format: 'es', entryFileNames: '[name].js' });
  await bundle.close();
  copyAssets(join(root, 'out'));
  assertSameAnswer(await answerFrom(root));
  tellRuntime(t, 'Rollup (Chromium)', 'the same score');
});

test('the self-contained file from another origin, under a strict policy', async () => {
  const cdn = folder('cdn');
  copyFileSync(
    join(packageRoot, 'dist/package/likeness.standalone.js'),
    join(cdn, 'likeness.standalone.js'),
  );
  await using other = await serve(cdn, { shared: true });
  const { origin } = new URL(other.url);
  const policy = `default-src 'none'; img-src data:; script-src 'self' ${origin} 'wasm-unsafe-eval'; worker-src blob: ${origin}; connect-src 'self'`;
  const root = app('plain', { source: `${other.url}likeness.standalone.js`, policy });
  await using server = await serve(root, { basePath: BASE });
  assertSameAnswer(await answerOf(server.url, [origin]));
});

/** What a worker without workers of its own runs: it answers each message with the answer. */
const IN_THREAD = `
  import { createLikeness } from 'image-likeness/in-thread';
  ${COMPARE_PAIRS}
  ${FETCH_FROM}
  const answer = () => comparePairs(fetchFrom(self.location.href), {});
`;

/** Bundles one script, with the files that it loads beside it. @returns the folder with it and a page */
async function appAround(name: string, worker: string, main: string): Promise<string> {
  const root = folder(name);
  writeFileSync(join(root, 'source.js'), worker);
  const esbuild = require('esbuild') as typeof Esbuild;
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { worker: 'source.js' },
    outdir: '.',
    bundle: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  });
  copyAssets(root);
  writeFileSync(join(root, 'main.js'), main);
  writeFileSync(join(root, 'index.html'), page('<script type="module" src="./main.js"></script>'));
  return root;
}

test('inside a service worker, which can start no other', async (t) => {
  const root = await appAround(
    'service-worker',
    `${IN_THREAD}
     self.addEventListener('message', (event) =>
       event.waitUntil(answer().then((found) => event.source.postMessage(found))));`,
    `navigator.serviceWorker.onmessage = ({ data }) => { window.answer = data; };
     await navigator.serviceWorker.register('./worker.js', { type: 'module' });
     (await navigator.serviceWorker.ready).active.postMessage('compare');`,
  );
  assertSameAnswer(await answerFrom(root));
  tellRuntime(t, 'service worker (Chromium)', 'image-likeness/in-thread: the same score');
});

test('inside a shared worker, and what the main entry says there', async (t) => {
  const root = await appAround(
    'shared-worker',
    `${IN_THREAD}
     import { createLikeness as inWorkers } from 'image-likeness';
     self.addEventListener('connect', async ({ ports: [port] }) => {
       const refused = await inWorkers().then(() => undefined, ({ code, message }) => ({ code, message }));
       port.postMessage({ ...(await answer()), refused });
     });`,
    `new SharedWorker('./worker.js', { type: 'module' }).port.onmessage = ({ data }) => {
       window.answer = data;
     };`,
  );
  const { refused, ...answer } = (await answerFrom(root)) as Answer & {
    readonly refused: { readonly code: string; readonly message: string };
  };
  assertSameAnswer(answer);
  assert.equal(refused.code, 'backend-failed');
  assert.match(refused.message, /Import createLikeness from 'image-likeness\/in-thread'/);
  tellRuntime(t, 'shared worker (Chromium)', 'image-likeness/in-thread: the same score');
});

/** Bundlers of programs for Node into one file. */
const ONE_FILE: Readonly<Record<string, (input: string, file: string) => Promise<unknown>>> = {
  esbuild: (input, file) =>
    (require('esbuild') as typeof Esbuild).build({
      entryPoints: [input],
      outfile: file,
      bundle: true,
      platform: 'node',
      format: file.endsWith('.cjs') ? 'cjs' : 'esm',
      // CommonJS has no import.meta, and esbuild warns of what the package asks of it.
      logLevel: 'error',
    }),
  rolldown: (input, file) =>
    rolldown({
      input,
      platform: 'node',
      logLevel: 'warn',
      checks: { pluginTimings: false },
      output: { file, format: file.endsWith('.cjs') ? 'cjs' : 'es', codeSplitting: false },
    }),
};

for (const [bundler, bundle] of Object.entries(ONE_FILE)) {
  for (const extension of ['mjs', 'cjs'] as const) {
    test(`one file for Node by ${bundler}: ${extension}`, async (t) => {
      // Elsewhere: nothing of the package is beside or above it.
      using elsewhere = new TemporaryDirectory();
      const made = async (name: string, entry: string): Promise<string> => {
        const source = join(project, `${name}.mjs`);
        writeFileSync(
          source,
          `import { createLikeness } from '${entry}';
           import { readFileSync } from 'node:fs';
           ${COMPARE_PAIRS}
           const read = (name) => readFileSync(${JSON.stringify(project)} + '/' + name);
           comparePairs(read).then(
             (answer) => console.log(JSON.stringify(answer)),
             ({ code, message }) => console.log(JSON.stringify({ code, message })),
           );`,
        );
        const file = join(elsewhere.path, `${name}.${extension}`);
        await bundle(source, file);
        return run(process.execPath, [file], elsewhere.path);
      };
      assertSameAnswer(JSON.parse(await made('standalone', 'image-likeness/standalone')));
      const { code, message } = JSON.parse(await made('main', 'image-likeness'));
      assert.equal(code, 'wasm-load-failed');
      assert.match(message, /[Ii]mport 'image-likeness\/standalone'/);
      const cure = /put likeness-core\.wasm and mobilenetv2-lite\.onnx .* beside them/;
      // rolldown gives scripts an address in CommonJS, too.
      const hasAddress = extension === 'mjs' || bundler === 'rolldown';
      assert.match(message, hasAddress ? cure : /have no address here/);
      let besides = 'the main entry names it';
      if (hasAddress) {
        copyAssets(elsewhere.path);
        assertSameAnswer(JSON.parse(await made('main', 'image-likeness')));
        besides = 'the main entry works with two files beside it, else names it';
      }
      tellRuntime(
        t,
        `one file for Node, ${bundler} (${extension})`,
        `image-likeness/standalone: the same score; ${besides}`,
      );
    });
  }
}

test('inside a module worker of the app', async () => {
  const root = folder('worker');
  writeFileSync(join(root, 'index.html'), page('<script type="module" src="./main.js"></script>'));
  writeFileSync(
    join(root, 'main.js'),
    `const worker = new Worker(new URL('./app-worker.js', import.meta.url), { type: 'module' });
     worker.onmessage = ({ data }) => { window.answer = data; };
     worker.postMessage(document.baseURI);`,
  );
  writeFileSync(
    join(root, 'app-worker.js'),
    `import { createLikeness } from 'image-likeness';
     ${COMPARE_PAIRS}
     ${FETCH_FROM}
     self.onmessage = async ({ data: base }) => {
       self.postMessage(await comparePairs(fetchFrom(base)));
     };`,
  );
  const built = await buildByVite(root);
  assertSameAnswer(await answerFrom(built));
});
