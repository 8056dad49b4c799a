/** The golden data of the native core through WebAssembly in Node; needs no model. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runGolden } from '../support/golden.js';
import { internalModule } from '../support/internal.js';

const { startModule } =
  await internalModule<typeof import('../../dist/package/binding/module.js')>(
    './binding/module.js',
  );

test('WebAssembly in Node computes the bits of golden.json', async () => {
  const wasm = readFileSync('dist/package/likeness-core.wasm');
  const module = await startModule(await WebAssembly.compile(wasm));
  const golden = JSON.parse(readFileSync('tests/data/golden.json', 'utf8'));
  const results = runGolden(module, golden, readFileSync('models/mobilenetv2-lite.weights'));
  assert.ok(results.length > 20);
  for (const { name, expected, actual } of results) assert.equal(actual, expected, name);
});
