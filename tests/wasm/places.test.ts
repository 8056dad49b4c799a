/** Places that lack something: workers, a home directory, the right to compile, files beside the scripts. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
import { createLikenessCore } from 'image-likeness/core';
import { createLikeness as createHere } from 'image-likeness/in-thread';
import { createLikeness as createStandalone } from 'image-likeness/standalone';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { TemporaryDirectory } from '../support/temporary.js';

const png = writePng(testPixels(60, 40));
const wasm = readFileSync(new URL(import.meta.resolve('image-likeness/likeness-core.wasm')));

test('the entry without workers, and the one in one file, give the same in Node', async () => {
  await using usual = await createLikeness();
  const expected = await usual.embed(png);
  for (const create of [createHere, createStandalone]) {
    await using likeness = await create();
    assert.equal(likeness.info.workers, 0);
    assert.deepEqual(await likeness.embed(png), expected);
    const index = await likeness.createIndex([expected]);
    assert.equal(index.size, 1);
  }
});

test('the core can be handed over compiled', async () => {
  const wasmModule = await WebAssembly.compile(wasm);
  const core = await createLikenessCore({ wasmModule });
  const { tensor } = await core.preprocess(png);
  for (const workers of [0, 1]) {
    await using likeness = await createLikeness({ wasmModule, workers });
    assert.deepEqual(await likeness.preprocess(png), tensor);
  }
  const wrong = { wasmModule: wasm as unknown as WebAssembly.Module };
  for (const create of [createLikeness, createHere, createLikenessCore]) {
    await assert.rejects(create(wrong), {
      code: 'invalid-argument',
      message: /^wasmModule must be a WebAssembly\.Module\. Pass bytes as wasmBinary/,
    });
  }
  await assert.rejects(createLikeness({ wasmModule, wasmBinary: wasm }), {
    code: 'invalid-argument',
    message: 'wasmModule excludes wasmUrl and wasmBinary.',
  });
});

test('where compiling is forbidden, the error says so and names the way out', async () => {
  const { compile } = WebAssembly;
  // As V8 in Cloudflare's workerd, which the long tests start.
  WebAssembly.compile = () =>
    Promise.reject(
      new WebAssembly.CompileError(
        'WebAssembly.compile(): Wasm code generation disallowed by embedder',
      ),
    );
  try {
    const wasmUrl = new URL('file:///nowhere/likeness-core.wasm');
    for (const call of [createLikenessCore({ wasmBinary: wasm }), createLikeness()]) {
      await assert.rejects(call, {
        code: 'wasm-load-failed',
        message: /forbids compiling WebAssembly at run time\. .* option wasmModule\.$/,
      });
    }
    // What was asked for by name is not there, whatever else is forbidden.
    await assert.rejects(createLikeness({ wasmUrl }), /nowhere\/likeness-core\.wasm could not be/);
  } finally {
    WebAssembly.compile = compile;
  }
});

/** What `homedir` does where HOME is unset and the user is in no list; the long tests run as such a user. */
const HOMELESS = `
  import os from 'node:os';
  import { syncBuiltinESMExports } from 'node:module';
  os.homedir = () => {
    throw Object.assign(new Error('A system error occurred: uv_os_homedir returned ENOENT'), {
      code: 'ERR_SYSTEM_ERROR',
    });
  };
  syncBuiltinESMExports();`;

/** Runs a Node without a home. */
function withoutHome(args: readonly string[], cwd = resolve('.')) {
  const { HOME, XDG_CACHE_HOME, LIKENESS_CACHE_DIR, LIKENESS_MODEL_DIR, ...env } = process.env;
  const preload = `data:text/javascript,${encodeURIComponent(HOMELESS)}`;
  const command = ['--import', preload, ...args];
  return spawnSync(process.execPath, command, { cwd, env, encoding: 'utf8' });
}

const CLI = resolve('dist/package/cli/main.js');

test('without a home the package works, and nothing is remembered', () => {
  using directory = new TemporaryDirectory();
  writeFileSync(directory.file('a.png'), png);
  const program = `
    import { homedir } from 'node:os';
    import { createLikeness } from '${import.meta.resolve('image-likeness')}';
    let home = 'none';
    try { home = homedir(); } catch {}
    const likeness = await createLikeness();
    console.log(home, likeness.model.id);`;
  const ran = withoutHome(['--input-type=module', '--eval', program]);
  assert.equal(ran.stdout, 'none mobilenetv2-lite\n', ran.stderr);
  const embedded = withoutHome([CLI, 'embed', 'a.png', '--out', 'a.npy'], directory.path);
  assert.equal(embedded.stdout, 'a.npy: 1 × 1280 float32\n', embedded.stderr);
  assert.equal(embedded.stderr, '');
  for (const [args, cure] of [
    [['cache', 'info'], '--cache DIR'],
    [['models', 'fetch', 'mobilenetv2'], '--out DIR'],
  ] as const) {
    const { status, stderr } = withoutHome([CLI, ...args], directory.path);
    assert.equal(status, 2);
    assert.match(stderr, /^invalid-argument: There is no home directory /);
    assert.ok(stderr.includes(cure), stderr);
  }
});

test('what can not be read in the folders of models does not hide the package’s own', async () => {
  using directory = new TemporaryDirectory();
  symlinkSync('nowhere', directory.file('broken.onnx'));
  mkdirSync(directory.file('mobilenetv2-lite.onnx'));
  await using likeness = await createLikeness({ modelBaseUrl: directory.path });
  assert.equal(likeness.model.id, 'mobilenetv2-lite');
});
