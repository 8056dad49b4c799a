/** The network in the core, held against ONNX Runtime Web with the same model file. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { plainCosine } from '../support/cosine.js';
import { codeOf } from '../support/errors.js';
import { internalModule } from '../support/internal.js';
import { openOrtNetwork } from '../support/ort.js';
import { randomFloats } from '../support/random.js';
import { referencePath, withoutReference } from '../support/reference.js';

const { CoreNetwork } = await internalModule<
  typeof import('../../dist/package/binding/core-network.js')
>('./binding/core-network.js');
const { findModel } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );
const { readOnnx, writeOnnx } =
  await internalModule<typeof import('../../dist/package/cli/models/onnx.js')>(
    './cli/models/onnx.js',
  );
const { packWeights } =
  await internalModule<typeof import('../../dist/package/cli/models/pack.js')>(
    './cli/models/pack.js',
  );
const { unpackWeights } =
  await internalModule<typeof import('../../dist/package/models/unpack.js')>('./models/unpack.js');
const { weightsOf } =
  await internalModule<typeof import('../../dist/package/models/weights.js')>(
    './models/weights.js',
  );

const core = WebAssembly.compile(readFileSync('dist/package/likeness-core.wasm'));
const lite = readFileSync('models/mobilenetv2-lite.onnx');

/** Pixels of an input, by height and width. */
const SHAPES = [
  [128, 128],
  [96, 160],
  [64, 256],
] as const;

/** Largest difference of an embedding's number to ONNX Runtime's, to the embedding's length. */
const LARGEST_DIFFERENCE = 2e-5;
const LEAST_COSINE = 1 - 1e-9;

test('mobilenetv2-lite.weights is what the ONNX file beside it becomes', () => {
  assert.deepEqual(
    Buffer.from(weightsOf(lite)),
    readFileSync('models/mobilenetv2-lite.weights'),
    'write it again: npm run models -- weights',
  );
});

test('the embedded model has the embeddings of ONNX Runtime', () =>
  checkModel('mobilenetv2-lite', lite));

for (const bits of [32, 12, 8] as const) {
  test(`the full model with weights of ${bits} bits has the embeddings of ONNX Runtime`, {
    skip: withoutReference,
  }, async () => {
    const exact = readFileSync(referencePath('models/mobilenetv2-12-features.onnx'));
    const model = bits === 32 ? exact : writeOnnx(packWeights(readOnnx(exact), bits));
    await checkModel('mobilenetv2', model);
  });
}

async function checkModel(id: string, model: Uint8Array): Promise<void> {
  const network = await CoreNetwork.open(await core, weightsOf(model));
  const referee = await openOrtNetwork(unpackWeights(model), findModel(id));
  for (const [seed, [height, width]] of SHAPES.entries()) {
    const input = { data: randomFloats(3 * height * width, seed + 1), dims: [1, 3, height, width] };
    const ours = await network.run(input);
    const theirs = await referee.run(input);
    assert.deepEqual(ours.dims, theirs.dims);
    const [a, b] = [pooled(ours.data), pooled(theirs.data)];
    assert.ok(plainCosine(a, b) >= LEAST_COSINE, `cosine ${plainCosine(a, b)}`);
    const length = Math.hypot(...b);
    const difference = a.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? 0))),
      0,
    );
    assert.ok(difference <= LARGEST_DIFFERENCE * length, `${difference} of ${length}`);
  }
  await network.release();
  await referee.release();
}

function pooled(features: Float32Array): Float32Array {
  const channels = 1280;
  const cells = features.length / channels;
  return Float32Array.from({ length: channels }, (_, channel) =>
    features
      .subarray(channel * cells, (channel + 1) * cells)
      .reduce((sum, value) => sum + value / cells, 0),
  );
}

test('a model file that ends too early is refused at every length, and the next one loads', async () => {
  const compiled = await core;
  for (let length = 0; length < lite.length; length += 7919) {
    const open = async () => CoreNetwork.open(compiled, weightsOf(lite.subarray(0, length)));
    const code = await codeOf(open());
    assert.ok(code === 'backend-failed' || code === 'model-load-failed', `${length}: ${code}`);
  }
  await (await CoreNetwork.open(compiled, weightsOf(lite))).release();
});

test('a network that is no MobileNetV2 is refused, with what to do', async () => {
  const model = readOnnx(lite);
  const changed = (change: (node: (typeof model.graph.node)[number]) => object): Uint8Array =>
    writeOnnx({
      ...model,
      graph: {
        ...model.graph,
        node: model.graph.node.map((node) => ({ ...node, ...change(node) })),
      },
    });
  const others = {
    activation: changed(({ opType }) => (opType === 'Relu' ? { opType: 'Sigmoid' } : {})),
    addition: changed(({ opType, input }) =>
      opType === 'Add' ? { input: [input[1], input[1]] } : {},
    ),
    dilation: changed(({ opType, attribute = [] }) =>
      opType === 'Conv'
        ? {
            attribute: attribute.map((each) =>
              each['name'] === 'dilations' ? { ...each, ints: [2, 2] } : each,
            ),
          }
        : {},
    ),
    weights: changed(({ opType, input }) =>
      opType === 'DequantizeLinear' ? { input: ['none', ...input.slice(1)] } : {},
    ),
  };
  for (const [name, other] of Object.entries(others)) {
    assert.throws(
      () => weightsOf(other),
      { code: 'backend-failed', message: /The core can't run this model/ },
      name,
    );
  }
});

test('a network that was disposed of says so', async () => {
  const network = await CoreNetwork.open(await core, weightsOf(lite));
  assert.ok(network.bytes() > lite.length);
  await network.release();
  assert.equal(network.bytes(), 0);
  const input = { data: new Float32Array(3 * 32 * 32), dims: [1, 3, 32, 32] };
  await assert.rejects(network.run(input), { code: 'disposed' });
});
