/** `image-likeness/core`, from the packed package: what it gives without ONNX Runtime. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { installPackage } from '../support/installed.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';

const { project } = installPackage();
const root = join(project, 'node_modules/image-likeness/dist/package');
const load = (path: string): Promise<unknown> => import(pathToFileURL(join(root, path)).href);
const { createLikenessCore, hashDistance } = (await load(
  'core/index.js',
)) as typeof import('../../dist/package/core/index.js');
const { createLikeness } = (await load('index.js')) as typeof import('../../dist/package/index.js');

const a = writePng(testPixels(300, 200, 1));
const b = writePng(testPixels(240, 320, 7));

test('the core gives the tensor, similarity and map of the whole package', async () => {
  const core = await createLikenessCore();
  await using likeness = await createLikeness();
  assert.deepEqual((await core.preprocess(a)).tensor, await likeness.preprocess(a));
  const [first, second] = [await likeness.embed(a), await likeness.embed(b)];
  assert.equal(core.model, first.model);
  assert.deepEqual(core.similarity(first, second), await likeness.similarity(first, second));
  assert.equal(core.similarity(first, first).verdict, 'identical');
});

test('pixels, blobs and bytes give the same tensor and fingerprint', async () => {
  const core = await createLikenessCore({ background: [0, 0, 0] });
  const expected = await core.preprocess(a);
  const { data, dims } = expected.tensor;
  assert.equal(
    data.length,
    dims.reduce((product, length) => product * length, 1),
  );
  assert.deepEqual(await core.preprocess(testPixels(300, 200, 1)), expected);
  assert.deepEqual(await core.preprocess(new Blob([new Uint8Array(a)])), expected);
  assert.deepEqual(await core.preprocess(new Uint8Array(a).buffer), expected);
});

test('an embedding is the mean of each channel', async () => {
  const core = await createLikenessCore({ model: 'mobilenetv2' });
  const data = Float32Array.from({ length: 1280 * 48 }, (_, index) => Math.floor(index / 48));
  const features = { data, dims: [1, 1280, 6, 8] };
  const { vector, dimension, model } = core.embedding(features);
  assert.equal(model, core.model);
  assert.equal(dimension, 1280);
  assert.deepEqual([vector[0], vector[1], vector[1279]], [0, 1, 1279]);
  for (const wrong of [
    { ...features, data: data.subarray(1) },
    { ...features, dims: [1, 1280, 7, 7] },
    { ...features, dims: [48, 1280] },
  ]) {
    assert.throws(() => core.embedding(wrong), { code: 'invalid-argument' });
    assert.throws(() => core.matchMap(features, wrong), { code: 'invalid-argument' });
  }
  assert.deepEqual(core.matchMap(features, features).grid.a, { columns: 8, rows: 6 });
});

test('a calibrated score rises with the cosine', async () => {
  const core = await createLikenessCore({ model: 'mobilenetv2' });
  const scores = [-1, 0, 0.5, 0.8, 0.95, 1].map((cosine) => core.calibrate(cosine).score);
  assert.deepEqual(
    scores,
    scores.toSorted((x, y) => x - y),
  );
  assert.equal(scores.at(-1), 87.9);
  assert.equal(core.calibrate(0).verdict, 'different');
  assert.throws(() => core.calibrate(Number.NaN), { code: 'invalid-argument' });
});

test('perceptual hashes are near for the same image and far for another one', async () => {
  const core = await createLikenessCore();
  const hashOf = async (image: ImageData) =>
    core.perceptualHash((await core.preprocess(image)).fingerprint);
  const one = await hashOf(testPixels(300, 200, 1));
  const resized = await hashOf(testPixels(600, 400, 1));
  const mirrored = await hashOf(flipped(testPixels(300, 200, 1)));
  assert.match(one.dct, /^[0-9a-f]{16}$/);
  assert.equal(hashDistance(one.dct, one.dct), 0);
  assert.equal(hashDistance('0000000000000000', 'ffffffffffffffff'), 64);
  assert.equal(hashDistance('0000000000000001', '8000000000000000'), 2);
  assert.ok(hashDistance(one.dct, resized.dct) < hashDistance(one.dct, mirrored.dct));
  assert.ok(hashDistance(one.gradient, mirrored.gradient) > 8);
  assert.throws(() => hashDistance('12', one.dct), { code: 'invalid-argument' });
});

test('pixels prove copies without a model', async () => {
  const core = await createLikenessCore();
  const [first, second] = [await core.preprocess(a), await core.preprocess(b)];
  assert.equal(core.examine(first, first).copy, 'identical');
  const { copy, evidence } = core.examine(first, second);
  assert.equal(copy, undefined);
  assert.deepEqual(evidence.changes, []);
  await using likeness = await createLikeness();
  assert.deepEqual((await likeness.compare(a, b)).evidence, evidence);
});

test('the .wasm can be handed over, and a wrong one is refused', async () => {
  const wasmBinary = readFileSync(join(root, 'likeness-core.wasm'));
  const wasmUrl = pathToFileURL(join(root, 'likeness-core.wasm'));
  const expected = (await (await createLikenessCore()).preprocess(a)).tensor;
  for (const options of [{ wasmBinary }, { wasmUrl }, { wasmUrl: wasmUrl.href }]) {
    const core = await createLikenessCore(options);
    assert.deepEqual((await core.preprocess(a)).tensor, expected);
  }
  await assert.rejects(createLikenessCore({ wasmBinary: a }), { code: 'wasm-load-failed' });
  const missing = pathToFileURL(join(root, 'missing.wasm'));
  await assert.rejects(createLikenessCore({ wasmUrl: missing }), { code: 'wasm-load-failed' });
});

test('mistakes are named', async () => {
  const core = await createLikenessCore();
  await assert.rejects(core.preprocess('a.png' as unknown as Blob), { code: 'invalid-argument' });
  await assert.rejects(core.preprocess(new Uint8Array()), { code: 'corrupt-image' });
  await assert.rejects(core.preprocess(a, { signal: AbortSignal.abort() }), { code: 'aborted' });
  await assert.rejects(createLikenessCore({ model: 'nobody' }), { code: 'invalid-argument' });
  await assert.rejects(createLikenessCore({ signal: AbortSignal.abort() }), { code: 'aborted' });
  const limited = await createLikenessCore({ limits: { maxPixels: 100 } });
  await assert.rejects(limited.preprocess(a), { code: 'image-too-large' });
  const vector = new Float32Array(1280).fill(1);
  const foreign = { model: 'other@1', dimension: 1280, vector };
  assert.throws(() => core.similarity(foreign, foreign), { code: 'model-mismatch' });
  assert.ok((await core.preprocess(a)).tensor.data.length > 0, 'still works');
});

/** The picture in a mirror. */
function flipped({ data, width, height, colorSpace }: ImageData): ImageData {
  const mirrored = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const from = (y * width + (width - 1 - x)) * 4;
      mirrored.set(data.subarray(from, from + 4), (y * width + x) * 4);
    }
  }
  return { data: mirrored, width, height, colorSpace } as ImageData;
}
