/** What the service worker does for the page, in Chromium, from a server that sends files and no more. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { serveDirectory } from '../../scripts/lib/static-server.mjs';
import { violations } from '../support/axe.js';
import { SITE, screenshot, sharedBrowser } from '../support/browser.js';
import { startServer } from '../support/file-server.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { TemporaryDirectory } from '../support/temporary.js';

const PLAIN = { basePath: '/likeness/', isolated: false };

/** 10 Mbit/s. */
const SLOW_LINE = 10_000_000 / 8;

/** Title of the version that takes the page's place. */
const ANOTHER = 'Another version';

/** Visits after the first that are timed. */
const ROUNDS = 3;

async function openContext() {
  const browser = await sharedBrowser();
  const context = await browser.newContext();
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  return { context, requests, [Symbol.asyncDispose]: () => context.close() };
}

async function visit(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Waits until the service worker has kept all, and answers for the page. */
async function untilKept(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}

async function score(page: Page): Promise<string> {
  await page.getByTestId('score').filter({ hasText: /\d/ }).waitFor();
  return (await page.getByTestId('score').textContent()) ?? '';
}

async function compareSamples(page: Page): Promise<string> {
  await page.getByTestId('sample-similar').click();
  return score(page);
}

function foreign(requests: readonly string[], url: string): string[] {
  const { origin } = new URL(url);
  return requests.filter(
    (address) => !address.startsWith('blob:') && new URL(address).origin !== origin,
  );
}

test('after one visit the page needs no network', async () => {
  await using opened = await openContext();
  const { context, requests } = opened;
  await using server = await serveDirectory(SITE, PLAIN);
  const page = await visit(context, server.url);
  const expected = await compareSamples(page);
  await untilKept(page);
  await server.close();
  await context.setOffline(true);
  await page.reload();
  assert.equal(await compareSamples(page), expected);
  assert.deepEqual(foreign(requests, server.url), []);
});

test('a first visit needs about 1.4 MB where nothing is compressed on the way, and later ones nearly nothing', async (t) => {
  await using opened = await openContext();
  const { context } = opened;
  await using server = await serveDirectory(SITE, { ...PLAIN, bytesPerSecond: SLOW_LINE });
  const start = performance.now();
  // Where the site has it, the full model would come as soon as the score is there.
  const page = await visit(context, `${server.url}#model=mobilenetv2-lite`);
  const expected = await compareSamples(page);
  const first = performance.now() - start;
  const bytes = server.sent();
  t.diagnostic(`first visit: ${bytes} bytes until the first score`);
  // With the view that lays one picture over the other, 37 kB, which follows the score and may be on its way.
  assert.ok(bytes <= 1_440_000);
  await untilKept(page);
  const kept = server.sent();
  const later: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const again = performance.now();
    await page.reload();
    assert.equal(await compareSamples(page), expected);
    later.push(performance.now() - again);
  }
  const each = (server.sent() - kept) / ROUNDS;
  t.diagnostic(
    `at 10 Mbit/s: ${first.toFixed(0)} ms to the first score, ${later.map((ms) => ms.toFixed(0)).join(', ')} ms on later visits, which need ${each.toFixed(0)} bytes`,
  );
  // How much time that saves is for a quiet machine to say.
  assert.ok(each < bytes / 100);
});

test('a new version is announced, and used when the visitor wants it', async () => {
  await using opened = await openContext();
  using site = copySite();
  await using server = await serveDirectory(site.path, PLAIN);
  const page = await visit(opened.context, server.url);
  await untilKept(page);
  assert.equal(await page.getByTestId('update').count(), 0);
  await publishAnother(site);
  await page.reload();
  await page.getByTestId('update').waitFor();
  await compareSamples(page);
  assert.notEqual(await page.title(), ANOTHER);
  assert.deepEqual(await violations(page), []);
  await screenshot(page, 'update-notice');
  await changeVersion(page);
  assert.equal(await page.getByTestId('update').count(), 0);
  await score(page);
  assert.match((await page.locator('[data-slot="a"]').textContent()) ?? '', /fruit\.jpg/);
  assert.equal(page.url(), server.url);
});

