/** Collections in WebAssembly: candidates, proofs, groups and similar pictures, and nothing left behind. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { CollectedPicture, Proof } from '../../dist/package/binding/collection-store.js';
import type { EmbeddingSpace } from '../../dist/package/binding/core-collection.js';
import type { CoreModule } from '../../dist/package/binding/wire.js';
import { cropPixels, fillPixels, greyPixels, mirrorPixels, turnPixels } from '../support/edit.js';
import { codeOf } from '../support/errors.js';
import { ANY_CALIBRATION } from '../support/golden.js';
import { internalModule } from '../support/internal.js';
import { testPixels } from '../support/pixels.js';

type ModuleFile = typeof import('../../dist/package/binding/module.js');
type CollectionFile = typeof import('../../dist/package/binding/core-collection.js');
type UnwrapFile = typeof import('../../dist/package/binding/unwrap.js');

const { startModule } = await internalModule<ModuleFile>('./binding/module.js');
const { CoreCollection } = await internalModule<CollectionFile>('./binding/core-collection.js');
const { unwrap } = await internalModule<UnwrapFile>('./binding/unwrap.js');
const compiled = await WebAssembly.compile(
  readFileSync(new URL('./likeness-core.wasm', import.meta.resolve('image-likeness'))),
);

const SPACE: EmbeddingSpace = {
  model: 'm@1/whole',
  dimension: 8,
  mean: null,
  calibration: ANY_CALIBRATION,
};

const SPEC = {
  view: 'whole',
  side: 224,
  stride: 32,
  resize: 256,
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;

const REGISTRATION: NonNullable<Proof['registration']> = {
  matrix: [1, 0, 0, 0, 1, 0],
  scale: 1,
  degrees: 0,
  mirrored: false,
  overlap: {
    a: { x: 0, y: 0, width: 320, height: 240 },
    b: { x: 0, y: 0, width: 320, height: 240 },
  },
  covered: { a: 1, b: 1 },
  content: { a: 1, b: 1 },
  agreement: { a: 1, b: 1 },
  blur: 0,
  noise: 0,
  greyscale: { a: false, b: false },
};

/** Rectangles of all sizes and colours. */
function scene(width: number, height: number, seed: number): ImageData {
  const image = testPixels(width, height, seed);
  let state = seed;
  const random = (most: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  for (let i = 0; i < 200; i += 1) {
    const [w, h] = [4 + random(width / 10), 4 + random(height / 10)];
    const part = { x: random(width - w), y: random(height - h), width: w, height: h };
    fillPixels(image, part, [random(256), random(256), random(256)]);
  }
  return image;
}

/** A picture whose embedding points along an axis. */
function pictureOf(
  module: CoreModule,
  { width, height, data }: ImageData,
  axis: number,
): CollectedPicture {
  const processor = unwrap(module.createImageProcessor(SPEC));
  try {
    unwrap(processor.begin(width, height, width, height, 255, 255, 255, true, false, true));
    unwrap(processor.stage(data.length)).set(data);
    unwrap(processor.push(height));
    const { fingerprint, sketch } = unwrap(processor.finish());
    assert.ok(fingerprint !== undefined && sketch !== undefined);
    return {
      ...embeddingOf(axis),
      picture: { fingerprint, sketch },
      bytes: data.length,
    };
  } finally {
    processor.delete();
  }
}

function embeddingOf(axis: number): CollectedPicture {
  const vector = new Float32Array(8);
  vector[axis] = 1;
  return { model: SPACE.model, vector, picture: null, bytes: 0, modified: 0 };
}

test('copies are candidates, proofs make groups, and everything is freed', async () => {
  const module = await startModule(compiled);
  const collection = new CoreCollection(module, SPACE);
  const original = scene(320, 240, 5);
  const pictures = [
    original,
    scene(320, 240, 6),
    mirrorPixels(original),
    cropPixels(original, { x: 0, y: 0, width: 230, height: 170 }),
    greyPixels(turnPixels(original, 90)),
    original,
  ];
  const firsts = await collection.add(
    pictures.map((pixels, axis) => pictureOf(module, pixels, axis)),
  );
  assert.deepEqual(firsts, [0, 1, 2, 3, 4, 0]);
  assert.equal(await collection.search(2), 2);
  assert.equal(await collection.search(10), 6);
  const candidates = await collection.candidates(100);
  for (const b of [2, 3, 4]) {
    assert.ok(
      candidates.some((pair) => pair.a === 0 && pair.b === b),
      `the copy ${b}`,
    );
  }
  const half = {
    ...REGISTRATION,
    covered: { a: 0.5, b: 1 },
    content: { a: 0.5, b: 1 },
  };
  const mirrored = { a: 0, b: 2, kind: 'near-duplicate', registration: REGISTRATION } as const;
  await collection.verify([
    mirrored,
    { a: 0, b: 3, kind: 'near-duplicate', registration: half },
    { a: 0, b: 4, kind: 'variant', registration: REGISTRATION },
  ]);
  assert.deepEqual(await collection.groups([]), [{ kept: 0, spare: [2, 3, 5] }]);
  assert.deepEqual(await collection.groups([{ a: 0, b: 2 }]), [{ kept: 0, spare: [3, 5] }]);
  assert.deepEqual(await collection.groups([{ a: 0, b: 5 }]), [{ kept: 0, spare: [2, 3] }]);
  assert.equal(await codeOf(collection.verify([mirrored])), 'invalid-argument');
  await collection.dispose();
  assert.equal(module.handlesAlive(), 0);
  assert.equal(await codeOf(collection.search(1)), 'disposed');
});

test('damaged sketches and embeddings of other models are refused', async () => {
  const module = await startModule(compiled);
  const collection = new CoreCollection(module, SPACE);
  const picture = pictureOf(module, testPixels(64, 64, 1), 0);
  assert.ok(picture.picture !== null);
  const code = (changed: Partial<CollectedPicture>) =>
    codeOf(collection.add([{ ...picture, ...changed }]));
  const sketch = picture.picture.sketch.subarray(1);
  assert.equal(await code({ picture: { ...picture.picture, sketch } }), 'invalid-argument');
  assert.equal(await code({ model: 'other@1' }), 'model-mismatch');
  assert.equal(await code({ vector: new Float32Array(8) }), 'zero-embedding');
  assert.deepEqual(await collection.add([picture]), [0]);
  await collection.dispose();
});

test('similar groups, nearest and a matrix of pictures without sketches', async () => {
  const collection = new CoreCollection(await startModule(compiled), SPACE);
  await collection.add([0, 1, 0, 2, 0, 1].map(embeddingOf));
  await collection.beginSimilar();
  while (await collection.continueSimilar(1));
  assert.deepEqual(await collection.similarFrom(80), [
    { centre: 0, alike: [2, 4] },
    { centre: 1, alike: [5] },
  ]);
  assert.equal(await collection.similarPairs(80), 4);
  assert.equal(await collection.similarPairs(0), 15);
  const near = await collection.nearest(4, 2);
  assert.deepEqual(
    near.map(({ index }) => index),
    [0, 2],
  );
  const { order, scores } = await collection.matrix([0, 1, 2]);
  assert.equal(Math.abs(order.indexOf(0) - order.indexOf(2)), 1);
  assert.equal(scores.length, 9);
  const { pairs } = await collection.pairsFrom(80, 0, 2);
  assert.deepEqual(pairs, [
    { a: 0, b: 2 },
    { a: 0, b: 4 },
    { a: 1, b: 5 },
  ]);
  assert.equal(await codeOf(collection.matrix([6])), 'invalid-argument');
  await collection.dispose();
});
