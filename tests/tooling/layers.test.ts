/** How `npm test` runs its layers: C++ in the background from the beginning on, the others when all is built. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { TemporaryDirectory } from '../support/temporary.js';

const load = <T>(name: string) =>
  import(pathToFileURL(resolve('scripts/lib', name)).href) as Promise<T>;
const { runLayers } = await load<typeof import('../../scripts/lib/layers.mjs')>('layers.mjs');
const { run, exitCodeOf } =
  await load<typeof import('../../scripts/lib/process.mjs')>('process.mjs');

const passed = { passed: 1, failed: 0, skipped: [], times: [] };

test('what is in the background begins at once, in turn; the others wait for the build and for native', async () => {
  const steps: string[] = [];
  const layer = (name: string) => async () => {
    steps.push(`${name} begins`);
    await wait(1);
    steps.push(`${name} ends`);
    return { ...passed };
  };
  let build = () => {};
  const built = new Promise<void>((resolve) => {
    build = resolve;
  });
  const layers = new Map([
    ['native', { run: layer('native'), background: true }],
    ['tidy', { run: layer('tidy'), background: true }],
    ['wasm', { run: layer('wasm'), beside: true }],
    ['cli', { run: layer('cli'), beside: true }],
  ]);
  const results = runLayers(layers, { others: built });
  while (!steps.includes('native ends')) await wait(1);
  assert.ok(!steps.includes('wasm begins'));
  build();
  assert.deepEqual([...(await results).keys()], ['native', 'tidy', 'wasm', 'cli']);
  const at = (step: string) => steps.indexOf(step);
  assert.ok(at('native ends') < at('tidy begins'));
  assert.ok(at('cli begins') < at('wasm ends'), 'side by side');
});

test('a layer of the background that cannot be run has failed, says why, and the others run', async () => {
  const layers = new Map([
    [
      'tidy',
      {
        run: async () => {
          await run(process.execPath, ['--eval', 'process.exit(3)']);
          return passed;
        },
        background: true,
      },
    ],
    ['wasm', { run: async () => ({ ...passed }) }],
  ]);
  const results = await runLayers(layers);
  assert.equal(results.get('wasm')?.passed, 1);
  assert.equal(results.get('tidy')?.failed, 1);
  assert.match(results.get('tidy')?.failures?.[0]?.why ?? '', /failed with exit code 3/);
});

test('a build that fails ends what runs in the background', async () => {
  using directory = new TemporaryDirectory();
  const began = directory.file('began');
  let code: number | undefined;
  const layers = new Map([
    [
      'native',
      {
        run: async (options: object) => {
          const script = `require('fs').writeFileSync(${JSON.stringify(began)}, ''); setInterval(() => {}, 1000)`;
          code = await exitCodeOf(process.execPath, ['--eval', script], options);
          return passed;
        },
        background: true,
      },
    ],
  ]);
  const others = (async () => {
    while (!existsSync(began)) await wait(1);
    throw new Error('no compiler');
  })();
  await assert.rejects(runLayers(layers, { others }), /no compiler/);
  while (code === undefined) await wait(1);
  assert.notEqual(code, 0);
});

test('what programs in the background print comes in one piece', async () => {
  using directory = new TemporaryDirectory();
  const script = directory.file('script.mjs');
  const url = pathToFileURL(resolve('scripts/lib/process.mjs')).href;
  writeFileSync(
    script,
    `import { exitCodeOf } from '${url}';
    const words = (text) => ['-e', \`console.log('\${text} 1'); setTimeout(() => console.log('\${text} 2'), 50)\`];
    await Promise.all(['a', 'b'].map((text) => exitCodeOf(process.execPath, words(text), { background: true })));`,
  );
  let said = '';
  await exitCodeOf(process.execPath, [script], {
    hear: (text) => {
      said += text;
    },
  });
  assert.match(said, /a 1\na 2\n/);
  assert.match(said, /b 1\nb 2\n/);
});
