/** Cutting the classifier off a graph that is built here, and what then runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildClassifier } from '../support/classifier.js';
import { internalModule } from '../support/internal.js';
import { openOrtNetwork } from '../support/ort.js';
import { randomFloats } from '../support/random.js';

const { cutClassifier, readOnnx, writeOnnx } =
  await internalModule<typeof import('../../dist/package/cli/models/onnx.js')>(
    './cli/models/onnx.js',
  );

const { findModel } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );

type Network = Pick<ReturnType<typeof findModel>, 'input' | 'output'>;

const classifier = buildClassifier({ size: 28, channels: 16, stride: 4, classes: 10 });
const spec = {
  input: { name: 'input', size: 28 },
  output: { name: 'features', channels: 16, cells: 49 },
};

async function runModel(model: Uint8Array, network: Network, data: Float32Array) {
  const extractor = await openOrtNetwork(model, {
    ...findModel('mobilenetv2'),
    ...network,
  });
  try {
    return (await extractor.run({ data, dims: [1, 3, 28, 28] })).data;
  } finally {
    await extractor.release();
  }
}

test('what remains computes the feature map that the classifier pools', async () => {
  const whole = writeOnnx(classifier);
  const cut = writeOnnx(cutClassifier(readOnnx(whole), spec));
  const input = randomFloats(3 * 28 * 28, 5);
  const features = await runModel(cut, spec, input);
  assert.equal(features.length, 16 * 49);
  const scores = await runModel(
    whole,
    {
      input: { name: 'data', size: 28 },
      output: { name: 'scores', channels: 10, cells: 1 },
    },
    input,
  );
  const weights = randomFloats(16 * 10, 2).map((value) => value - 0.5);
  for (const [label, score] of scores.entries()) {
    let expected = 0;
    for (let channel = 0; channel < 16; channel += 1) {
      const cells = features.subarray(channel * 49, (channel + 1) * 49);
      const mean = cells.reduce((sum, value) => sum + value, 0) / 49;
      expected += mean * (weights[channel * 10 + label] ?? Number.NaN);
    }
    assert.ok(Math.abs(score - expected) < 1e-5, `score ${label}: ${score} and ${expected}`);
  }
});

test('only what the feature map depends on stays', () => {
  const { graph } = cutClassifier(readOnnx(writeOnnx(classifier)), spec);
  assert.deepEqual(
    graph.node.map(({ opType }) => opType),
    ['Conv', 'Relu'],
  );
  assert.deepEqual(
    graph.initializer.map(({ name }) => name),
    ['kernel'],
  );
  assert.deepEqual(
    [...graph.input, ...graph.output].map(({ name }) => name),
    ['input', 'features'],
  );
});

test('the same graph gives the same bytes', () => {
  const whole = writeOnnx(classifier);
  const once = writeOnnx(cutClassifier(readOnnx(whole), spec));
  assert.deepEqual(writeOnnx(cutClassifier(readOnnx(whole), spec)), once);
});

test('graphs that can not be cut are refused', () => {
  const without = (opType: string) => ({
    ...classifier,
    graph: {
      ...classifier.graph,
      node: classifier.graph.node.filter((node) => node.opType !== opType),
    },
  });
  const code = { code: 'model-load-failed' };
  assert.throws(() => cutClassifier(readOnnx(writeOnnx(without('GlobalAveragePool'))), spec), code);
  assert.throws(() => cutClassifier(readOnnx(writeOnnx(without('Conv'))), spec), code);
  assert.throws(() => readOnnx(new TextEncoder().encode('<!doctype html>')), code);
});
