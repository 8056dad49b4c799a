/** The built page in a real browser: every way in, every way it can go wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { alterWorker, openPage, screenshot } from '../support/browser.js';
import { mirrorPixels, turnPixels } from '../support/edit.js';
import { withoutFullModel } from '../support/page-model.js';
import { answeredAs, chooseView, modelReady } from '../support/pair-page.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { samplePixels } from '../support/samples.js';

/** The address of a page on which no answer is refined. */
const SMALL_ONLY = '#model=mobilenetv2-lite';

const pictureA = { name: 'a.png', mimeType: 'image/png', buffer: writePng(testPixels(320, 240)) };
const pictureB = {
  name: 'b.png',
  mimeType: 'image/png',
  buffer: writePng(testPixels(300, 300, 9)),
};

const byId = (page: Page, id: string) => page.getByTestId(id);

async function scoreOf(page: Page): Promise<number> {
  await byId(page, 'score').filter({ hasText: /\d/ }).waitFor();
  return Number(await byId(page, 'score').textContent());
}

async function errorOf(page: Page): Promise<string> {
  await byId(page, 'error').filter({ hasText: /./ }).waitFor();
  return (await byId(page, 'error').textContent()) ?? '';
}

test('two chosen files give a score, a verdict and a time', async () => {
  await using opened = await openPage();
  const { page } = opened;
  await byId(page, 'file-a').setInputFiles(pictureA);
  await byId(page, 'file-b').setInputFiles({ ...pictureA, name: 'copy.png' });
  assert.equal(await scoreOf(page), 100);
  assert.equal(await byId(page, 'verdict').textContent(), 'The same image, pixel for pixel.');
  await byId(page, 'details').locator('summary').click();
  await page.locator('dt', { hasText: 'In all' }).waitFor();
  assert.match(await byId(page, 'details').innerText(), /In all\s+[\d.]+ m?s/);
  await byId(page, 'file-b').setInputFiles(pictureB);
  await page.locator('[data-verdict]:not([data-verdict="identical"])').waitFor();
  assert.ok((await scoreOf(page)) < 99);
  assert.deepEqual(opened.problems, []);
});

test('the sample pairs', async (t) => {
  await using opened = await openPage({ path: SMALL_ONLY });
  const { page } = opened;
  const expected = [
    ['sample-same', (score: number) => score >= 99, 'identical'],
    ['sample-similar', (score: number) => score > 60 && score < 95, 'similar'],
    ['sample-different', (score: number) => score < 40, 'different'],
  ] as const;
  for (const [id, fits, verdict] of expected) {
    await t.test(id, async () => {
      await byId(page, id).click();
      await answeredAs(page, verdict);
      const score = await scoreOf(page);
      assert.ok(fits(score), `score ${score}`);
      await screenshot(page, id);
    });
  }
  assert.deepEqual(opened.problems, []);
});

test('dropped and pasted images', async () => {
  await using opened = await openPage();
  const { page } = opened;
  const base64 = pictureA.buffer.toString('base64');
  const send = (kind: 'drop' | 'paste') =>
    page.evaluate(
      async ([type, data]) => {
        const bytes = Uint8Array.from(atob(data ?? ''), (char) => char.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], `${type}.png`, { type: 'image/png' }));
        const init = { bubbles: true, cancelable: true };
        document.body.dispatchEvent(
          type === 'drop'
            ? new DragEvent('drop', { ...init, dataTransfer: transfer })
            : new ClipboardEvent('paste', { ...init, clipboardData: transfer }),
        );
      },
      [kind, base64],
    );
  await send('drop');
  await page.getByText('drop.png').waitFor();
  await send('paste');
  assert.equal(await scoreOf(page), 100);
});

