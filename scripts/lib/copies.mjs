/** The benchmark of copies: its pictures and pairs, who scores them, and the table. */
import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { launchBrowser } from './browser.mjs';
import { rooted } from './files.mjs';
import { PYTHON } from './prerequisites.mjs';
import { run, say } from './process.mjs';

/**
 * A page that the browser draws.
 * @typedef {object} RenderJob
 * @property {string} html
 * @property {string} png
 * @property {number} width
 * @property {number | null} height null: as tall as the page is
 * @property {number} scale pixels of the picture for each of the page's
 */

/**
 * Makes pictures and pairs.csv in a folder; what is there already isn't made again.
 * @param {{ out: string, scale?: string, kinds?: string, reference?: string | undefined }} options
 */
export async function makeCopies({ out, scale = '1', kinds = '', reference }) {
  const common = ['--out', out, '--scale', scale, '--kinds', kinds];
  const program = rooted('models/copies/make.py');
  await run(PYTHON, [program, 'sources', ...common]);
  await renderPages(JSON.parse(await readFile(`${out}/render.json`, 'utf8')));
  const photographs = reference === undefined ? [] : ['--reference', reference];
  await run(PYTHON, [program, 'pairs', ...common, ...photographs]);
}

/**
 * Draws pages with the browser, those that need the same number of pixels one after the other.
 * @param {readonly RenderJob[]} jobs
 */
async function renderPages(jobs) {
  const missing = jobs.filter(({ png }) => !existsSync(png));
  if (missing.length === 0) return;
  say(`drawing ${missing.length} screens, forms, cards, chats and receipts`);
  const browser = await launchBrowser();
  try {
    for (const scale of new Set(missing.map((job) => job.scale))) {
      const page = await browser.newPage({ deviceScaleFactor: scale });
      for (const job of missing) if (job.scale === scale) await renderPage(page, job);
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

/**
 * @param {import('playwright-core').Page} page
 * @param {RenderJob} job
 */
async function renderPage(page, { html, png, width, height }) {
  await page.setViewportSize({ width, height: height ?? 100 });
  await page.setContent(await readFile(html, 'utf8'));
  await page.screenshot({ path: `${png}.part`, type: 'png', fullPage: height === null });
  await rename(`${png}.part`, png);
}
