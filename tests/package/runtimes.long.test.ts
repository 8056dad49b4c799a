/**
 * The packed package in other people's runtimes, test runners and bundlers, which runtimes/package.json pins: all
 * give the score, and the embedding, that Node gives, to the last bit.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import type * as Esbuild from 'esbuild';
import { openPage } from '../support/browser.js';
import { answering, freePort } from '../support/foreign-server.js';
import { freshFolder, installBeside, run } from '../support/installed.js';
import { tellRuntime } from '../support/outcomes.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { TemporaryDirectory } from '../support/temporary.js';

const { project } = installBeside('runtimes');
const packageRoot = join(project, 'node_modules/image-likeness');
const bin = (name: string): string => join(project, 'node_modules/.bin', name);
const pinned = JSON.parse(readFileSync('tests/package/runtimes/package.json', 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

/** A package and its version, for the table. */
const named = (name: string): string => `${name} ${pinned.dependencies[name]}`;

for (const [name, seed] of [
  ['a.png', 1],
  ['b.png', 7],
] as const) {
  writeFileSync(join(project, name), writePng(testPixels(300, 200, seed)));
}

/** A program that prints what is compared below; the options come from the command line. */
writeFileSync(
  join(project, 'compare.mjs'),
  `import { readFileSync } from 'node:fs';
   import { createLikeness } from 'image-likeness';
   const likeness = await createLikeness(JSON.parse(process.argv[2] ?? '{}'));
   const [a, b] = ['a.png', 'b.png'].map((name) => readFileSync(name));
   const { score } = await likeness.compare(a, b);
   const { vector } = await likeness.embed(a);
   const { workers } = likeness.info;
   await likeness.dispose();
   console.log(JSON.stringify({ score, vector: [...vector], workers }));`,
);

interface Answer {
  readonly score: number;
  readonly vector: readonly number[];
  readonly workers: number;
}

const expected = JSON.parse(run(process.execPath, ['compare.mjs'], project)) as Answer;

/** Runs the program. */
function assertSame(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  for (const workers of [0, 2]) {
    const all = [...args, 'compare.mjs', JSON.stringify({ workers })];
    assert.deepEqual(JSON.parse(run(command, all, project, env)), { ...expected, workers });
  }
}

test('the pair is worth comparing', () => {
  assert.ok(expected.score > 0 && expected.score < 100);
  assert.equal(expected.vector.length, 1280);
});

const CLI = join(packageRoot, 'dist/package/cli/main.js');

/** The command line on a folder of both pictures. */
function assertCommandLine(command: string, args: readonly string[]): void {
  using directory = new TemporaryDirectory();
  for (const name of ['a.png', 'b.png']) cpSync(join(project, name), directory.file(name));
  const embed = ['embed', directory.path, '--out', directory.file('x.jsonl'), '--no-cache'];
  run(command, [...args, CLI, ...embed], project);
  const [first = ''] = readFileSync(directory.file('x.jsonl'), 'utf8').split('\n');
  assert.deepEqual([...Float32Array.from(JSON.parse(first).embedding)], expected.vector);
  const compared = [CLI, 'compare', 'a.png', 'b.png', '--json'];
  assert.equal(JSON.parse(run(command, [...args, ...compared], project)).score, expected.score);
}

test('Bun', (t) => {
  assertSame(bin('bun'), []);
  assertCommandLine(bin('bun'), []);
  tellRuntime(t, named('bun'), 'in-thread, workers, command line: the same bits');
});

test('Deno', (t) => {
  assertSame(bin('deno'), ['run', '--allow-all']);
  assertCommandLine(bin('deno'), ['run', '--allow-all']);
  tellRuntime(t, named('deno'), 'in-thread, workers, command line: the same bits');
});

test('Deno without permissions but to read', (t) => {
  const file = join(project, 'no-arguments.mjs');
  const program = readFileSync(join(project, 'compare.mjs'), 'utf8');
  writeFileSync(file, program.replace("process.argv[2] ?? '{}'", "'{}'"));
  const answer = run(bin('deno'), ['run', '--no-prompt', '--allow-read', file], project);
  assert.deepEqual(JSON.parse(answer), expected);
  writeFileSync(
    file,
    `import { createLikeness } from 'image-likeness';
     const { code, message } = await createLikeness().catch((error) => error);
     console.log(JSON.stringify({ code, message }));`,
  );
  const refused = JSON.parse(run(bin('deno'), ['run', '--no-prompt', file], project));
  assert.equal(refused.code, 'wasm-load-failed');
  assert.match(refused.message, /--allow-read/);
  tellRuntime(t, `${named('deno')}, --allow-read only`, 'the same bits; without it a coded error');
});

const root = process.getuid?.() === 0;

