/** Networks whose files name a square take pictures of any shape once they are loaded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildClassifier } from '../support/classifier.js';
import { internalModule } from '../support/internal.js';
import { openOrtNetwork } from '../support/ort.js';
import { randomFloats } from '../support/random.js';

const { freeSides } =
  await internalModule<typeof import('../../dist/package/models/free-sides.js')>(
    './models/free-sides.js',
  );
const { findModel } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );
const { cutClassifier, readOnnx, writeOnnx } =
  await internalModule<typeof import('../../dist/package/cli/models/onnx.js')>(
    './cli/models/onnx.js',
  );

const network = {
  input: { name: 'input', size: 28 },
  output: { name: 'features', channels: 16, cells: 49 },
};
const fixed = new Uint8Array(
  writeOnnx(
    cutClassifier(buildClassifier({ size: 28, channels: 16, stride: 4, classes: 10 }), network),
  ),
);
const free = freeSides(fixed, ['input', 'features']);

function extractor(view: 'whole' | 'centre') {
  return openOrtNetwork(fixed, { ...findModel('mobilenetv2'), ...network, view });
}

test('height and width are free, and nothing else has changed', () => {
  const { graph, ...rest } = readOnnx(free);
  const { graph: before, ...restBefore } = readOnnx(fixed);
  assert.deepEqual(rest, restBefore);
  assert.deepEqual(graph.node, before.node);
  assert.deepEqual(graph.initializer, before.initializer);
  assert.deepEqual(
    readOnnx(freeSides(free, ['input', 'features'])),
    readOnnx(free),
    'what is free stays free',
  );
  assert.deepEqual(readOnnx(freeSides(fixed, ['other'])), readOnnx(fixed));
});

test('a square gives the same numbers, any other shape the mean of its own cells', async () => {
  const data = randomFloats(3 * 28 * 28, 3);
  const square = { data, dims: [1, 3, 28, 28] };
  const named = await extractor('centre');
  const any = await extractor('whole');
  assert.deepEqual(await any.run(square), await named.run(square));
  const strip = { data, dims: [1, 3, 4, 196] };
  assert.deepEqual((await any.run(strip)).dims, [1, 16, 1, 49]);
  await assert.rejects(named.run(strip), { code: 'backend-failed' });
  assert.deepEqual(await any.run(square), await named.run(square), 'after another shape');
  await named.release();
  await any.release();
});

test('what is no model is left to ONNX Runtime', () => {
  for (const bytes of [new Uint8Array(0), Uint8Array.of(255, 255, 255), fixed.subarray(0, 99)]) {
    assert.deepEqual(freeSides(bytes, ['input', 'features']), bytes);
  }
});
