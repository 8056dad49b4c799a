/** Hostile and odd files in Chromium, whose own decoder reads what the core lets through. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANSWER_HELLO, alterWorker, openPage } from '../support/browser.js';
import { hostileFiles, smallFiles } from '../support/hostile.js';
import { tellOutcome } from '../support/outcomes.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';

/** Counts how often the browser's decoder is asked for a file. */
const COUNT_DECODES = `${ANSWER_HELLO} {
  const channel = new BroadcastChannel('decodes');
  channel.onmessage = () => channel.postMessage('all said');
  const original = createImageBitmap;
  self.createImageBitmap = (image, ...rest) => {
    if (image instanceof Blob) channel.postMessage('decode');
    return original(image, ...rest);
  };
}`;

const good = { name: 'good', bytes: writePng(testPixels(64, 48)) };

/** Files, as the page's file input takes them; the extension says nothing. */
const asInput = ({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }) => ({
  name: `${name}.jpg`,
  mimeType: 'image/jpeg',
  buffer: Buffer.from(bytes),
});

test('hostile files end in a picture or a code, and the next call works', async (t) => {
  await using opened = await openPage({ directory: 'build/harness' });
  const { page } = opened;
  await alterWorker(page, COUNT_DECODES);
  const files = hostileFiles();
  await page.locator('input').setInputFiles([good, ...files].map(asInput));
  const found = await page.evaluate(async () => {
    const { harness } = window;
    const likeness = await harness.createLikeness({ workers: 1 });
    let decodes = 0;
    const channel = new BroadcastChannel('decodes');
    let allSaid: () => void = () => undefined;
    channel.onmessage = ({ data }) => {
      if (data === 'decode') decodes += 1;
      else allSaid();
    };
    await harness.channelsOpen();
    // Messages of one channel come in their order.
    const counted = async (): Promise<number> => {
      await new Promise<void>((resolve) => {
        allSaid = resolve;
        channel.postMessage('is that all?');
      });
      return decodes;
    };
    const [first, ...rest] = harness.files();
    if (first === undefined) throw new Error('no file');
    const tensor = async (): Promise<string> => String(await likeness.preprocess(first));
    const expected = await tensor();
    const results: { code: string; message: string; asked: boolean; next: boolean }[] = [];
    for (const file of rest) {
      const before = await counted();
      const [code, message] = await likeness.preprocess(file).then(
        () => ['picture', ''] as const,
        (error: { code?: string; message: string }) =>
          [error.code ?? String(error), error.message] as const,
      );
      const asked = (await counted()) > before;
      results.push({ code, message, asked, next: (await tensor()) === expected });
    }
    await likeness.dispose();
    return results;
  });
  assert.equal(found.length, files.length);
  for (const [index, { name, core, browser = [core] }] of files.entries()) {
    const result = found[index];
    assert.ok(result !== undefined);
    const { code, message, asked, next } = result;
    assert.ok(browser.includes(code), `${name}: ${code}, ${message}`);
    assert.ok(next, `the call after ${name}`);
    assert.equal(asked, core !== 'image-too-large' && name !== 'file of 0 bytes', name);
    const decoder = asked ? '' : ' (the browser’s decoder was not asked)';
    const happened = message === '' ? 'a picture' : `${code}: ${message}`;
    tellOutcome(t, `${name}, in Chromium`, `${happened}${decoder}`);
  }
  assert.deepEqual(opened.problems, []);
});

test('files cut off at any length end in a picture or a code', async (t) => {
  await using opened = await openPage({ directory: 'build/harness' });
  const { page } = opened;
  const files = smallFiles();
  await page.locator('input').setInputFiles(files.map(asInput));
  const found = await page.evaluate(async () => {
    const { harness } = window;
    const likeness = await harness.createLikeness({ workers: 1 });
    const counts: Record<string, number>[] = [];
    for (const file of harness.files()) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const count: Record<string, number> = {};
      for (let length = 0; length < bytes.length; length += 1) {
        const call = harness.codeOf(likeness.preprocess(bytes.subarray(0, length)));
        const code = (await call).replace('fine', 'picture');
        count[code] = (count[code] ?? 0) + 1;
      }
      const whole = await harness.codeOf(likeness.preprocess(bytes));
      if (whole !== 'fine') throw new Error(`the whole of ${file.name}: ${whole}`);
      counts.push(count);
    }
    return counts;
  });
  for (const [index, { name, bytes }] of files.entries()) {
    const counts = Object.entries(found[index] ?? {});
    for (const [code] of counts) {
      assert.match(code, /^(?:picture|corrupt-image|unsupported-format|image-too-large)$/, name);
    }
    assert.equal(
      counts.reduce((sum, [, count]) => sum + count, 0),
      bytes.length,
    );
    const listed = counts.map(([code, count]) => `${count} × ${code}`).join(', ');
    tellOutcome(t, `${name} cut off at each of ${bytes.length} lengths, in Chromium`, listed);
  }
});
