/** Values that another realm has made: a frame, `node:vm` and jsdom have classes of their own. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { createLikeness, type Embedding, type ImageSource } from 'image-likeness';
import { createLikenessCore } from 'image-likeness/core';
import { createCollection } from 'image-likeness/grouping';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { tinyModel } from '../support/tiny-model.js';

const pixels = testPixels(60, 40);
const png = writePng(pixels);

/** A value of another realm. @param make the text of a function of what is `given` */
function elsewhere<T>(make: string, given: unknown = undefined): T {
  return runInContext(`(${make})(given)`, createContext({ given })) as T;
}

const copyBytes = '(bytes) => new Uint8Array(bytes)';
const foreignBytes = (bytes: Uint8Array): Uint8Array => elsewhere(copyBytes, bytes);

/** An embedding whose arrays are of another realm. */
function foreignEmbedding({ vector, fingerprint, detail, ...rest }: Embedding): Embedding {
  return {
    ...rest,
    vector: elsewhere('(values) => new Float32Array(values)', vector),
    ...(fingerprint && {
      fingerprint: {
        ...fingerprint,
        luma: foreignBytes(fingerprint.luma),
        fullLuma: foreignBytes(fingerprint.fullLuma),
      },
    }),
    ...(detail && { detail: { ...detail, data: foreignBytes(detail.data) } }),
  };
}

test('the values of these tests are of another realm', () => {
  assert.ok(!(foreignBytes(png) instanceof Uint8Array));
  assert.deepEqual([...foreignBytes(png)], [...png]);
});

for (const workers of [0, 1]) {
  const where = workers === 0 ? 'in this thread' : 'in a worker';

  test(`bytes and pixels of another realm, ${where}`, async () => {
    await using likeness = await createLikeness({ workers });
    const expected = await likeness.preprocess(png);
    const sources: ImageSource[] = [
      foreignBytes(png),
      foreignBytes(png).buffer as ArrayBuffer,
      elsewhere('(bytes) => new Uint8Array([0, ...bytes, 0]).subarray(1, -1)', png),
      elsewhere(
        `({ data, width, height }) => ({ data: new Uint8ClampedArray(data), width, height })`,
        pixels,
      ),
      // Libraries' Blobs are none of Node's: jsdom's, happy-dom's.
      elsewhere<Blob>(
        `(bytes) => ({
          size: bytes.length,
          slice() {},
          arrayBuffer: async () => new Uint8Array(bytes).buffer,
        })`,
        png,
      ),
    ];
    for (const source of sources) assert.deepEqual(await likeness.preprocess(source), expected);
    for (const source of sources.slice(0, 2)) {
      assert.deepEqual(await likeness.preprocess(source, { transfer: true }), expected);
    }
  });

  test(`embeddings of another realm, ${where}`, async () => {
    await using likeness = await createLikeness({ workers });
    const own = await likeness.embed(pixels, { detail: true });
    const foreign = foreignEmbedding(own);
    assert.equal((await likeness.similarity(own, foreign)).verdict, 'identical');
    const index = await likeness.createIndex([own, foreign]);
    assert.deepEqual(
      (await index.nearest(foreign, 2)).map(({ cosine }) => cosine),
      [1, 1],
    );
    await using collection = createCollection(likeness);
    await collection.add([own, foreign]);
    assert.equal(collection.size, 2);
  });
}

test('files of another realm in the place of the package’s own', async () => {
  const wasmBinary = foreignBytes(
    readFileSync(new URL(import.meta.resolve('image-likeness/likeness-core.wasm'))),
  );
  const modelBinary = foreignBytes(
    readFileSync(new URL(import.meta.resolve('image-likeness/mobilenetv2-lite.onnx'))),
  );
  await using usual = await createLikeness();
  const expected = await usual.embed(png);
  for (const options of [
    { wasmBinary, modelBinary },
    { wasmBinary: wasmBinary.buffer as ArrayBuffer },
    { backend: 'wasm', modelBinary } as const,
  ]) {
    await using likeness = await createLikeness(options);
    const { vector } = await likeness.embed(png);
    const apart = vector.map((value, at) => Math.abs(value - (expected.vector[at] ?? 0)));
    assert.ok(Math.max(...apart) < 1e-4);
  }
  const core = await createLikenessCore({ wasmBinary });
  assert.deepEqual((await core.preprocess(foreignBytes(png))).tensor, await usual.preprocess(png));
  await using custom = await createLikeness({
    model: { ...tinyModel, bytes: foreignBytes(tinyModel.bytes) },
  });
  assert.equal((await custom.compare(png, foreignBytes(png))).score, 100);
  await assert.rejects(createLikeness({ wasmBinary: [0] as unknown as ArrayBuffer }), {
    code: 'invalid-argument',
    message: 'wasmBinary must be a Uint8Array or an ArrayBuffer.',
  });
});

test('what is no image is named, with what to do', async () => {
  await using likeness = await createLikeness();
  const messages: [unknown, RegExp][] = [
    [Promise.resolve(png), /^A Promise is no image source\. Await it first\.$/],
    [new Uint8ClampedArray(4), /^A Uint8ClampedArray .* Pixels need their size: pass \{ data/],
    [elsewhere('() => []'), /^An Array is no image source\. Pass a Blob, File, ArrayBuffer, /],
    [Object.create(null), /^An object is no image source\./],
    [null, /^null is no image source\./],
    [{ width: 1, height: 1, data: new Float32Array(4) }, /RGBA\); these are a Float32Array\.$/],
    [{ width: 2, height: 1, data: elsewhere(copyBytes, [1]) }, /2 × 1 needs 8 bytes.* are 1\.$/],
  ];
  for (const [image, message] of messages) {
    await assert.rejects(likeness.embed(image as ImageSource), {
      code: 'invalid-argument',
      message,
    });
  }
});
