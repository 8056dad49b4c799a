/** Images of every kind that a frame's own classes have made, handed to the package in the page around it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from '../support/browser.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';

test('what a frame has made is an image as any other', async () => {
  const png = [...writePng(testPixels(60, 40))];
  await using opened = await openPage({ directory: 'build/harness' });
  const outcomes = await opened.page.evaluate(async (numbers) => {
    const likeness = await window.harness.likeness();
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const other = frame.contentWindow as (Window & typeof globalThis) | null;
    if (other === null) throw new Error('The frame has no window.');
    const bytes = new other.Uint8Array(numbers);
    const file = new other.File([bytes], 'picture.png');
    const bitmap = await other.createImageBitmap(file);
    const canvas = other.document.createElement('canvas');
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    const context = canvas.getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    const image = new other.Image();
    image.src = other.URL.createObjectURL(file);
    const offscreen = new other.OffscreenCanvas(bitmap.width, bitmap.height);
    offscreen.getContext('2d')?.drawImage(bitmap, 0, 0);
    const sources = {
      Uint8Array: bytes,
      ArrayBuffer: bytes.slice().buffer,
      File: file,
      Blob: new other.Blob([bytes]),
      URL: new other.URL(image.src),
      ImageData: context?.getImageData(0, 0, canvas.width, canvas.height) ?? bytes,
      ImageBitmap: bitmap,
      HTMLCanvasElement: canvas,
      HTMLImageElement: image,
      OffscreenCanvas: offscreen,
      VideoFrame: new other.VideoFrame(bitmap, { timestamp: 0 }),
    };
    const own = new Uint8Array(numbers);
    const told: Record<string, string> = {};
    for (const [kind, source] of Object.entries(sources)) {
      if (source instanceof globalThis.Object) throw new Error(`${kind} is of this realm`);
      const { verdict } = await likeness.compare(own, source);
      told[kind] = verdict;
    }
    const moved = await other.createImageBitmap(file);
    told['moved'] = (await likeness.compare(own.slice(), moved, { transfer: true })).verdict;
    told['closed'] = String(moved.width);
    return told;
  }, png);
  const { closed, ...verdicts } = outcomes;
  assert.equal(closed, '0', 'a bitmap that was given away has moved');
  assert.equal(Object.keys(verdicts).length, 12);
  for (const [kind, verdict] of Object.entries(verdicts)) assert.equal(verdict, 'identical', kind);
  assert.deepEqual(opened.problems, []);
});
