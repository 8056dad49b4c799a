/** What `createLikeness` and the calls take beside an image: models, regions, buffers given away. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  type CustomModel,
  createLikeness,
  type EmbedResult,
  type ImageSource,
  type LikenessOptions,
  type LoadProgress,
  type Region,
} from 'image-likeness';
import { codeOf } from '../support/errors.js';
import { startServer } from '../support/file-server.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { tinyModel as custom } from '../support/tiny-model.js';

const pixels = testPixels(320, 240);

const { bytes } = custom;

test('a model of the caller’s own, from bytes and from an address', async (t) => {
  await using likeness = await createLikeness({ model: custom });
  const expected = await likeness.embed(pixels);

  await t.test('answers under its own name, without a calibration', async () => {
    assert.equal(expected.model, 'own-model@1/whole');
    assert.equal(expected.vector.length, 16);
    assert.equal(likeness.model.calibrated, false);
    assert.equal(likeness.model.sha256, custom.sha256);
    assert.equal((await likeness.compare(pixels, pixels)).score, 100);
  });

  await t.test('pools its cells as it says, and all alike in another view', async () => {
    await using weighing = await createLikeness({ model: { ...custom, pooling: 'energy' } });
    const weighed = await weighing.embed(pixels);
    assert.equal(weighed.model, 'own-model@1/whole+energy');
    assert.equal(weighing.model.pooling, 'energy');
    assert.notDeepEqual(weighed.vector, expected.vector);
    assert.equal(await codeOf(weighing.similarity(weighed, expected)), 'model-mismatch');
    const { matchMap, cosine } = await weighing.compare(pixels, testPixels(200, 300, 5), {
      explain: true,
    });
    const sum = matchMap.terms.reduce((total, term) => total + term, 0);
    assert.ok(Math.abs(sum - cosine) < 1e-6, `${sum} and ${cosine}`);
    const other = { model: { ...custom, pooling: 'energy' }, view: 'centre' } as const;
    await using centre = await createLikeness(other);
    assert.equal((await centre.embed(pixels)).model, 'own-model@1/centre');
  });

  await t.test('is fetched from an address, with progress from its size', async () => {
    await using server = await startServer((_request, response) => response.end(bytes));
    const seen: LoadProgress[] = [];
    const { bytes: _, ...entry } = custom;
    await using fetched = await createLikeness({
      model: { ...entry, url: `${server.origin}/own.onnx`, size: bytes.length },
      onProgress: (progress) => seen.push(progress),
    });
    assert.deepEqual(await fetched.embed(pixels), expected);
    const steps = seen.filter(({ phase }) => phase === 'model');
    assert.deepEqual(steps.at(-1), { phase: 'model', loaded: bytes.length, total: bytes.length });
    assert.equal(steps[0]?.loaded, 0);
  });

  await t.test('is refused when its hash is another one', async () => {
    const changed = bytes.slice();
    changed[bytes.length - 1] = (changed[bytes.length - 1] ?? 0) ^ 1;
    const model = { ...custom, bytes: changed };
    assert.equal(await codeOf(createLikeness({ model })), 'model-hash-mismatch');
    await using server = await startServer((_request, response) => response.end(changed));
    const { bytes: _, ...entry } = custom;
    const url = `${server.origin}/own.onnx`;
    const remote = { ...entry, url, size: bytes.length };
    assert.equal(await codeOf(createLikeness({ model: remote })), 'model-hash-mismatch');
    const short = { ...entry, url, size: bytes.length - 1 };
    assert.equal(await codeOf(createLikeness({ model: short })), 'model-load-failed');
  });

  await t.test('is refused when it is no network of that shape', async () => {
    const noise = new Uint8Array(100);
    const sha256 = createHash('sha256').update(noise).digest('hex');
    const broken = { ...custom, bytes: noise, sha256 };
    assert.equal(await codeOf(createLikeness({ model: broken })), 'backend-failed');
    const wrong = { ...custom, output: { ...custom.output, channels: 8 } };
    assert.equal(await codeOf(createLikeness({ model: wrong })), 'backend-failed');
  });

  await t.test('is refused when its description is wrong, field by field', async () => {
    const { bytes: _, ...without } = custom;
    const wrong: [unknown, RegExp][] = [
      [without, /needs either url or bytes/],
      [{ ...custom, url: 'https://example.org/x.onnx' }, /needs either url or bytes/],
      [{ ...without, url: 'https://example.org/x.onnx' }, /needs size/],
      [{ ...custom, bytes: 'AAAA' }, /Uint8Array or an ArrayBuffer/],
      [{ ...custom, sha256: 'abc' }, /sha256/],
      [{ ...custom, id: 'Own Model' }, /model\.id/],
      [{ ...custom, id: 'mobilenetv2' }, /another model of this package/],
      [{ ...custom, mean: [0.5] }, /model\.mean must hold 3 numbers/],
      [{ ...custom, input: undefined }, /model\.input/],
      [{ ...custom, output: { ...custom.output, cells: 48 } }, /square number/],
      [{ ...custom, calibration: { cosine: [-1, 1] } }, /model\.calibration/],
      [42, /must be the id of a model/],
    ];
    for (const [model, expected] of wrong) {
      await assert.rejects(createLikeness({ model: model as CustomModel }), (error: Error) => {
        assert.match(error.message, expected);
        return 'code' in error && error.code === 'invalid-argument';
      });
    }
  });
});

test('the core can be handed over or looked for elsewhere', async () => {
  const url = new URL('likeness-core.wasm', import.meta.resolve('image-likeness'));
  const wasmBinary = new Uint8Array(readFileSync(url));
  await using usual = await createLikeness();
  const expected = await usual.preprocess(pixels);
  for (const options of [{ wasmUrl: url }, { wasmBinary }, { wasmBinary: wasmBinary.buffer }]) {
    await using likeness = await createLikeness(options);
    assert.deepEqual(await likeness.preprocess(pixels), expected);
  }
  const broken: [LikenessOptions, string][] = [
    [{ wasmUrl: new URL('gone.wasm', url) }, 'wasm-load-failed'],
    [{ wasmBinary: new TextEncoder().encode('<!doctype html>') }, 'wasm-load-failed'],
    [{ wasmUrl: url, wasmBinary }, 'invalid-argument'],
  ];
  for (const [options, code] of broken) assert.equal(await codeOf(createLikeness(options)), code);
});

test('bad numbers, backends and factories are refused', async () => {
  const bad: unknown[] = [
    { threads: 0 },
    { threads: 1.5 },
    { workers: -1 },
    { workers: 0, threads: 2 },
    { backend: 'cuda' },
    { backend: [] },
    { backend: ['wasm', 'wasm'] },
    { workerFactory: () => undefined },
  ];
  for (const options of bad) {
    assert.equal(await codeOf(createLikeness(options as LikenessOptions)), 'invalid-argument');
  }
});

test('a backend that is not here is given up, with a reason', async () => {
  await using likeness = await createLikeness({ backend: 'webgpu' });
  const { backend, demoted, selfTest, experimental, threads, workers } = likeness.info;
  assert.deepEqual(
    { backend, selfTest, experimental, threads, workers },
    { backend: 'wasm', selfTest: { cosine: 1 }, experimental: false, threads: 1, workers: 0 },
  );
  assert.deepEqual(demoted, [{ backend: 'webgpu', reason: 'There is no WebGPU here.' }]);
  assert.equal(likeness.info.sha256, likeness.model.sha256);
  assert.equal(likeness.info.simd, true);
  assert.equal(likeness.info.model, (await likeness.embed(pixels)).model);
  await assert.rejects(
    createLikeness({ backend: ['webgpu', 'webnn'] }),
    /no WebNN here\. Given up before: webgpu: There is no WebGPU here\./,
  );
});

test('a region is the picture cut out, whatever it came from', async (t) => {
  await using likeness = await createLikeness();
  const region: Region = { x: 37, y: 21, width: 150, height: 201 };
  const cut = cutOut(pixels, region);
  const png = writePng(pixels);
  const expected = await likeness.embed(cut);
  assert.notDeepEqual(expected, await likeness.embed(pixels));

  await t.test('tensor, embedding and fingerprint, by pixels and by file', async () => {
    for (const image of [pixels, png]) {
      assert.deepEqual(await likeness.embed(image, { region }), expected);
      assert.deepEqual(
        await likeness.preprocess(image, { region }),
        await likeness.preprocess(cut),
      );
    }
    const whole = { x: 0, y: 0, width: pixels.width, height: pixels.height };
    assert.deepEqual(await likeness.embed(png, { region: whole }), await likeness.embed(png));
  });

  await t.test('of one picture or of both in a comparison', async () => {
    assert.equal((await likeness.compare(png, pixels, { region })).verdict, 'identical');
    assert.equal((await likeness.compare(png, cut, { region: [region, undefined] })).score, 100);
    assert.equal((await likeness.compare(cut, png, { region: [undefined, region] })).score, 100);
    assert.notEqual((await likeness.compare(cut, png)).verdict, 'identical');
  });

  await t.test('must lie inside the picture', async () => {
    const outside: Region[] = [
      { x: -1, y: 0, width: 10, height: 10 },
      { x: 0, y: 0, width: 0, height: 10 },
      { x: 0.5, y: 0, width: 10, height: 10 },
      { x: 0, y: 0, width: 321, height: 10 },
      { x: 311, y: 0, width: 10, height: 10 },
      { x: 0, y: 231, width: 10, height: 10 },
      { x: 2 ** 40, y: 0, width: 10, height: 10 },
      { x: 2 ** 31 - 1, y: 0, width: 2 ** 31 - 1, height: 10 },
    ];
    for (const wrong of outside) {
      for (const image of [pixels, png]) {
        const call = likeness.embed(image, { region: wrong });
        assert.equal(await codeOf(call), 'invalid-argument', JSON.stringify(wrong));
      }
    }
    assert.deepEqual(await likeness.embed(png, { region }), expected);
  });
});

function cutOut({ data, width }: ImageData, region: Region): ImageData {
  const part = new Uint8ClampedArray(region.width * region.height * 4);
  for (let row = 0; row < region.height; row += 1) {
    const start = ((region.y + row) * width + region.x) * 4;
    part.set(data.subarray(start, start + region.width * 4), row * region.width * 4);
  }
  return {
    data: part,
    width: region.width,
    height: region.height,
    colorSpace: 'srgb',
  } as ImageData;
}

test('embedAll', async (t) => {
  await using likeness = await createLikeness();
  const images = [1, 2, 3, 4, 5].map((seed) => testPixels(100 + seed, 80, seed));
  const collect = async (all: AsyncIterable<EmbedResult>): Promise<EmbedResult[]> => {
    const results: EmbedResult[] = [];
    for await (const result of all) results.push(result);
    return results;
  };

  await t.test('gives the embeddings in order, from lists and from async iterables', async () => {
    const expected = [];
    for (const image of images) expected.push(await likeness.embed(image));
    async function* later(): AsyncGenerator<ImageSource> {
      for (const image of images) yield image;
    }
    for (const source of [images, later()]) {
      const results = await collect(likeness.embedAll(source));
      assert.deepEqual(
        results,
        expected.map((embedding, index) => ({ index, embedding })),
      );
    }
    assert.deepEqual(await collect(likeness.embedAll([])), []);
  });

  await t.test('reports a bad image in its place and goes on', async () => {
    const [first, second] = images;
    assert.ok(first && second);
    const bad = new Uint8Array(3);
    const results = await collect(
      likeness.embedAll([first, bad, 'x' as unknown as ImageSource, second]),
    );
    const codes = results.map(({ error }) => error?.code);
    assert.deepEqual(codes, [undefined, 'unsupported-format', 'invalid-argument', undefined]);
    assert.deepEqual(results[3]?.embedding, await likeness.embed(second));
  });

  await t.test('asks for an image only when a result has been taken', async () => {
    let asked = 0;
    let returned = false;
    function* endless(): Generator<ImageSource> {
      try {
        for (;;) {
          asked += 1;
          yield pixels;
        }
      } finally {
        returned = true;
      }
    }
    const ahead = likeness.info.workers + 1;
    let taken = 0;
    for await (const { index } of likeness.embedAll(endless())) {
      assert.equal(index, taken);
      taken += 1;
      assert.ok(asked <= taken + ahead, `${asked} asked for, ${taken} taken`);
      if (taken === 4) break;
    }
    assert.ok(returned);
  });

  await t.test('stops with its signal and with dispose', async () => {
    const controller = new AbortController();
    const aborted = codeOf(
      (async () => {
        for await (const _ of likeness.embedAll(images, { signal: controller.signal })) {
          controller.abort();
        }
      })(),
    );
    assert.equal(await aborted, 'aborted');
    assert.equal((await collect(likeness.embedAll(images))).length, 5);
    const other = await createLikeness();
    const disposed = codeOf(
      (async () => {
        for await (const _ of other.embedAll(images)) await other.dispose();
      })(),
    );
    assert.equal(await disposed, 'disposed');
  });
});
