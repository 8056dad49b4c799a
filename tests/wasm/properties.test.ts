/** What must hold of any picture, any embedding and any file, on inputs that fast-check makes up. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Embedding, LikenessError } from 'image-likeness';
import { createLikenessCore, hashDistance } from 'image-likeness/core';
import {
  EMBEDDING_FORMATS,
  readEmbeddings,
  type StoredEmbedding,
  writeEmbeddings,
} from 'image-likeness/formats';
import { internalModule } from '../support/internal.js';
import { tinyModel } from '../support/tiny-model.js';

const { parseManifest } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );
const { cutClassifier, readOnnx, writeOnnx } =
  await internalModule<typeof import('../../dist/package/cli/models/onnx.js')>(
    './cli/models/onnx.js',
  );

/** The same inputs every time; LIKENESS_SEED asks for others. */
fc.configureGlobal({ seed: Number(process.env['LIKENESS_SEED'] ?? 1), numRuns: 150 });

const whole = await createLikenessCore({ view: 'whole' });
const centre = await createLikenessCore({ view: 'centre' });
const { model } = whole;
const MEAN = [0.485, 0.456, 0.406].map(Math.fround);
const STD = [0.229, 0.224, 0.225].map(Math.fround);

/** As torchvision computes it. */
function normalised(value: number, channel: number): number {
  const centred = Math.fround(Math.fround(value / 255) - (MEAN[channel] ?? 0));
  return Math.fround(centred / (STD[channel] ?? 1));
}

const side = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 3 }));

/** A picture of any size and aspect, its pixels a few bytes over and over. */
const picture = fc
  .record({ width: side, height: side, bytes: fc.uint8Array({ minLength: 1, maxLength: 97 }) })
  .map(({ width, height, bytes }) => {
    const data = new Uint8ClampedArray(width * height * 4);
    for (let at = 0; at < data.length; at += 1) data[at] = bytes[at % bytes.length] ?? 0;
    return { width, height, data, colorSpace: 'srgb' } as ImageData;
  });

const float = fc.float({ noNaN: true, noDefaultInfinity: true });

test('any picture is a tensor of about the model’s area whose numbers are in range', () =>
  fc.assert(
    fc.asyncProperty(picture, fc.boolean(), async (image, square) => {
      const core = square ? centre : whole;
      const { data, dims } = (await core.preprocess(image)).tensor;
      const [, , height = 0, width = 0] = dims;
      const plane = width * height;
      assert.equal(data.length, 3 * plane);
      if (square) assert.deepEqual([width, height], [core.inputSize, core.inputSize]);
      const area = plane / core.inputSize ** 2;
      assert.ok(area >= 0.75 && area <= 1.4, `${width} × ${height}`);
      for (const [at, value] of data.entries()) {
        const channel = Math.floor(at / plane);
        assert.ok(value >= normalised(0, channel) && value <= normalised(255, channel), `${value}`);
      }
    }),
  ));

test('a picture of one colour stays of that colour', () =>
  fc.assert(
    fc.asyncProperty(
      side,
      side,
      fc.uint8Array({ minLength: 3, maxLength: 3 }),
      async (width, height, colour) => {
        const data = new Uint8ClampedArray(width * height * 4);
        for (let at = 0; at < data.length; at += 1) data[at] = [...colour, 255][at % 4] ?? 0;
        const image = { width, height, data, colorSpace: 'srgb' } as ImageData;
        const { data: values } = (await whole.preprocess(image)).tensor;
        const plane = values.length / 3;
        for (const [channel, value] of colour.entries()) {
          const expected = normalised(value, channel);
          const found = values.subarray(channel * plane, (channel + 1) * plane);
          assert.ok(found.every((each) => each === expected));
        }
      },
    ),
  ));

test('a picture’s hashes are 0 away from its own, and distances are symmetric', () =>
  fc.assert(
    fc.asyncProperty(picture, picture, async (a, b) => {
      const [first, second] = await Promise.all(
        [a, b].map(async (image) => (await whole.preprocess(image)).fingerprint),
      );
      assert.ok(first !== undefined && second !== undefined);
      const [hashA, hashB] = [whole.perceptualHash(first), whole.perceptualHash(second)];
      assert.equal(hashDistance(hashA.dct, hashA.dct), 0);
      assert.equal(hashDistance(hashA.dct, hashB.dct), hashDistance(hashB.dct, hashA.dct));
    }),
  ));

/** What a call gives, or the code of its LikenessError. */
function resultOf<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    assert.ok(error instanceof LikenessError, `${error}`);
    return error.code;
  }
}

test('a cosine’s score rises with it, and stays below those of copies', () =>
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      (a, b) => {
        const [low, high] = [whole.calibrate(Math.min(a, b)), whole.calibrate(Math.max(a, b))];
        assert.ok(low.score >= 0 && low.score <= high.score && high.score <= 87.9);
        assert.equal(whole.calibrate(1).score, 87.9);
      },
    ),
  ));