test('everything works by keyboard', async () => {
  await using opened = await openPage({ path: SMALL_ONLY });
  const { page } = opened;
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
  const seen: (string | null | undefined)[] = [];
  await modelReady(page);
  while (seen.at(-1) !== 'sample-different' && seen.length < 12) {
    await page.keyboard.press('Tab');
    seen.push(await focused());
  }
  // The switch between two images and a folder has no id.
  assert.deepEqual(seen.filter(Boolean), [
    'language',
    'file-a',
    'file-b',
    'camera',
    'sample-same',
    'sample-similar',
    'sample-different',
  ]);
  await page.keyboard.press('Enter');
  assert.ok((await scoreOf(page)) < 40);
});

test('errors are said in plain words, and the next image works', async (t) => {
  await using opened = await openPage();
  const { page } = opened;
  await byId(page, 'file-a').setInputFiles(pictureA);
  const cases: [string, Buffer, RegExp][] = [
    ['text.png', Buffer.from('this is text'), /unsupported-format/],
    ['cut.png', pictureA.buffer.subarray(0, 200), /corrupt-image/],
    ['empty.png', Buffer.alloc(0), /corrupt-image/],
  ];
  for (const [name, buffer, expected] of cases) {
    await t.test(name, async () => {
      await byId(page, 'file-b').setInputFiles({ name, mimeType: 'image/png', buffer });
      const message = await errorOf(page);
      assert.match(message, expected);
      assert.match(message, /^Second image: /);
      await byId(page, 'file-b').setInputFiles(pictureA);
      assert.equal(await scoreOf(page), 100);
    });
  }
  await byId(page, 'file-b').setInputFiles({ ...pictureA, buffer: Buffer.from('no image') });
  await errorOf(page);
  await screenshot(page, 'error');
});

test('without its model the page says what is missing', async () => {
  await using opened = await openPage();
  const { page } = opened;
  // Only a model that has arrived is in the cache: deleted earlier, it might be put there afterwards.
  await modelReady(page);
  await page.evaluate(() => caches.delete('image-likeness'));
  await page.route('**/*.onnx.gz', (route) => route.fulfill({ status: 404 }));
  await page.reload();
  const message = await errorOf(page);
  assert.match(message, /mobilenetv2-lite.* It is part of the package: serve it at that address/);
  assert.match(message, /model-load-failed/);
  await screenshot(page, 'no-model');
});

test('the page says which model answers, and asks the full one on request', {
  skip: withoutFullModel,
}, async () => {
  await using opened = await openPage({ path: SMALL_ONLY });
  const { page } = opened;
  await byId(page, 'sample-similar').click();
  const first = await scoreOf(page);
  assert.match(
    (await byId(page, 'model').textContent()) ?? '',
    /MobileNetV2 lite.*and kinds of subject/s,
  );
  assert.ok(opened.requests.every((url) => !url.includes('mobilenetv2.onnx')));
  await screenshot(page, 'lite');
  await byId(page, 'full-model').click();
  await byId(page, 'model-text')
    .filter({ hasText: /MobileNetV2 1\.0/ })
    .waitFor();
  await byId(page, 'refined')
    .filter({ hasText: `the small one said ${first.toFixed(1)} %` })
    .waitFor();
  assert.ok((await scoreOf(page)) > 60);
  assert.equal(await byId(page, 'full-model').isVisible(), false);
  await byId(page, 'sample-different').click();
  await answeredAs(page, 'different');
  assert.deepEqual(opened.problems, []);
});

test('where the full model is asked for and missing, the answer stays, and the page says how to get it', async () => {
  await using opened = await openPage({ path: SMALL_ONLY });
  const { page } = opened;
  await page.route('**/models/index.json', (route) => route.fulfill({ json: ['mobilenetv2'] }));
  await page.route('**/mobilenetv2.onnx*', (route) => route.fulfill({ status: 404 }));
  await byId(page, 'sample-similar').click();
  const score = await scoreOf(page);
  await byId(page, 'full-model').click();
  const problem = byId(page, 'full-model-error').filter({ hasText: /./ });
  await problem.waitFor();
  assert.match((await problem.textContent()) ?? '', /npx image-likeness models fetch mobilenetv2/);
  await screenshot(page, 'no-full-model');
  assert.equal(await scoreOf(page), score);
  await byId(page, 'sample-different').click();
  await answeredAs(page, 'different');
});

