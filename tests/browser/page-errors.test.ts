/** What can go wrong on the built page, and every state of it for everyone. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { openPage, screenshot } from '../support/browser.js';
import { offerModel, withholdModel } from '../support/page-model.js';
import { answeredAs, chooseView } from '../support/pair-page.js';
import { pngFile } from '../support/png.js';

const fruit = 'dist/site/samples/fruit.jpg';
const sea = 'dist/site/samples/sea.jpg';

/** A PNG that says of itself that it is so large. */
const pngOfSize = (width: number, height: number): Buffer =>
  pngFile({ width, height }, [['IDAT', deflateSync(Buffer.alloc(1000))]]);

async function errorOf(page: Page): Promise<string> {
  const error = page.getByTestId('error').filter({ hasText: /./ });
  await error.waitFor();
  return (await error.textContent()) ?? '';
}

/** The next image works. */
async function assertWorks(page: Page): Promise<void> {
  await page.getByTestId('file-a').setInputFiles(fruit);
  await page.getByTestId('file-b').setInputFiles(sea);
  await answeredAs(page, 'different');
  assert.equal(await page.getByTestId('error').isVisible(), false);
}

for (const isolated of [true, false]) {
  const options = { basePath: '/repo/', isolated };
  const where = `${isolated ? '' : 'not '}isolated, under a sub-path`;

  test(`no image, or too large a one: ${where}`, async (t) => {
    await using opened = await openPage(options);
    const { page } = opened;
    await page.getByTestId('file-a').setInputFiles(fruit);
    const cases: [string, Buffer, RegExp][] = [
      ['a-page.png', Buffer.from('<!doctype html><title>no image</title>'), /unsupported-format/],
      ['wide.png', pngOfSize(20_000, 20_000), /image-too-large/],
      ['long.png', pngOfSize(1, 70_000), /image-too-large/],
    ];
    for (const [name, buffer, expected] of cases) {
      await t.test(name, async () => {
        await page.getByTestId('file-b').setInputFiles({ name, mimeType: 'image/png', buffer });
        assert.match(await errorOf(page), expected);
        const slot = page.locator('[data-slot="b"]');
        await slot.getByText('No preview').waitFor();
        assert.equal(await slot.locator('.preview').isVisible(), false, 'no broken picture');
        assert.equal(await page.locator('.views').isVisible(), false, 'nothing to lay over');
        await assertWorks(page);
        assert.equal(await slot.getByText('No preview').isVisible(), false);
      });
    }
    assert.deepEqual(opened.problems, []);
  });

  test(`a corrupt model is not used, and a sound one is taken afterwards: ${where}`, async () => {
    await using opened = await openPage(options);
    const { page } = opened;
    const sound = readFileSync('models/mobilenetv2-lite.onnx');
    const damaged = Buffer.from(sound);
    damaged.writeUInt8(damaged.readUInt8(1000) ^ 1, 1000);
    await offerModel(page, (route) => route.fulfill({ body: damaged }));
    assert.match(await errorOf(page), /model-hash-mismatch/);
    await page.unroute('**/*.onnx*');
    await assertWorks(page);
    assert.deepEqual(opened.problems, []);
  });

  test(`a first visit whose network breaks off before the model: ${where}`, async () => {
    await using opened = await openPage(options);
    const { page } = opened;
    await offerModel(page, (route) => route.abort('internetdisconnected'));
    assert.match(await errorOf(page), /model-load-failed/);
    await page.getByTestId('file-a').setInputFiles(fruit);
    await page.getByTestId('file-b').setInputFiles(sea);
    assert.match(await errorOf(page), /model-load-failed/);
    assert.equal(await page.locator('.preview:visible').count(), 2, 'nothing is lost');
    await screenshot(page, 'offline-first-visit');
    await page.unroute('**/*.onnx*');
    await assertWorks(page);
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [320, 1600]) {
    test(`axe finds nothing in any state, ${width} px, ${colorScheme}`, async (t) => {
      await using opened = await openPage({
        viewport: { width, height: 900 },
        colorScheme,
        flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
      });
      const { page } = opened;
      const check = (state: string) =>
        t.test(state, async () => {
          await screenshot(page, `${state}-${width}-${colorScheme}`);
          assert.deepEqual(await violations(page), []);
          const overflow = 'document.documentElement.scrollWidth - innerWidth';
          assert.ok(Number(await page.evaluate(overflow)) <= 0, 'scrolls sideways');
        });

      const release = await withholdModel(page);
      await page.locator('.loading').waitFor();
      await page.getByTestId('file-a').setInputFiles(fruit);
      await page.getByTestId('file-b').setInputFiles(fruit);
      await page.getByTestId('first-answer').waitFor();
      await check('loading');
      release();
      for (const view of ['map', 'slider', 'side']) {
        await chooseView(page, view);
        if (view === 'map') await page.locator('.map').first().waitFor();
        await check(view);
      }
      const buffer = Buffer.from('no image');
      await page
        .getByTestId('file-b')
        .setInputFiles({ name: 'no-image.png', mimeType: 'image/png', buffer });
      await errorOf(page);
      await check('error');
      await page.getByTestId('camera').click();
      await page.getByTestId('camera-take').and(page.locator(':enabled')).waitFor();
      await check('camera');
      assert.deepEqual(opened.problems, []);
    });
  }
}

test('forced colours and reduced motion', async () => {
  await using opened = await openPage();
  const { page } = opened;
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await assertWorks(page);
  const look = await page.evaluate(() => {
    const styleOf = (selector: string, pseudo?: string) => {
      const node = document.querySelector(selector);
      if (node === null) throw new Error(`there is no ${selector}`);
      return getComputedStyle(node, pseudo);
    };
    return {
      paper: styleOf('body').backgroundColor,
      moving: [...document.querySelectorAll('*')]
        .filter((node) => getComputedStyle(node).transitionDuration !== '0s')
        .map(({ className }) => className),
      animated: document.getAnimations().length,
      marker: styleOf('.marker').backgroundColor,
      line: styleOf('.scale .line').backgroundColor,
    };
  });
  assert.deepEqual(look.moving, []);
  assert.equal(look.animated, 0);
  assert.notEqual(look.marker, look.line, 'the marker stands out from its line');
  assert.notEqual(look.marker, look.paper);
  assert.deepEqual(await violations(page), []);
  await screenshot(page, 'forced-colours');
});
