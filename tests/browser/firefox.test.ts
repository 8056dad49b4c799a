/** The page in Firefox, over WebDriver BiDi: a smoke test, and the bits that every platform computes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { serveDirectory } from '../../scripts/lib/static-server.mjs';
import { SITE } from '../support/browser.js';
import { Firefox, withoutFirefox } from '../support/firefox.js';
import type { GoldenResult } from '../support/golden.js';
import { withOrientation, writeJpeg } from '../support/jpeg.js';
import { testPixels } from '../support/pixels.js';

/** Resolves to an element's text as soon as it has any; rejects with the page's error message. */
const textOf = (name: string): string => `new Promise((resolve, reject) => {
  const look = () => {
    const text = (id) => document.querySelector('[data-testid="' + id + '"]')?.textContent ?? '';
    if (text('error') !== '') reject(new Error(text('error')));
    else if (text('${name}') !== '') resolve(text('${name}'));
    else setTimeout(look, 20);
  };
  look();
})`;

test('the page compares a pair in Firefox, and asks nobody else', {
  skip: withoutFirefox,
}, async () => {
  await using server = await serveDirectory(SITE, { basePath: '/some/where/' });
  await using firefox = await Firefox.start();
  await firefox.goto(server.url);
  await firefox.evaluate(`document.querySelector('[data-testid="sample-same"]').click()`);
  const verdict = await firefox.evaluate(textOf('verdict'));
  assert.match(verdict, /^The same image/);
  assert.ok(Number(await firefox.evaluate(textOf('score'))) > 90);
  const foreign = firefox.requests.filter((url) => !/^(?:blob:|data:)/.test(url));
  assert.ok(foreign.length > 5);
  for (const url of foreign) assert.ok(url.startsWith(server.url), url);
  assert.deepEqual(firefox.problems, []);
});

test('Firefox reads a large picture the same as a draft and through a frame, whichever of them it knows', {
  skip: withoutFirefox,
}, async () => {
  await using server = await serveDirectory('build/harness');
  await using firefox = await Firefox.start();
  await firefox.goto(server.url);
  for (const orientation of [1, 6]) {
    const file = withOrientation(writeJpeg(testPixels(3200, 320)), orientation);
    const found = await firefox.evaluate(`(async () => {
      const bytes = Uint8Array.from(atob('${file.toString('base64')}'), (one) => one.charCodeAt(0));
      const file = new Blob([bytes], { type: 'image/jpeg' });
      const likeness = await window.harness.likeness();
      const draft = await likeness.embed(file, { draft: true });
      const whole = await likeness.embed(file);
      const bitmap = await createImageBitmap(file);
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      canvas.drawImage(bitmap, 0, 0);
      const pixels = await likeness.embed(canvas.getImageData(0, 0, bitmap.width, bitmap.height));
      return JSON.stringify({
        draft: (await likeness.similarity(draft, whole)).cosine,
        draftSize: [draft.fingerprint.width, draft.fingerprint.height],
        size: [whole.fingerprint.width, whole.fingerprint.height],
        same: whole.fingerprint.digest === pixels.fingerprint.digest,
      });
    })()`);
    const { draft, draftSize, size, same } = JSON.parse(found);
    assert.ok(draft > 0.99, `orientation ${orientation}: ${draft}`);
    assert.deepEqual(draftSize, size);
    assert.equal(same, true);
  }
  assert.deepEqual(firefox.problems, []);
});

test('WebAssembly in Firefox computes the bits of golden.json, those of the network among them', {
  skip: withoutFirefox,
}, async () => {
  await using server = await serveDirectory('build/harness');
  await using firefox = await Firefox.start();
  await firefox.goto(server.url);
  const golden = readFileSync('tests/data/golden.json', 'utf8');
  const results: GoldenResult[] = JSON.parse(
    await firefox.evaluate(`window.harness.golden(${golden}).then(JSON.stringify)`),
  );
  assert.ok(results.some(({ name }) => name.includes('network on')));
  for (const { name, expected, actual } of results) assert.equal(actual, expected, name);
  assert.deepEqual(firefox.problems, []);
});
