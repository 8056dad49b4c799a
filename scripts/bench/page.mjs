/** How long the built page takes, in this machine's Chromium. */
import { launchBrowser } from '../lib/browser.mjs';
import { buildAll } from '../lib/build.mjs';
import { rooted } from '../lib/files.mjs';
import { ensurePrerequisites } from '../lib/prerequisites.mjs';
import { serveDirectory } from '../lib/static-server.mjs';
import { spreadOf } from './spread.mjs';

const COLD_STARTS = 5;
const LATER_ANSWERS = 20;

/** Measures the first answer after opening the page, and later ones; prints medians and spreads. */
export async function benchPage() {
  await ensurePrerequisites('test');
  await buildAll();
  const server = await serveDirectory(rooted('dist/site'));
  const browser = await launchBrowser();
  try {
    const first = [];
    let later = [];
    for (let start = 0; start < COLD_STARTS; start += 1) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const opened = performance.now();
      await page.goto(server.url, { waitUntil: 'domcontentloaded' });
      await answer(page, 'sample-similar', /^Similar/);
      first.push(performance.now() - opened);
      later = [];
      for (let turn = 0; turn < LATER_ANSWERS; turn += 1) {
        const [sample, verdict] =
          turn % 2 === 0
            ? /** @type {const} */ (['sample-different', /^Different/])
            : /** @type {const} */ (['sample-similar', /^Similar/]);
        const clicked = performance.now();
        await answer(page, sample, verdict);
        later.push(performance.now() - clicked);
      }
      await context.close();
    }
    print('first answer, page and model loaded from this machine', first);
    print('later answers, both images new', later);
  } finally {
    await browser.close();
    await server.close();
  }
}

/**
 * Clicks a sample pair and waits for its verdict.
 * @param {import('playwright-core').Page} page
 * @param {string} sample
 * @param {RegExp} verdict
 */
async function answer(page, sample, verdict) {
  await page.getByTestId(sample).click();
  await page.getByTestId('verdict').filter({ hasText: verdict }).waitFor();
}

/**
 * @param {string} what
 * @param {number[]} times in ms
 */
function print(what, times) {
  process.stdout.write(`${what}: ${spreadOf(times, 'ms')}, n = ${times.length}\n`);
}
