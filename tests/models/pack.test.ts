/** Packed weights: the same bytes every time, and what they compute stays what the exact ones do. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLikeness, type Likeness } from 'image-likeness';
import { buildClassifier } from '../support/classifier.js';
import { plainCosine } from '../support/cosine.js';
import { codeOf } from '../support/errors.js';
import { internalModule } from '../support/internal.js';
import { openOrtNetwork } from '../support/ort.js';
import { randomFloats } from '../support/random.js';
import {
  FULL_MODEL,
  referencePhotographs,
  withoutModel,
  withoutReference,
} from '../support/reference.js';
import { TemporaryDirectory } from '../support/temporary.js';

const { fetchModel, placeModel } =
  await internalModule<typeof import('../../dist/package/cli/models/fetch.js')>(
    './cli/models/fetch.js',
  );
const { findModel } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );
const { cutClassifier, readOnnx, writeOnnx } =
  await internalModule<typeof import('../../dist/package/cli/models/onnx.js')>(
    './cli/models/onnx.js',
  );
const { packWeights, weightBitsOf } =
  await internalModule<typeof import('../../dist/package/cli/models/pack.js')>(
    './cli/models/pack.js',
  );
const { unpackWeights } =
  await internalModule<typeof import('../../dist/package/models/unpack.js')>('./models/unpack.js');

const network = {
  input: { name: 'input', size: 28 },
  output: { name: 'features', channels: 16, cells: 49 },
};
const exact = withPointwise(
  cutClassifier(
    readOnnx(writeOnnx(buildClassifier({ size: 28, channels: 16, stride: 4, classes: 10 }))),
    network,
  ),
);
const entry = findModel(FULL_MODEL);

test('a packed network has the same bytes every time, and computes what the exact one does', async () => {
  const packed = writeOnnx(packWeights(exact, 12));
  assert.deepEqual(packed, writeOnnx(packWeights(readOnnx(writeOnnx(exact)), 12)));
  const expected = await featuresOf(writeOnnx(exact));
  const computed = await featuresOf(packed);
  assert.ok(plainCosine(expected, computed) > 0.999999);
  assert.notDeepEqual(expected, computed, 'weights were rounded');
});

for (const bits of [8, 12] as const) {
  test(`weights of ${bits} bits are unpacked to what ONNX Runtime makes of them`, async () => {
    const packed = writeOnnx(packWeights(exact, bits));
    const unpacked = unpackWeights(packed);
    const { graph } = readOnnx(unpacked);
    assert.deepEqual(
      graph.node.map(({ opType }) => opType),
      exact.graph.node.map(({ opType }) => opType),
    );
    assert.equal(weightBitsOf(readOnnx(unpacked)), 32);
    assert.deepEqual(await featuresOf(unpacked), await featuresOf(packed));
  });
}

test('what is not packed, or no model at all, is not touched', () => {
  const plain = writeOnnx(exact);
  const packed = writeOnnx(packWeights(exact, 12));
  const cut = packed.subarray(0, packed.length - 9);
  for (const bytes of [plain, cut, new Uint8Array(0), Uint8Array.of(255, 255, 255)]) {
    assert.equal(unpackWeights(bytes), bytes);
  }
});

test('operators that a newer ONNX may take differently are refused', async () => {
  const node = [{ opType: 'Upsample', input: ['features'], output: ['more'] }];
  const strange = { ...exact, graph: { ...exact.graph, node: [...exact.graph.node, ...node] } };
  assert.equal(await codeOf((async () => packWeights(strange, 12))()), 'model-load-failed');
});

async function featuresOf(model: Uint8Array): Promise<Float32Array> {
  const extractor = await openOrtNetwork(model, { ...entry, ...network });
  const data = randomFloats(3 * 28 * 28, 5);
  const features = await extractor.run({ data, dims: [1, 3, 28, 28] });
  await extractor.release();
  return features.data;
}

/** A 1×1 convolution in the end: its weights are packed more tightly. */
function withPointwise(model: ReturnType<typeof readOnnx>): ReturnType<typeof readOnnx> {
  const { node, initializer } = model.graph;
  const rename = (name: string): string => (name === 'features' ? 'wide' : name);
  const values = randomFloats(16 * 16, 7).map((value) => value - 0.5);
  const kernel = { name: 'mix', dims: [16, 16, 1, 1], dataType: 1, floatData: [...values] };
  return {
    ...model,
    graph: {
      ...model.graph,
      node: [
        ...node.map((each) => ({ ...each, output: each.output.map(rename) })),
        { opType: 'Conv', input: ['wide', 'mix'], output: ['features'] },
      ],
      initializer: [...initializer, kernel],
    },
  };
}

const forms = [
  { bits: 12, most: 4_300_000, least: 0.9999 },
  { bits: 8, most: 2_600_000, least: 0.997 },
] as const;
const photographs = 20;

test('the full model, packed', { skip: withoutReference || withoutModel }, async (t) => {
  using directory = new TemporaryDirectory();
  const embed = async (model: Likeness) => {
    const vectors = [];
    for (const folder of ['images/imagenet-sample', 'images/caltech101'])
      for (const path of referencePhotographs(folder, photographs / 2))
        vectors.push((await model.embed(readFileSync(path))).vector);
    await model.dispose();
    return vectors;
  };
  const load = async (bits: 8 | 12 | 32) => {
    const folder = directory.file(String(bits));
    const { path } = await fetchModel(entry, folder, { weightBits: bits });
    const bytes = readFileSync(path);
    assert.equal(weightBitsOf(readOnnx(bytes)), bits);
    const likeness = await createLikeness({ model: FULL_MODEL, modelBaseUrl: folder });
    return { bytes, vectors: await embed(likeness) };
  };
  let reference: Awaited<ReturnType<typeof load>>;
  try {
    reference = await load(32);
  } catch (error) {
    return t.skip(`npm run models -- fetch ${FULL_MODEL} --bits 32 gets what it needs: ${error}`);
  }
  for (const { bits, most, least } of forms) {
    await t.test(`into ${bits} bits: small, known by its hash, and nearly the same`, async (t) => {
      const { bytes, vectors } = await load(bits);
      assert.ok(bytes.length <= most, `${bytes.length} bytes`);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      assert.ok(
        entry.accepted.some((file) => file.sha256 === sha256 && file.bytes === bytes.length),
      );
      const cosines = vectors.map((vector, i) =>
        plainCosine(vector, reference.vectors[i] ?? new Float32Array()),
      );
      assert.ok(Math.min(...cosines) >= least, `least cosine ${Math.min(...cosines)}`);
      t.diagnostic(`${bytes.length} bytes, least cosine ${Math.min(...cosines).toFixed(6)}`);
    });
  }
  await t.test('is what is placed unless other bits are asked for', async () => {
    const placed = await placeModel(entry, directory.file('page'));
    assert.equal(placed?.sha256, entry.accepted[0]?.sha256);
  });
});
