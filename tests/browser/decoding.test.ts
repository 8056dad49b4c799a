/** How a browser's pixels are read: through frames, through a canvas, and as drafts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { alterWorker, openPage } from '../support/browser.js';
import { withOrientation, writeJpeg } from '../support/jpeg.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';

const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8];

/** In every orientation, as a JPEG file. */
function inAllOrientations(width: number, height: number): Buffer[] {
  const file = writeJpeg(testPixels(width, height));
  return ORIENTATIONS.map((orientation) => withOrientation(file, orientation));
}

/** Puts files into the page's file input. */
async function choose(page: Page, files: readonly Buffer[]): Promise<void> {
  await page
    .locator('input')
    .setInputFiles(
      files.map((buffer, at) => ({ name: `${at}`, mimeType: 'application/octet-stream', buffer })),
    );
}

const WITHOUT_FRAMES = 'delete globalThis.VideoFrame;';

/** What tells whether a canvas can be trusted is smaller. */
const WITHOUT_CANVAS = `{
  const { getImageData } = OffscreenCanvasRenderingContext2D.prototype;
  OffscreenCanvasRenderingContext2D.prototype.getImageData = function (x, y, width, height) {
    if (width > 40) throw new Error('no canvas');
    return getImageData.call(this, x, y, width, height);
  };
}`;

test('frames give the bytes that a canvas gives, and upright opaque pictures need no canvas', async () => {
  const jpeg = inAllOrientations(64, 48);
  const opaque = writePng(testPixels(64, 48));
  const pixels = testPixels(64, 48);
  pixels.data[3] = 128;
  const others = [readFileSync('tests/data/cmyk.jpg'), writePng(pixels)];
  const digests = async (script?: string): Promise<string[]> => {
    await using opened = await openPage({ directory: 'build/harness' });
    if (script !== undefined) await alterWorker(opened.page, script);
    await choose(opened.page, [...jpeg, opaque, ...others]);
    return await opened.page.evaluate(async () => {
      const likeness = await window.harness.likeness();
      const found: string[] = [];
      // One after the other, so that one worker is all there is.
      for (const file of window.harness.files()) {
        const digest = likeness.embed(file).then(({ fingerprint }) => fingerprint?.digest ?? '');
        found.push(await digest.catch(() => ''));
      }
      return found;
    });
  };
  const found = await digests();
  assert.ok(found.every((digest) => digest !== ''));
  assert.deepEqual(await digests(WITHOUT_FRAMES), found);
  const [upright, ...turned] = await digests(WITHOUT_CANVAS);
  assert.equal(upright, found[0]);
  assert.equal(turned[0], '', 'the canvas was refused');
});

test('drafts are upright and like the whole picture', async () => {
  await using opened = await openPage({ directory: 'build/harness' });
  await choose(opened.page, inAllOrientations(3200, 320));
  const outcomes = await opened.page.evaluate(async () => {
    const likeness = await window.harness.likeness();
    const read = window.harness.files().map(async (file) => {
      const [draft, whole] = [
        await likeness.embed(file, { draft: true }),
        await likeness.embed(file),
      ];
      const { cosine } = await likeness.similarity(draft, whole);
      const sizes = [draft, whole].map(({ fingerprint: f }) => `${f?.width} × ${f?.height}`);
      return { draft: draft.draft, cosine, sizes };
    });
    return Promise.all(read);
  });
  for (const [at, { draft, cosine, sizes }] of outcomes.entries()) {
    assert.equal(draft, true);
    assert.ok(cosine > 0.99, `orientation ${at + 1}: ${cosine}`);
    assert.equal(sizes[0], sizes[1]);
  }
  assert.deepEqual(opened.problems, []);
});

test('drafts are made of large JPEG files alone, never of a part of one, and never of half a file', async () => {
  await using opened = await openPage({ directory: 'build/harness' });
  const large = writeJpeg(testPixels(3200, 320));
  const cut = large.subarray(0, large.length / 2);
  const small = writeJpeg(testPixels(3000, 30));
  await choose(opened.page, [large, cut, small, writePng(testPixels(3200, 32))]);
  const outcome = await opened.page.evaluate(async () => {
    const likeness = await window.harness.likeness();
    const [file, damaged, ...others] = window.harness.files();
    if (file === undefined || damaged === undefined) throw new Error('There are no files.');
    const region = { x: 0, y: 0, width: 3200, height: 320 };
    const part = await likeness.embed(file, { draft: true, region });
    const whole = await likeness.embed(file);
    const refused = await window.harness.codeOf(likeness.embed(damaged, { draft: true }));
    const rest = await Promise.all(others.map((other) => likeness.embed(other, { draft: true })));
    const [draft, detail] = [
      await likeness.detail(file, { draft: true }),
      await likeness.detail(file),
    ];
    return {
      part: [part.draft === undefined, part.fingerprint?.digest === whole.fingerprint?.digest],
      refused,
      rest: rest.map((one) => one.draft === undefined),
      detail: [draft.pixels, detail.pixels],
    };
  });
  assert.deepEqual(outcome.part, [true, true]);
  assert.equal(outcome.refused, 'corrupt-image');
  assert.deepEqual(outcome.rest, [true, true]);
  assert.deepEqual(outcome.detail[0], outcome.detail[1]);
});