test('nothing is asked of any other origin, and no policy is violated', async () => {
  for (const isolated of [true, false]) {
    await using opened = await openPage({ isolated, basePath: '/some/path/' });
    const { page } = opened;
    await byId(page, 'sample-different').click();
    await scoreOf(page);
    assert.equal(await page.evaluate(() => crossOriginIsolated), isolated);
    const origin = new URL(opened.url).origin;
    const foreign = opened.requests.filter(
      (url) =>
        new URL(url).origin !== origin && !url.startsWith('blob:') && !url.startsWith('data:'),
    );
    assert.deepEqual(foreign, []);
    assert.ok(opened.requests.some((url) => url.endsWith('.onnx.gz')));
    assert.deepEqual(opened.problems, []);
  }
});

test('a browser that falsifies canvas read-back is found out, and the score is still right', async () => {
  await using honest = await openPage({ path: SMALL_ONLY });
  await byId(honest.page, 'sample-similar').click();
  const expected = await scoreOf(honest.page);
  // Workers don't run init scripts, so the worker's own script is changed on its way.
  await using opened = await openPage({ path: SMALL_ONLY });
  const { page } = opened;
  await alterWorker(page, FALSIFY);
  await page.reload();
  await byId(page, 'notice')
    .filter({ hasText: /falsifies/ })
    .waitFor();
  await byId(page, 'sample-similar').click();
  assert.ok(Math.abs((await scoreOf(page)) - expected) < 0.5);
  await screenshot(page, 'falsified');
});

/** What a browser against fingerprinting does: flips the lowest bit of some of the values. */
const FALSIFY = `{
  const original = OffscreenCanvasRenderingContext2D.prototype.getImageData;
  OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...args) {
    const image = original.apply(this, args);
    for (let at = 0; at < image.data.length; at += 97) image.data[at] ^= 1;
    return image;
  };
}`;

test('nothing that is seen is pushed away when the scripts arrive', async (t) => {
  await using opened = await openPage();
  const { page } = opened;
  for (const width of [390, 1280]) {
    await t.test(`${width} pixels wide`, async () => {
      await page.setViewportSize({ width, height: 800 });
      // After what the document and its style alone show.
      await page.route(/\/assets\/index-.*\.js$/u, async (route) => {
        await page.waitForFunction(
          () => performance.getEntriesByName('first-contentful-paint').length > 0,
        );
        await route.continue();
      });
      await page.reload();
      await page.getByTestId('file-a').waitFor();
      const shift = await page.evaluate(async () => {
        // A frame for the layout, and one in which the browser tells of it.
        for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
        return new Promise<number>((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += (entry as { value?: number }).value ?? 0;
            resolve(sum);
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(sum), 500);
        });
      });
      // Where Lighthouse begins to take points off is 0.1; a switch appears in the masthead.
      assert.ok(shift < 0.02, `moved by ${shift}`);
    });
  }
});

test('narrow and wide, light and dark', async (t) => {
  for (const width of [320, 1600]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await t.test(`${width} px, ${colorScheme}`, async () => {
        await using opened = await openPage({ viewport: { width, height: 800 }, colorScheme });
        const { page } = opened;
        await byId(page, 'sample-similar').click();
        await scoreOf(page);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(overflow, 0);
        await screenshot(page, `${width}-${colorScheme}`);
      });
    }
  }
});

