/** dist/likeness.html in Chromium, opened as a file with the network off. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { openPage, screenshot, sharedBrowser } from '../support/browser.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';

const SINGLE_FILE = 'dist/likeness.html';
const MOST_BYTES = 10_000_000;

/**
 * A page without a network, and what it asked for and complained of.
 * @param before runs in the page before its own script
 */
async function openFile(path: string, before = '') {
  const browser = await sharedBrowser();
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  await page.addInitScript(before);
  const requests: string[] = [];
  const problems: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  const url = pathToFileURL(resolve(path)).href;
  await page.goto(url);
  return { page, url, requests, problems, [Symbol.asyncDispose]: () => context.close() };
}

/** What the page copies as JSON about a sample pair, without what differs from run to run. */
async function compareSamples(page: Page): Promise<{ cosine: number; score: number }> {
  await page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', {
      value: { writeText: async (text: string) => document.body.setAttribute('data-copied', text) },
    });
  });
  await page.getByTestId('sample-similar').click();
  await page.getByTestId('score').filter({ hasText: /\d/ }).waitFor();
  await page.getByTestId('details').locator('summary').click();
  await page.getByTestId('copy-json').click();
  await page.locator('body[data-copied]').waitFor();
  const copied = await page.locator('body').getAttribute('data-copied');
  const { cosine, score } = JSON.parse(copied ?? '{}');
  assert.ok(Number.isFinite(cosine) && Number.isFinite(score));
  return { cosine, score };
}

test('the single file works by double click, without a network, and answers as the page does', async (t) => {
  const { size } = statSync(SINGLE_FILE);
  t.diagnostic(`${SINGLE_FILE}: ${size} bytes`);
  assert.ok(size < MOST_BYTES);
  await using served = await openPage({ isolated: false });
  const expected = await compareSamples(served.page);
  await using opened = await openFile(SINGLE_FILE);
  const { page, url } = opened;
  assert.deepEqual(await compareSamples(page), expected);
  await page.getByText('is not part of this file').waitFor();
  assert.equal(await page.getByTestId('full-model').isVisible(), false);
  await screenshot(page, 'single-file');
  const asked = opened.requests.filter((address) => !/^(?:data|blob):/.test(address));
  assert.deepEqual(asked, [url]);
  assert.deepEqual(opened.problems, []);
});

test('the page opened by double click says without scripts what to open instead', async () => {
  await using opened = await openFile('dist/site/index.html');
  const advice = opened.page.getByRole('link', { name: 'likeness.html' });
  assert.ok(await advice.isVisible());
  assert.equal(await opened.page.getByTestId('file-a').isVisible(), false, 'nothing that is dead');
  await screenshot(opened.page, 'page-from-file');
  await advice.click();
  await opened.page.getByTestId('sample-same').waitFor();
  assert.equal(opened.page.url(), pathToFileURL(resolve('dist/site/likeness.html')).href);
  await using served = await openPage();
  assert.ok(!(await served.page.locator('.only-from-file').isVisible()));
});

test('the served page offers the single file, which offers itself no more', async () => {
  await using served = await openPage({ basePath: '/repo/', isolated: false });
  const link = served.page.getByRole('link', { name: /one file/ });
  const download = served.page.waitForEvent('download');
  await link.click();
  const path = await (await download).path();
  assert.deepEqual(readFileSync(path), readFileSync(SINGLE_FILE));
  await using opened = await openFile(SINGLE_FILE);
  await opened.page.getByTestId('sample-same').waitFor();
  assert.equal(await opened.page.locator('.one-file').count(), 0);
});

test('the single file reads a folder, compares two of its pictures and lays out its map', async () => {
  await using opened = await openFile(SINGLE_FILE);
  const { page, problems } = opened;
  await page.evaluate(() => {
    location.hash = 'view=folder';
  });
  const part = (name: string) => page.locator(`likeness-folder [data-part=${name}]`);
  const files = Array.from({ length: 9 }, (_, at) => ({
    name: `${at}.png`,
    mimeType: 'image/png',
    // The last is a copy of the first.
    buffer: Buffer.from(writePng(testPixels(160, 120, at % 8))),
  }));
  await page.locator('likeness-folder #files').setInputFiles(files);
  await page.locator('likeness-folder [data-part=progress][data-state=finished]').waitFor();
  assert.match(await part('summary').innerText(), /9 read/);
  await part('choice').nth(1).getByRole('button').first().click();
  await page.locator('likeness-folder likeness-compare').waitFor();
  await page.goBack();
  await part('compare').waitFor({ state: 'detached' });
  await part('scatter').locator('summary').click();
  await part('scatter').locator('canvas').waitFor();
  assert.deepEqual(problems, []);
});
