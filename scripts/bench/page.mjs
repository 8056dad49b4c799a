/** How long the built page takes from opening to its first score, and what it asks for. */
import { rooted } from '../lib/files.mjs';
import { serveDirectory } from '../lib/static-server.mjs';

const STARTS = 5;
const LATER_ANSWERS = 20;

/**
 * @typedef {object} PageResults
 * @property {number[]} cold ms from opening to the first score, nothing cached
 * @property {number[]} warm ms of the same, opened again in the same browser after the first visit
 * @property {number[]} later ms of later answers, both images new
 * @property {number[]} bytes of all bodies until the first score, uncompressed
 */

/**
 * Page and model come from this machine, so that no network is measured.
 * @param {import('playwright-core').Browser} browser
 * @returns {Promise<PageResults>}
 */
export async function measurePage(browser) {
  const server = await serveDirectory(rooted('dist/site'));
  /** @type {PageResults} */
  const results = { cold: [], warm: [], later: [], bytes: [] };
  try {
    for (let start = 0; start < STARTS; start += 1) {
      const context = await browser.newContext();
      let bytes = 0;
      context.on('response', (response) => {
        bytes += Number(response.headers()['content-length'] ?? 0);
      });
      const first = await context.newPage();
      results.cold.push(await firstScore(first, server.url));
      results.bytes.push(bytes);
      await leave(first);
      const again = await context.newPage();
      results.warm.push(await firstScore(again, server.url));
      if (start === STARTS - 1) results.later = await laterAnswers(again);
      await context.close();
    }
    return results;
  } finally {
    await server.close();
  }
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} url
 */
async function firstScore(page, url) {
  const opened = performance.now();
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  await answer(page, 'sample-similar', 'similar');
  return performance.now() - opened;
}

/**
 * Ends a visit when the service worker has kept the page: what a page does behind its first answer would take
 * processor time of the next visit.
 * @param {import('playwright-core').Page} page
 */
async function leave(page) {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
  await page.close();
}

/** @param {import('playwright-core').Page} page */
async function laterAnswers(page) {
  const times = [];
  for (let turn = 0; turn < LATER_ANSWERS; turn += 1) {
    const clicked = performance.now();
    if (turn % 2 === 0) await answer(page, 'sample-different', 'different');
    else await answer(page, 'sample-similar', 'similar');
    times.push(performance.now() - clicked);
  }
  return times;
}

/**
 * Clicks a sample pair and waits for its verdict.
 * @param {import('playwright-core').Page} page
 * @param {string} sample
 * @param {import('image-likeness').Verdict} verdict
 */
async function answer(page, sample, verdict) {
  await page.getByTestId(sample).click();
  await page.locator(`[data-verdict="${verdict}"]`).waitFor();
}