test('the map of likeness: cells by pointer and by keyboard, said in words, one scale for all pairs', async () => {
  await using opened = await openPage({ path: SMALL_ONLY });
  const { page } = opened;
  const cells = (side: 0 | 1) => page.locator(`.overlay[data-side="${side}"] .map button`);
  /** How dark the map is, in all, from 0 to 1. */
  const darkness = () =>
    page.locator('.overlay[data-side="0"] .map canvas').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const context = (canvas as HTMLCanvasElement).getContext('2d');
      const data = context?.getImageData(0, 0, width, height).data ?? [];
      const alphas = [...data].filter((_, at) => at % 4 === 3);
      return alphas.reduce((sum, alpha) => sum + alpha, 0) / (255 * alphas.length);
    });
  await byId(page, 'sample-similar').click();
  await scoreOf(page);
  await chooseView(page, 'map');
  await cells(0).first().waitFor();
  const { columns, count } = await page.locator('.overlay[data-side="1"] .map').evaluate((map) => {
    const { style } = map as HTMLElement;
    const columns = Number(style.getPropertyValue('--columns'));
    return { columns, count: columns * Number(style.getPropertyValue('--rows')) };
  });
  assert.ok(count > 8);
  assert.equal(await cells(0).count(), count);
  assert.equal(await cells(1).count(), count);
  assert.match(
    (await byId(page, 'cell').textContent()) ?? '',
    /^First image, [a-z ]+: most of what is here makes them alike; it fits best [a-z ]+ of the other one\.$/,
  );
  assert.match((await byId(page, 'legend').textContent()) ?? '', /^Bright: /);
  await screenshot(page, 'match-map');

  await cells(1)
    .nth(2 * columns + 2)
    .hover();
  await byId(page, 'cell')
    .filter({ hasText: /^Second image, / })
    .waitFor();
  assert.equal(await cells(1).and(page.locator('.chosen')).count(), 1);
  assert.equal(await cells(0).and(page.locator('.partner')).count(), 3);
  await cells(0).nth(0).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await byId(page, 'cell')
    .filter({ hasText: /^First image, / })
    .waitFor();
  assert.equal(
    await cells(0)
      .nth(columns + 1)
      .evaluate((cell) => cell.matches(':focus.chosen')),
    true,
  );
  const alike = await darkness();

  await byId(page, 'sample-different').click();
  await answeredAs(page, 'different');
  await byId(page, 'legend')
    .filter({ hasText: /^Dark nearly everywhere/ })
    .waitFor();
  assert.equal(await cells(0).count(), count, 'the map follows the next comparison');
  const strangers = await darkness();

  // A turned copy, which the model as it is finds little in: the map agrees with the score.
  const fruit = samplePixels('fruit');
  await byId(page, 'file-a').setInputFiles('dist/site/samples/fruit.jpg');
  await byId(page, 'file-b').setInputFiles({
    name: 'turned.png',
    mimeType: 'image/png',
    buffer: writePng(turnPixels(fruit, 90)),
  });
  await answeredAs(page, 'near-duplicate');
  await byId(page, 'legend')
    .filter({ hasText: /^Bright: / })
    .waitFor();
  await cells(0).first().waitFor();
  const turned = await darkness();
  await screenshot(page, 'match-map-turned');
  assert.ok(turned < 0.1, `a turned copy: ${turned}`);
  assert.ok(alike < strangers && strangers > 0.5, `alike ${alike}, strangers ${strangers}`);
  await chooseView(page, 'side');
  assert.equal(await cells(0).count(), 0);
  assert.deepEqual(opened.problems, []);
});

test('mirror images are called so', async () => {
  await using opened = await openPage();
  const { page } = opened;
  const mirrored = writePng(mirrorPixels(samplePixels('fruit')));
  await byId(page, 'file-a').setInputFiles('dist/site/samples/fruit.jpg');
  await byId(page, 'file-b').setInputFiles({
    name: 'mirrored.png',
    mimeType: 'image/png',
    buffer: mirrored,
  });
  await scoreOf(page);
  assert.equal(await byId(page, 'verdict').textContent(), 'The same image, mirrored.');
});