test('Node, a user in no list and without HOME', {
  skip: root ? false : 'only root can become such a user',
}, (t) => {
  const uid = 54_321;
  // Whoever that is has to get at the files.
  using directory = new TemporaryDirectory();
  run('chmod', ['755', directory.path], '.');
  cpSync(project, directory.file('project'), {
    recursive: true,
    filter: (path) =>
      !path.includes('/node_modules/') || /\/node_modules\/image-likeness/.test(path),
  });
  const { HOME: _, XDG_CACHE_HOME: __, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, ['compare.mjs'], {
    cwd: directory.file('project'),
    env,
    uid,
    encoding: 'utf8',
  });
  assert.equal(stdout.trim(), JSON.stringify(expected), stderr);
  tellRuntime(t, `Node ${process.versions.node}, no home`, 'the same bits');
});

/** What every test runner runs; `run` is its own way to import. */
const TEST_BODY = `
  const likeness = await createLikeness();
  const [a, b] = ['a.png', 'b.png'].map((name) => readFileSync(${JSON.stringify(project)} + '/' + name));
  const expected = ${JSON.stringify(expected)};
  const sources = [
    [a, b],
    [new Uint8Array(a), new Uint8Array(b).buffer],
    [new Blob([a]), new File([b], 'b.png')],
  ];
  for (const [one, other] of sources) {
    expect((await likeness.compare(one, other)).score).toBe(expected.score);
  }
  const embedding = await likeness.embed(a);
  expect([...embedding.vector]).toEqual(expected.vector);
  if (typeof ImageData !== 'undefined') {
    const pixels = new ImageData(8, 8);
    expect((await likeness.compare(pixels, pixels)).verdict).toBe('identical');
  }
  await likeness.dispose();
  const inWorker = await createLikeness({ workers: 1 });
  expect((await inWorker.compare(new Blob([a]), b)).score).toBe(expected.score);
  expect((await inWorker.nearest(embedding, [embedding], 1))[0].cosine).toBe(1);
  await inWorker.dispose();
`;

for (const environment of ['node', 'jsdom', 'happy-dom']) {
  test(`vitest, ${environment}`, (t) => {
    const folder = fresh(`vitest-${environment}`, {
      'a.test.mjs': `
        import { readFileSync } from 'node:fs';
        import { expect, test } from 'vitest';
        import { createLikeness } from 'image-likeness';
        test('compares', async () => {
          expect(typeof document).toBe('${environment === 'node' ? 'undefined' : 'object'}');
          ${TEST_BODY}
        }, 600_000);`,
    });
    run(bin('vitest'), ['run', '--environment', environment, '--root', folder], folder);
    const beside = environment === 'node' ? '' : ` with ${named(environment)}`;
    tellRuntime(t, `${named('vitest')}${beside}`, 'values of both realms, workers: the same bits');
  });
}

test('vitest, jsdom: ONNX Runtime Web, which asks for arrays of its own realm', (t) => {
  const folder = fresh('vitest-runtime', {
    'a.test.mjs': `
      import { readFileSync } from 'node:fs';
      import { expect, test } from 'vitest';
      import { createLikeness } from 'image-likeness';
      test('compares', async () => {
        const likeness = await createLikeness({ backend: 'wasm' });
        const [a, b] = ['a.png', 'b.png'].map((name) => readFileSync(${JSON.stringify(`${project}/`)} + name));
        expect(likeness.info.backend).toBe('wasm');
        expect((await likeness.compare(a, new Uint8Array(b))).score).toBeCloseTo(${expected.score}, 3);
        await likeness.dispose();
      }, 600_000);`,
  });
  // The one that this repository has installed.
  const link = join(project, 'node_modules/onnxruntime-web');
  rmSync(link, { force: true });
  symlinkSync(resolve('node_modules/onnxruntime-web'), link);
  try {
    run(bin('vitest'), ['run', '--environment', 'jsdom', '--root', folder], folder);
  } finally {
    rmSync(link);
  }
  tellRuntime(t, `${named('vitest')} with jsdom, ONNX Runtime Web`, 'the same score');
});

/** The recipe's environment. */
function jestEnvironment(): string {
  const [, code] =
    /```js\n(import \{ TestEnvironment.*?)```/s.exec(
      readFileSync('docs/recipes/testing.md', 'utf8'),
    ) ?? [];
  assert.ok(code !== undefined);
  return code;
}

