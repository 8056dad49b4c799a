/** The package in Chromium: the bits that Node computes, every image source, bounded memory. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
import { openPage, SITE } from '../support/browser.js';
import { fnv1a } from '../support/fnv.js';
import { writeJpeg } from '../support/jpeg.js';
import { testPixels } from '../support/pixels.js';
import { plainJson } from '../support/plain.js';
import { writePng } from '../support/png.js';
import { referencePngs, withoutReference } from '../support/reference.js';
import { samplePixels } from '../support/samples.js';
import { SHAPES } from '../support/shapes.js';

const openHarness = () =>
  openPage({ directory: 'build/harness', mounts: { '/models/': `${SITE}/models` } });

test('WebAssembly in Chromium computes the bits of golden.json', async () => {
  await using opened = await openHarness();
  const golden = JSON.parse(readFileSync('tests/data/golden.json', 'utf8'));
  const results = await opened.page.evaluate((data) => window.harness.golden(data), golden);
  assert.ok(results.length > 20);
  for (const { name, expected, actual } of results) assert.equal(actual, expected, name);
  assert.deepEqual(opened.problems, []);
});

test('the canvas road gives the tensors of Node, bit for bit, for PNG files', {
  skip: withoutReference,
}, async () => {
  const paths = referencePngs();
  await using opened = await openHarness();
  const { page } = opened;
  await page.locator('input').setInputFiles(paths);
  const hashes = await page.evaluate(async () => {
    const { harness } = window;
    const found: string[] = [];
    for (const file of harness.files()) found.push(await harness.tensorHash(file));
    return found;
  });
  await using likeness = await createLikeness();
  assert.ok(paths.length > 0);
  for (const [index, path] of paths.entries()) {
    assert.equal(hashes[index], fnv1a((await likeness.preprocess(readFileSync(path))).data), path);
  }
  assert.equal(
    await page.evaluate(async () => (await window.harness.likeness()).info.canvasReadback),
    'exact',
  );
});

test('PNG files of ten shapes give the same bits in Chromium and in Node', async () => {
  const files = SHAPES.map(([width, height], seed) => ({
    name: `${width}-${height}.png`,
    mimeType: 'image/png',
    buffer: writePng(testPixels(width, height, seed)),
  }));
  await using opened = await openHarness();
  const { page } = opened;
  await page.locator('input').setInputFiles(files);
  const found = await page.evaluate(async () => {
    const likeness = await window.harness.createLikeness({ view: 'whole' });
    const answers: { tensor: string; dims: readonly number[]; vector: number[] }[] = [];
    for (const file of window.harness.files()) {
      const { data, dims } = await likeness.preprocess(file);
      const { vector } = await likeness.embed(file);
      answers.push({ tensor: window.harness.hash(data), dims, vector: [...vector] });
    }
    await likeness.dispose();
    return answers;
  });
  await using likeness = await createLikeness({ view: 'whole' });
  assert.equal(found.length, files.length);
  for (const [index, { name, buffer }] of files.entries()) {
    const { data, dims } = await likeness.preprocess(buffer);
    const { vector } = await likeness.embed(buffer);
    assert.deepEqual(found[index], { tensor: fnv1a(data), dims, vector: [...vector] }, name);
  }
});

test('the same PNG gives the same embedding bits in Chromium and in Node', async () => {
  const png = writePng(testPixels(300, 200));
  await using opened = await openHarness();
  const { page } = opened;
  await page.locator('input').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: png });
  const vector = await page.evaluate(async () => {
    const [file] = window.harness.files();
    if (file === undefined) throw new Error('no file');
    return [...(await (await window.harness.likeness()).embed(file)).vector];
  });
  await using likeness = await createLikeness();
  assert.deepEqual(Float32Array.from(vector), (await likeness.embed(png)).vector);
});

test('two PNGs give the same answer in Chromium and in Node, to the bit', async () => {
  const options = { explain: true, orientations: true };
  const pngs = [writePng(samplePixels('fruit')), writePng(samplePixels('other-fruit'))] as const;
  await using opened = await openHarness();
  const { page } = opened;
  await page
    .locator('input')
    .setInputFiles(
      pngs.map((buffer, index) => ({ name: `${index}.png`, mimeType: 'image/png', buffer })),
    );
  const inChromium = await page.evaluate(async (wanted) => {
    const [a, b] = window.harness.files();
    if (a === undefined || b === undefined) throw new Error('no files');
    const likeness = await window.harness.likeness();
    return window.harness.plain(await likeness.compare(a, b, wanted));
  }, options);
  await using likeness = await createLikeness();
  const { timings: _, ...inNode } = await likeness.compare(...pngs, options);
  assert.ok(inNode.matchMap !== undefined && inNode.evidence !== undefined);
  const { timings: __, ...answer } = JSON.parse(inChromium);
  assert.deepEqual(answer, JSON.parse(plainJson(inNode)));
});

test('every image source of a browser gives the same tensor', async (t) => {
  const pixels = testPixels(320, 240);
  const buffer = writePng(pixels);
  await using likeness = await createLikeness();
  const expected = fnv1a((await likeness.preprocess(buffer)).data);
  await using opened = await openHarness();
  const { page } = opened;
  await page.locator('input').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer });

  const hashes = await page.evaluate(async () => {
    const { harness } = window;
    const [file] = harness.files();
    if (file === undefined) throw new Error('no file');
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    const canvas = document.createElement('canvas');
    const offscreen = new OffscreenCanvas(width, height);
    Object.assign(canvas, { width, height });
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    const context = offscreen.getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    const imageData = context?.getImageData(0, 0, width, height);
    if (imageData === undefined) throw new Error('no canvas');
    const url = URL.createObjectURL(file);
    const image = new Image();
    image.src = url;
    const frame = new VideoFrame(offscreen, { timestamp: 0 });
    const bytes = await file.arrayBuffer();
    const sources = {
      File: file,
      Blob: new Blob([file]),
      ArrayBuffer: bytes,
      Uint8Array: new Uint8Array(bytes),
      ImageData: imageData,
      ImageBitmap: bitmap,
      HTMLImageElement: image,
      HTMLCanvasElement: canvas,
      OffscreenCanvas: offscreen,
      VideoFrame: frame,
      'blob: URL': new URL(url),
    };
    const found: Record<string, string> = {};
    for (const [name, source] of Object.entries(sources)) {
      found[name] = await harness.tensorHash(source);
    }
    // The caller's own objects must be as they were.
    if (bitmap.width !== width || bytes.byteLength === 0 || frame.codedWidth === 0) {
      throw new Error('a source was taken away from its owner');
    }
    return found;
  });
  assert.equal(Object.keys(hashes).length, 11);
  for (const [name, hash] of Object.entries(hashes)) {
    await t.test(name, () => assert.equal(hash, expected));
  }
});

test('a video gives the frame that it shows', async () => {
  await using opened = await openHarness();
  const red = await opened.page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 320, height: 240 });
    const context = canvas.getContext('2d');
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = canvas.captureStream(30);
    await new Promise<void>((shown) => {
      video.requestVideoFrameCallback(() => shown());
      const paint = (): void => {
        if (context === null) return;
        context.fillStyle = '#c00000';
        context.fillRect(0, 0, 320, 240);
        requestAnimationFrame(paint);
      };
      paint();
      void video.play();
    });
    const { data, dims } = await (await window.harness.likeness()).preprocess(video);
    const [, , height = 0, width = 0] = dims;
    const middle = Math.floor(height / 2) * width + Math.floor(width / 2);
    return [data[middle], data[width * height + middle]];
  });
  const [channelR = 0, channelG = 0] = red;
  assert.ok(Math.abs(channelR * 0.229 + 0.485 - 0xc0 / 255) < 0.05, `red ${channelR}`);
  assert.ok(Math.abs(channelG * 0.224 + 0.456) < 0.05, `green ${channelG}`);
});

test('an element without a picture is refused, and the next call works', async () => {
  await using opened = await openHarness();
  const codes = await opened.page.evaluate(async () => {
    const likeness = await window.harness.likeness();
    const codeOf = (call: Promise<unknown>): Promise<string> =>
      call.then(
        () => 'fine',
        (error: { code: string }) => error.code,
      );
    const canvas = new OffscreenCanvas(8, 8);
    canvas.getContext('2d');
    return [
      await codeOf(likeness.embed(document.createElement('canvas').appendChild(new Image()))),
      await codeOf(likeness.embed(document.createElement('video'))),
      await codeOf(likeness.embed(canvas)),
    ];
  });
  assert.deepEqual(codes, ['invalid-argument', 'invalid-argument', 'fine']);
});

test('a 12-megapixel JPEG takes the core less than 64 MiB, its pixels apart', async (t) => {
  const jpeg = writeJpeg(testPixels(4000, 3000));
  await using opened = await openHarness();
  const { page } = opened;
  await page
    .locator('input')
    .setInputFiles({ name: 'large.jpg', mimeType: 'image/jpeg', buffer: jpeg });
  for (const pixelRoad of ['canvas', 'core'] as const) {
    await t.test(`${pixelRoad} road`, async (t) => {
      const memory = await page.evaluate(async (road) => {
        const [file] = window.harness.files();
        if (file === undefined) throw new Error('no file');
        const likeness = await window.harness.createLikeness({ pixelRoad: road, workers: 1 });
        await likeness.compare(file, file);
        const { corePeak } = await likeness.memory();
        await likeness.dispose();
        return corePeak;
      }, pixelRoad);
      // On the canvas road the browser holds the pixels; on the other one the core does, as RGB.
      const decoded = pixelRoad === 'core' ? 4000 * 3000 * 3 : 0;
      assert.ok(memory - decoded < 64 * 2 ** 20, `${memory} bytes`);
      t.diagnostic(`${((memory - decoded) / 2 ** 20).toFixed(1)} MiB beyond the decoded image`);
    });
  }
});