test('nothing scores higher than an embedding with itself, and scores are symmetric', async (t) => {
  const dimension = 1280;
  const vectors = fc
    .array(float, { minLength: 3, maxLength: 40 })
    .filter((values) => values.some((value) => value !== 0))
    .map((values): Embedding => {
      const vector = Float32Array.from(
        { length: dimension },
        (_, at) => values[at % values.length] ?? 0,
      );
      return { model, dimension, vector };
    });
  let compared = 0;
  fc.assert(
    fc.property(vectors, vectors, (a, b) => {
      const self = resultOf(() => whole.similarity(a, a));
      if (typeof self === 'string') {
        // A vector too short or too long to be divided by its length.
        assert.equal(self, 'zero-embedding');
        return;
      }
      assert.equal(self.score, 87.9);
      assert.equal(self.cosine, 1);
      const [forth, back] = [
        resultOf(() => whole.similarity(a, b)),
        resultOf(() => whole.similarity(b, a)),
      ];
      assert.deepEqual(forth, back);
      compared += 1;
    }),
  );
  t.diagnostic(`${compared} pairs`);
  assert.ok(compared > 50);
});

const id = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));

/** Rows of one model and one length. */
const rows = fc
  .integer({ min: 1, max: 6 })
  .chain((dimension) =>
    fc.array(fc.tuple(id, fc.array(float, { minLength: dimension, maxLength: dimension })), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map((entries) =>
    entries.map(
      ([name, values]): StoredEmbedding => ({
        id: name,
        model,
        dimension: values.length,
        vector: Float32Array.from(values),
      }),
    ),
  );

/** Changes to a file: bytes replaced, its end cut off, something put in. */
const damage = fc.record({
  replaced: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
  kept: fc.double({ min: 0.1, max: 1, noNaN: true }),
  put: fc.uint8Array({ maxLength: 6 }),
  place: fc.nat(),
});

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(file: Uint8Array, { replaced, kept, put, place }: Damage): Uint8Array {
  const copy = file.slice();
  for (const [at, byte] of replaced) copy[at % copy.length] = byte;
  const cut = copy.subarray(0, Math.ceil(copy.length * kept));
  const at = place % (cut.length + 1);
  return Uint8Array.from([...cut.subarray(0, at), ...put, ...cut.subarray(at)]);
}

for (const format of EMBEDDING_FORMATS) {
  const read = (file: Uint8Array, ids?: readonly string[]): Promise<StoredEmbedding[]> =>
    readEmbeddings(file, format, { model, ...(ids && { ids }) });

  test(`${format}: what is written is read, to the bit`, () =>
    fc.assert(
      fc.asyncProperty(rows, async (written) => {
        const file = await writeEmbeddings(written, format);
        const found = await read(
          file,
          written.map((row) => row.id),
        );
        assert.deepEqual(found, written);
      }),
    ));

  test(`${format}: any damaged file, and any bytes, are embeddings or an error`, () =>
    fc.assert(
      fc.asyncProperty(rows, damage, fc.uint8Array(), async (written, harm, bytes) => {
        const file = damaged(await writeEmbeddings(written, format), harm);
        for (const input of [file, bytes]) {
          try {
            for (const { dimension, vector } of await read(input)) {
              assert.ok(vector.length === dimension && vector.every(Number.isFinite));
            }
          } catch (error) {
            assert.ok(error instanceof LikenessError, `${error}`);
            assert.equal(error.code, 'invalid-argument');
          }
        }
      }),
    ));
}

test('a manifest is read, or its first wrong field named, whatever stands in it', () => {
  const manifest: unknown = JSON.parse(readFileSync('models/manifest.json', 'utf8'));
  const paths = (value: unknown): string[][] =>
    typeof value !== 'object' || value === null
      ? [[]]
      : [
          [],
          ...Object.entries(value).flatMap(([key, part]) =>
            paths(part).map((way) => [key, ...way]),
          ),
        ];
  // One number of a long list stands for all of them.
  const places = paths(manifest).filter((way) => way.every((key) => !/^\d{2,}$/.test(key)));
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue(), (way, value) => {
      const changed: unknown = structuredClone(manifest);
      const last = way.at(-1);
      if (last === undefined) return;
      const parent = way.slice(0, -1).reduce((at, key) => Reflect.get(at as object, key), changed);
      Reflect.set(parent as object, last, value);
      const read = resultOf(() => parseManifest(changed));
      assert.ok(typeof read !== 'string' || read === 'invalid-argument');
    }),
    { numRuns: 400 },
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(
        resultOf(() => parseManifest(value)),
        'invalid-argument',
      );
    }),
  );
});

test('any bytes are an ONNX model or an error, and any model is cut or refused', () => {
  const { bytes, input, output } = tinyModel;
  const spec = { input, output };
  fc.assert(
    fc.property(damage, (harm) => {
      const read = resultOf(() => readOnnx(damaged(bytes, harm)));
      if (typeof read === 'string') {
        assert.equal(read, 'model-load-failed');
        return;
      }
      const cut = resultOf(() => cutClassifier(read, spec));
      if (typeof cut === 'string') assert.equal(cut, 'model-load-failed');
      else
        assert.deepEqual(readOnnx(writeOnnx(cut)), readOnnx(writeOnnx(readOnnx(writeOnnx(cut)))));
    }),
  );
});