test('the full model on its way holds no new version up', async () => {
  await using opened = await openContext();
  using site = copySite();
  await writeFile(site.file('models/index.json'), '["mobilenetv2"]');
  await using files = await serveDirectory(site.path, PLAIN);
  let ask = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  await using server = await startServer(({ url = '/' }, response) => {
    // It never arrives.
    if (url.endsWith('/models/mobilenetv2.onnx.gz')) return ask();
    // A connection for each: one that is kept might be closed just when it is used again.
    get(new URL(url, files.url), { agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).on('error', (error) => response.destroy(error));
  });
  const page = await visit(opened.context, `${server.origin}${PLAIN.basePath}`);
  await untilKept(page);
  await publishAnother(site);
  await page.reload();
  await page.getByTestId('update').waitFor();
  await compareSamples(page);
  await asked;
  await changeVersion(page);
});

test('a new version that another tab has changed to already is a press away, too', async () => {
  await using opened = await openContext();
  using site = copySite();
  await using server = await serveDirectory(site.path, PLAIN);
  const page = await visit(opened.context, server.url);
  await untilKept(page);
  const other = await visit(opened.context, server.url);
  await publishAnother(site);
  for (const tab of [page, other]) {
    await tab.reload();
    await tab.getByTestId('update').waitFor();
  }
  await changeVersion(page);
  assert.notEqual(await other.title(), ANOTHER);
  await changeVersion(other);
});

test('a browser that does not let the old version go: the page does without it, and keeps its images', async () => {
  await using opened = await openContext();
  using site = copySite();
  await using server = await serveDirectory(site.path, PLAIN);
  const page = await heldUp(opened.context, site, server.url);
  await page.getByTestId('update').waitFor();
  await compareSamples(page);
  await changeVersion(page);
  await score(page);
  assert.match((await page.locator('[data-slot="a"]').textContent()) ?? '', /fruit\.jpg/);
  // The new one is kept, and works without a network.
  await untilKept(page);
  await opened.context.setOffline(true);
  await page.reload();
  assert.equal(await page.title(), ANOTHER);
});

test('with no network either, that is explained, and the old version stays', async () => {
  await using opened = await openContext();
  using site = copySite();
  await using server = await serveDirectory(site.path, PLAIN);
  const page = await heldUp(opened.context, site, server.url);
  const notice = page.getByTestId('update');
  await notice.waitFor();
  await server.close();
  await opened.context.setOffline(true);
  await notice.getByRole('button').press('Enter');
  await notice.filter({ hasText: /still busy with the old version.*close all its tabs/ }).waitFor();
  assert.deepEqual(await violations(page), []);
  await screenshot(page, 'update-late');
  await page.reload();
  assert.notEqual(await page.title(), ANOTHER);
  await compareSamples(page);
});

/** A copy of the built page, in whose place another version can be put. */
function copySite(): TemporaryDirectory {
  const site = new TemporaryDirectory();
  cpSync(SITE, site.path, { recursive: true });
  return site;
}

/** Puts a build that differs in its title in the page's place. */
async function publishAnother(site: TemporaryDirectory): Promise<void> {
  const edit = async (name: string, pattern: RegExp, text: string): Promise<void> => {
    const before = await readFile(site.file(name), 'utf8');
    const after = before.replace(pattern, text);
    assert.notEqual(after, before);
    await writeFile(site.file(name), after);
  };
  await edit('index.html', /<title[^>]*>[^<]*/, `<title>${ANOTHER}`);
  await edit('service-worker.js', /(?<="revision":")(?=\w+","url":"index\.html")/, 'f');
}

/** A page with another version waiting for it, whose word to take over never arrives. */
async function heldUp(
  context: BrowserContext,
  site: TemporaryDirectory,
  url: string,
): Promise<Page> {
  const page = await visit(context, url);
  await untilKept(page);
  await publishAnother(site);
  await page.addInitScript('ServiceWorker.prototype.postMessage = () => undefined');
  await page.reload();
  return page;
}

/** Presses the notice's button, and waits for the version it speaks of. */
async function changeVersion(page: Page): Promise<void> {
  await page.getByTestId('update').getByRole('button').press('Enter');
  await page.waitForFunction((title) => document.title === title, ANOTHER);
}

test('images shared with the installed page arrive in it', async () => {
  await using opened = await openContext();
  const { context } = opened;
  await using server = await serveDirectory(SITE, PLAIN);
  const page = await visit(context, server.url);
  await untilKept(page);
  await page.close();
  // As the system does it: a form that is sent from nowhere in particular.
  const shared = await context.newPage();
  await shared.setContent(`
    <form method="post" enctype="multipart/form-data" action="${server.url}share">
      <input type="file" name="images" multiple />
      <button>Share</button>
    </form>`);
  const pictures = [testPixels(320, 240), testPixels(300, 300, 9)].map((pixels, index) => ({
    name: `Bild ä${index}.png`,
    mimeType: 'image/png',
    buffer: writePng(pixels),
  }));
  await shared.locator('input').setInputFiles(pictures);
  await shared.getByRole('button', { name: 'Share' }).click();
  await score(shared);
  assert.equal(shared.url(), server.url);
  assert.match((await shared.locator('[data-slot="b"]').textContent()) ?? '', /Bild ä1\.png/);
  await shared.reload();
  await shared.getByTestId('sample-same').waitFor();
  assert.equal(await shared.getByTestId('score').isVisible(), false);
});

test('threads on request, on a server that sends no headers for them', async () => {
  await using opened = await openContext();
  const { context } = opened;
  await using server = await serveDirectory(SITE, PLAIN);
  const page = await context.newPage();
  const loads = countLoads(page);
  await page.goto(`${server.url}#threads=on&backend=wasm`);
  await page.waitForFunction(() => crossOriginIsolated);
  await compareSamples(page);
  assert.match(await threadsOf(page), /^[2-9]$/);
  assert.equal(loads(), 2);
  await page.reload();
  await compareSamples(page);
  assert.equal(loads(), 3);
  // An address is no choice for good.
  const another = await visit(context, server.url);
  assert.equal(await threadsBox(another).isChecked(), false);
});

/** @returns how often the page has loaded since */
function countLoads(page: Page): () => number {
  let loads = 0;
  page.on('load', () => {
    loads += 1;
  });
  return () => loads;
}

const threadsBox = (page: Page) => page.locator('[name="threads"]');

async function openSettings(page: Page): Promise<void> {
  await page.getByTestId('settings').locator('summary').click();
  await threadsBox(page).waitFor();
}

async function threadNote(page: Page, expected: RegExp): Promise<void> {
  await page.getByTestId('threads-note').filter({ hasText: expected }).waitFor();
}

/** What the details of the answer say. */
async function threadsOf(page: Page): Promise<string> {
  const details = page.getByTestId('details');
  await details.waitFor();
  await details.evaluate((node) => node.setAttribute('open', ''));
  return (
    (await page
      .locator('dt', { hasText: /^Threads$/ })
      .locator('+ dd')
      .textContent()) ?? ''
  );
}

test('threads by the settings: one reload that loses no picture, remembered, and off again', async () => {
  await using opened = await openContext();
  const { context } = opened;
  await using server = await serveDirectory(SITE, PLAIN);
  const page = await context.newPage();
  const loads = countLoads(page);
  await page.goto(`${server.url}#model=mobilenetv2-lite&backend=wasm`);
  const expected = await compareSamples(page);
  await openSettings(page);
  await threadNote(page, /^The page reloads once for it/);
  await screenshot(page, 'threads-off');
  await threadsBox(page).check();
  await threadNote(page, /^Being set up/);
  await page.waitForFunction(() => crossOriginIsolated);
  assert.equal(await score(page), expected);
  assert.match((await page.locator('[data-slot="b"]').textContent()) ?? '', /other-fruit\.jpg/);
  assert.match(page.url(), /\/likeness\/#model=mobilenetv2-lite&backend=wasm&threads=on$/);
  assert.match(await threadsOf(page), /^[2-9]$/);
  await openSettings(page);
  await threadNote(page, /^On: [2-9] threads/);
  assert.deepEqual(await violations(page), []);
  await screenshot(page, 'threads-on');
  assert.equal(loads(), 2);

  const later = await visit(context, server.url);
  await later.waitForFunction(() => crossOriginIsolated);
  await threadsBox(later).and(later.locator(':checked')).waitFor({ state: 'attached' });
  await later.close();

  await threadsBox(page).uncheck();
  await threadNote(page, /^Off\./);
  await page.locator('dd', { hasText: /^1(?: in each of|$)/ }).waitFor({ state: 'attached' });
  assert.equal(await score(page), expected);
  await page.reload();
  assert.equal(await page.evaluate(() => crossOriginIsolated), false);
  assert.equal(loads(), 3);
});

test('where threads can’t be had, the settings say so, and everything else works', async (t) => {
  await t.test('no service worker', async () => {
    await using opened = await openContext();
    await using server = await serveDirectory(SITE, PLAIN);
    const page = await opened.context.newPage();
    await page.addInitScript('delete Navigator.prototype.serviceWorker');
    await page.goto(`${server.url}#threads=on`);
    await openSettings(page);
    await threadNote(page, /^Not possible here/);
    assert.equal(await threadsBox(page).isDisabled(), true);
    assert.equal(await threadsBox(page).isChecked(), false);
    assert.deepEqual(await violations(page), []);
    await screenshot(page, 'threads-impossible');
    await compareSamples(page);
    assert.match(await threadsOf(page), /^1/);
  });

  await t.test('storage is forbidden, or the one reload was in vain', async () => {
    for (const script of [
      `Object.defineProperty(window, 'caches', { get() { throw new DOMException('forbidden'); } })`,
      `sessionStorage.setItem('likeness-reloaded-for-threads', 'yes')`,
    ]) {
      await using opened = await openContext();
      await using server = await serveDirectory(SITE, PLAIN);
      const page = await opened.context.newPage();
      const loads = countLoads(page);
      await page.addInitScript(script);
      await page.goto(`${server.url}#threads=on&model=mobilenetv2-lite`);
      await openSettings(page);
      await threadNote(page, /^Not yet/);
      await compareSamples(page);
      assert.equal(loads(), 1);
    }
  });
});
