/** What `embed` and `compare` take, and what they say to everything else. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createLikeness, type ImageSource } from 'image-likeness';
import { codeOf } from '../support/errors.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { TemporaryDirectory } from '../support/temporary.js';

const pixels = testPixels(300, 200);
const png = writePng(pixels);

test('image sources', async (t) => {
  await using likeness = await createLikeness({ limits: { maxFileBytes: 1_000_000 } });
  const expected = await likeness.preprocess(png);
  const sameTensor = async (image: ImageSource): Promise<void> =>
    assert.deepEqual(await likeness.preprocess(image), expected);

  await t.test('Uint8Array, ArrayBuffer, Blob and ImageData give the same tensor', async () => {
    await sameTensor(new Uint8Array(png));
    await sameTensor(new Uint8Array(png).buffer);
    await sameTensor(new Blob([new Uint8Array(png)]));
    await sameTensor(pixels);
  });

  await t.test('file: and http: URLs', async () => {
    using directory = new TemporaryDirectory();
    const path = directory.file('picture.png');
    writeFileSync(path, png);
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/picture.png' ? 200 : 404;
      response.end(png);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await sameTensor(pathToFileURL(path));
      await sameTensor(new URL(`${origin}/picture.png`));
      await sameTensor(`${origin}/picture.png`);
      await sameTensor(pathToFileURL(path).href);
      assert.equal(await codeOf(likeness.embed(new URL(`${origin}/missing.png`))), 'fetch-failed');
      assert.equal(await codeOf(likeness.embed(pathToFileURL(`${path}.gone`))), 'fetch-failed');
    } finally {
      server.close();
    }
  });

  await t.test('a limit beyond 32 bits refuses no file', async () => {
    for (const maxFileBytes of [2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
      await using generous = await createLikeness({ limits: { maxFileBytes } });
      assert.deepEqual(await generous.preprocess(png), expected);
    }
  });

  await t.test('a caller keeps its buffers', async () => {
    const bytes = new Uint8Array(png);
    await likeness.embed(bytes);
    assert.deepEqual(bytes, new Uint8Array(png));
  });

  await t.test('anything else is refused by name, and the next call works', async () => {
    const refused: [unknown, string][] = [
      [undefined, 'invalid-argument'],
      ['picture.png', 'invalid-argument'],
      ['', 'invalid-argument'],
      [{ width: 3, height: 3 }, 'invalid-argument'],
      [{ width: 3, height: 3, data: new Uint8ClampedArray(5) }, 'invalid-argument'],
      [{ width: 0, height: 3, data: new Uint8ClampedArray(0) }, 'invalid-argument'],
      [new Uint8Array(0), 'corrupt-image'],
      [new TextEncoder().encode('no image at all'), 'unsupported-format'],
      [new TextEncoder().encode('RIFF\0\0\0\0WEBPVP8 '), 'unsupported-format'],
      [png.subarray(0, png.length / 2), 'corrupt-image'],
      [new Uint8Array(1_000_001), 'image-too-large'],
    ];
    for (const [image, code] of refused) {
      assert.equal(await codeOf(likeness.embed(image as ImageSource)), code);
      await sameTensor(png);
    }
  });

  await t.test('a comparison says which image was wrong', async () => {
    await assert.rejects(
      likeness.compare(png, new Uint8Array(0)),
      /^LikenessError: Second image: /,
    );
    await assert.rejects(likeness.compare(new Uint8Array(0), png), /^LikenessError: First image: /);
  });
});

test('limits on pixels hold for files and for raw pixels', async () => {
  await using likeness = await createLikeness({ limits: { maxPixels: 300 * 200 - 1 } });
  assert.equal(await codeOf(likeness.embed(png)), 'image-too-large');
  assert.equal(await codeOf(likeness.embed(pixels)), 'image-too-large');
  await likeness.embed(writePng(testPixels(299, 200)));
});

test('transparent pixels show the background', async () => {
  const clear = testPixels(256, 256);
  clear.data.fill(0);
  const solid = testPixels(256, 256);
  solid.data.fill(255);
  await using onWhite = await createLikeness();
  await using onBlack = await createLikeness({ background: [0, 0, 0] });
  const white = await onWhite.preprocess(solid);
  assert.deepEqual(await onWhite.preprocess(clear), white);
  assert.deepEqual(await onWhite.preprocess(writePng(clear)), white);
  assert.notDeepEqual(await onBlack.preprocess(clear), white);
  assert.deepEqual(await onBlack.preprocess(writePng(clear)), await onBlack.preprocess(clear));
});

test('the tensor is what torchvision computes from a picture that needs no resizing', async () => {
  const [side, crop] = [146, 128];
  const margin = (side - crop) / 2;
  const image = testPixels(side, side, 7);
  await using likeness = await createLikeness({ view: 'centre' });
  const tensor = await likeness.preprocess(image);
  const mean = [0.485, 0.456, 0.406].map(Math.fround);
  const std = [0.229, 0.224, 0.225].map(Math.fround);
  const expected = new Float32Array(3 * crop * crop);
  for (let channel = 0; channel < 3; channel += 1) {
    for (let y = 0; y < crop; y += 1) {
      for (let x = 0; x < crop; x += 1) {
        const value = image.data[((y + margin) * side + x + margin) * 4 + channel] ?? Number.NaN;
        const centred = Math.fround(Math.fround(value / 255) - (mean[channel] ?? Number.NaN));
        expected[(channel * crop + y) * crop + x] = centred / (std[channel] ?? Number.NaN);
      }
    }
  }
  assert.deepEqual(tensor, { data: expected, dims: [1, 3, crop, crop] });
});
