/** The page of `dedupe --html`, in a browser, as people open it: a file. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/lib/browser.mjs';
import { violations } from '../support/axe.js';
import { screenshot } from '../support/browser.js';
import { runCli } from '../support/cli.js';
import { AWKWARD_NAME, CHANGED_PLACES, FRUIT, writeRealFolder } from '../support/real-folder.js';
import { TemporaryDirectory } from '../support/temporary.js';

const SIZES = [
  [320, 'light'],
  [768, 'dark'],
  [1280, 'light'],
] as const;

test('the report as a page', async (t) => {
  using directory = new TemporaryDirectory();
  const folder = directory.file('pictures');
  mkdirSync(folder);
  const file = directory.file('report.html');
  const args = [...writeRealFolder(folder), '--exclude', 'raw', '--html', file];
  const { code, stderr } = await runCli(['dedupe', ...args, '--threshold', '0']);
  assert.equal(code, 1, stderr);
  await using browser = await launchBrowser();
  for (const [width, colorScheme] of SIZES) {
    await t.test(`${width} pixels wide, ${colorScheme}`, async () => {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      const page = await context.newPage();
      const requests: string[] = [];
      const problems: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('console', (message) => problems.push(message.text()));
      page.on('dialog', (dialog) => problems.push(dialog.message()));
      await page.goto(pathToFileURL(file).href);
      assert.deepEqual(
        requests.filter((url) => !url.startsWith('data:')),
        [pathToFileURL(file).href],
      );
      assert.deepEqual(problems, []);
      assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
      assert.deepEqual(await violations(page), []);
      await screenshot(page, `report-${width}`);
      await context.close();
    });
  }

  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);

  await t.test('each group begins with the picture to keep, and why', async () => {
    const groups = page.locator('.group');
    const count = FRUIT.spare.length + 1;
    const headings = await groups.locator('h2').allTextContents();
    assert.match(
      headings[0] ?? '',
      new RegExp(`^Group 1: near-duplicate, ${count} images, [\\d.]+ kB could go$`),
    );
    const first = await groups.first().locator('figure').allTextContents();
    assert.equal(first.length, count);
    assert.match(first[0] ?? '', /best\.png\s.*\sKeep: .*it has colour/s);
    assert.match(first[2] ?? '', /grey\.png\s.*Near-duplicate, in grey, score 99/s);
    const [, middle] = await groups.nth(1).locator('figure').allTextContents();
    assert.match(middle ?? '', /sea-middle\.png\s.*Near-duplicate, cropped to 64 %/s);
    assert.match(headings.at(-1) ?? '', /^Group 3: similar, \d images$/);
    assert.match(await page.locator('.total').innerText(), /^\d files could go, [\d.]+ kB\.$/);
  });

  await t.test('previews are of the pictures, and the changed places are outlined', async () => {
    const pair = page.locator('#variants .pair').last();
    assert.deepEqual(await pair.locator('.name').allInnerTexts(), [AWKWARD_NAME, 'sea.png']);
    for (const side of ['first', 'last'] as const) {
      const svg = pair.locator('svg')[side]();
      assert.match((await svg.getAttribute('aria-label')) ?? '', /, with 2 outlined places$/);
      const places = await svg
        .locator('rect.over')
        .evaluateAll((all) =>
          all.map((rect) =>
            ['x', 'y', 'width', 'height'].map((name) => Number(rect.getAttribute(name))),
          ),
        );
      for (const { x, y, width, height } of CHANGED_PLACES) {
        const [centreX, centreY] = [x + width / 2, y + height / 2];
        assert.ok(
          places.some(([left = 0, top = 0, wide = 0, high = 0]) => {
            const inside =
              left <= centreX && centreX <= left + wide && top <= centreY && centreY <= top + high;
            return inside && wide < 4 * width && high < 4 * height;
          }),
          JSON.stringify(places),
        );
      }
    }
    assert.deepEqual(await greyOf(page, 'grey.png'), true);
    assert.deepEqual(await greyOf(page, 'best.png'), false);
  });

  await t.test('on paper everything is there, and in one width', async () => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.setViewportSize({ width: 718, height: 1000 });
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    assert.equal(background, 'rgb(255, 255, 255)');
    await screenshot(page, 'report-print');
  });
});

/** Whether the preview of a file has no colour. */
function greyOf(page: Page, name: string): Promise<boolean> {
  return page.evaluate(async (label) => {
    const image = document.querySelector(`svg[aria-label="Preview of ${label}"] image`);
    const loaded = new Image();
    loaded.src = image?.getAttribute('href') ?? '';
    await loaded.decode();
    const canvas = new OffscreenCanvas(loaded.width, loaded.height);
    const context = canvas.getContext('2d');
    context?.drawImage(loaded, 0, 0);
    const data = context?.getImageData(0, 0, loaded.width, loaded.height).data ?? [];
    const spread = Array.from(data, (value, at) =>
      at % 4 === 0 ? Math.abs(value - (data[at + 2] ?? 0)) : 0,
    );
    return Math.max(...spread.filter((_, at) => at % 4 === 0)) < 16;
  }, name);
}