for (const [environment, argument] of [
  ['node', 'node'],
  ['jsdom', './jsdom-and-node.mjs'],
] as const) {
  test(`jest, ${environment}`, (t) => {
    const settings = {
      type: 'module',
      jest: { transform: {}, testMatch: ['**/*.test.?(c)js'], testTimeout: 600_000 },
    };
    const folder = fresh(`jest-${environment}`, {
      'package.json': JSON.stringify(settings),
      'jsdom-and-node.mjs': jestEnvironment(),
      'module.test.js': `
        import { readFileSync } from 'node:fs';
        import { createLikeness } from 'image-likeness';
        test('compares', async () => {${TEST_BODY}});`,
      'common.test.cjs': `
        const { readFileSync } = require('node:fs');
        test('compares', async () => {
          const { createLikeness } = await import('image-likeness');
          ${TEST_BODY}
        });`,
    });
    run(bin('jest'), ['--env', argument], folder, {
      NODE_OPTIONS: '--experimental-vm-modules',
    });
    const recipe = environment === 'node' ? '' : ", the recipe's environment";
    tellRuntime(
      t,
      `${named('jest')}, ${environment}`,
      `ES modules, CommonJS by import()${recipe}: the same bits`,
    );
  });
}

/** An app of one page. */
const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test</title>
  <link rel="icon" href="data:,"></head><body><script type="module" src="./main.js"></script></body></html>`;
const MAIN = `
  import { createLikeness } from 'image-likeness';
  const bytes = async (name) => new Uint8Array(await (await fetch(new URL(name, document.baseURI))).arrayBuffer());
  const likeness = await createLikeness();
  const { score } = await likeness.compare(await bytes('a.png'), await bytes('b.png'));
  const { vector } = await likeness.embed(await bytes('a.png'));
  window.answer = { score, vector: [...vector] };`;

/** Opens what was built, under a sub-path. */
async function assertPage(directory: string): Promise<void> {
  for (const name of ['a.png', 'b.png']) cpSync(join(project, name), join(directory, name));
  await using opened = await openPage({ directory, basePath: '/some/where/', isolated: false });
  const found = await opened.page.waitForFunction(() => 'answer' in window && window.answer);
  const { score, vector } = expected;
  assert.deepEqual(await found.jsonValue(), { score, vector });
  assert.deepEqual(opened.problems, []);
  const { origin } = new URL(opened.url);
  assert.ok(opened.requests.every((url) => url.startsWith(origin) || /^(?:blob|data):/.test(url)));
}

/** What of @rspack/core is used here. */
interface Rspack {
  rspack(options: object): {
    run(
      done: (
        error: Error | null,
        stats?: { hasErrors(): boolean; hasWarnings(): boolean; toString(): string },
      ) => void,
    ): void;
    close(closed: () => void): void;
  };
}

test('rspack', async (t) => {
  const folder = fresh('rspack', { 'main.js': MAIN, 'out/index.html': PAGE });
  const require = createRequire(join(project, 'package.json'));
  const { rspack } = require('@rspack/core') as Rspack;
  const compiler = rspack({
    mode: 'production',
    context: folder,
    entry: './main.js',
    output: { path: join(folder, 'out'), filename: '[name].js', module: true },
    performance: false,
  });
  await new Promise<void>((done, fail) => {
    compiler.run((error, stats) => {
      if (error) fail(error);
      else if (stats?.hasErrors() || stats?.hasWarnings()) fail(new Error(stats.toString()));
      else compiler.close(() => done());
    });
  });
  await assertPage(join(folder, 'out'));
  tellRuntime(t, `${named('@rspack/core')} (Chromium)`, 'the same bits');
});

// Parcel asks the package.json beside the lockfile whether to heed exports: runtimes/package.json says so.
test('Parcel, told to heed exports', async (t) => {
  const folder = fresh('parcel', {
    'main.js': MAIN,
    'index.html': PAGE,
    'package.json': JSON.stringify({
      name: 'parcel-test',
      private: true,
      browserslist: 'last 2 Chrome versions',
    }),
  });
  const args = ['build', 'index.html', '--dist-dir', 'out', '--public-url', './', '--no-cache'];
  run(bin('parcel'), args, folder);
  await assertPage(join(folder, 'out'));
  tellRuntime(t, `${named('parcel')} (Chromium)`, 'the same bits, with packageExports');
});

test('bun build --compile', (t) => {
  const folder = fresh('bun-compile', {});
  using elsewhere = new TemporaryDirectory();
  const program = readFileSync(join(project, 'compare.mjs'), 'utf8');
  for (const [entry, check] of [
    ['image-likeness/standalone', (text: string) => assert.deepEqual(JSON.parse(text), expected)],
    [
      'image-likeness',
      (text: string) => {
        assert.match(text, /^wasm-load-failed .*import 'image-likeness\/standalone'/);
      },
    ],
  ] as const) {
    const source = join(folder, `${entry.split('/').length}.mjs`);
    const readable = program
      .replace("'image-likeness'", `'${entry}'`)
      .replaceAll('readFileSync(name)', `readFileSync(${JSON.stringify(`${project}/`)} + name)`);
    writeFileSync(
      source,
      readable.replace(
        /await createLikeness\(.*\);/,
        `await createLikeness().catch(({ code, message }) => {
           console.log(code, message);
           process.exit();
         });`,
      ),
    );
    const made = elsewhere.file('compiled');
    run(bin('bun'), ['build', '--compile', source, '--outfile', made], folder);
    check(run(made, [], elsewhere.path));
  }
  tellRuntime(
    t,
    `${named('bun')} build --compile`,
    'image-likeness/standalone: the same bits; the main entry names it',
  );
});

/** The worker of the recipe, built as wrangler builds it: files that are no code stay modules. */
async function buildForWorkerd(folder: string): Promise<string> {
  const esbuild = createRequire(resolve('tests/package/package.json'))('esbuild') as typeof Esbuild;
  const { outputFiles } = await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ['worker.mjs'],
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['*.wasm', '*.onnx'],
    logLevel: 'error',
  });
  const [bundle] = outputFiles;
  assert.ok(bundle !== undefined);
  return bundle.text;
}

test('workerd, the runtime of Cloudflare Workers', async (t) => {
  const recipe = readFileSync('docs/recipes/edge.md', 'utf8');
  const [, worker = ''] = /```js\n(import[^`]*?export default.*?)```/s.exec(recipe) ?? [];
  assert.match(worker, /wasmModule, modelBinary/);
  const folder = fresh('workerd', {
    'worker.mjs': `${worker.replace('export default', 'const recipe =')}
      import { createLikeness as main } from 'image-likeness';
      import { createLikenessCore } from 'image-likeness/core';
      const refusal = (call) => call.then(() => 'fine', ({ code, message }) => code + ' ' + message);
      export default {
        async fetch(request) {
          if (new URL(request.url).pathname === '/compare') return recipe.fetch(request);
          const bytes = new Uint8Array(await request.arrayBuffer());
          const core = await createLikenessCore({ wasmModule });
          const likeness = await createLikeness({ wasmModule, modelBinary });
          const { vector } = await likeness.embed(bytes);
          await likeness.dispose();
          return Response.json({
            vector: [...vector],
            frames: (await core.preprocess(bytes)).fingerprint.frames,
            refusals: [
              await refusal(createLikeness()),
              await refusal(createLikenessCore()),
              await refusal(main()),
              await refusal(main({ wasmModule, modelBinary })),
              await refusal(createLikeness({ wasmModule })),
            ],
          });
        },
      };`,
  });
  writeFileSync(join(folder, 'bundle.mjs'), await buildForWorkerd(folder));
  for (const name of ['likeness-core.wasm', 'mobilenetv2-lite.onnx']) {
    cpSync(join(packageRoot, 'dist/package', name), join(folder, name));
  }
  const port = await freePort();
  writeFileSync(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
     const config :Workerd.Config = (
       services = [(name = "main", worker = .worker)],
       sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
     );
     const worker :Workerd.Worker = (
       modules = [
         (name = "bundle.mjs", esModule = embed "bundle.mjs"),
         (name = "image-likeness/likeness-core.wasm", wasm = embed "likeness-core.wasm"),
         (name = "image-likeness/mobilenetv2-lite.onnx", data = embed "mobilenetv2-lite.onnx"),
       ],
       compatibilityDate = "2026-11-01",
     );`,
  );
  const server = spawn(bin('workerd'), ['serve', 'config.capnp'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  try {
    const origin = `http://127.0.0.1:${port}`;
    await answering(server, origin);
    const [a, b] = ['a.png', 'b.png'].map((name) => readFileSync(join(project, name)));
    assert.ok(a !== undefined && b !== undefined);
    const form = new FormData();
    form.set('a', new File([a], 'a.png'));
    form.set('b', new File([b], 'b.png'));
    const compared = await fetch(`${origin}/compare`, { method: 'POST', body: form });
    assert.equal(((await compared.json()) as Answer).score, expected.score);
    const response = await fetch(origin, { method: 'POST', body: a });
    const { vector, frames, refusals } = (await response.json()) as Answer & {
      readonly frames: number;
      readonly refusals: readonly string[];
    };
    assert.deepEqual(vector, expected.vector);
    assert.equal(frames, 1);
    for (const refusal of refusals.slice(0, 3)) {
      assert.match(refusal, /^wasm-load-failed .* forbids compiling .* option wasmModule\.$/);
    }
    assert.match(refusals[3] ?? '', /^backend-failed .*'image-likeness\/in-thread'/);
    assert.match(refusals[4] ?? '', /^model-load-failed /);
  } finally {
    server.kill();
  }
  tellRuntime(
    t,
    named('workerd'),
    'image-likeness/in-thread with wasmModule and modelBinary: the same bits; errors name both',
  );
});

/** A fresh folder of the project with these files. */
function fresh(name: string, files: Readonly<Record<string, string>>): string {
  return freshFolder(join(project, name), files);
}
