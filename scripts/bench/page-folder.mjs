/**
 * `npm run bench -- --page-folder [CLONE]`: how long the page takes, in Chromium, to read the folder of 40 photographs of
 * 12 megapixels that `--folder` makes, in turn with a page that makes no drafts, and with that of a built clone of another
 * commit; and whether drafts change what is said.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildAll, installTestPackages } from '../lib/build.mjs';
import { alterWorker, launchBrowser } from '../lib/browser.mjs';
import { rooted } from '../lib/files.mjs';
import { ensurePrerequisites } from '../lib/prerequisites.mjs';
import { say } from '../lib/process.mjs';
import { serveDirectory } from '../lib/static-server.mjs';
import { COUNT, FOLDER, makeFolder, ROUNDS } from './folder.mjs';
import { ratiosOf, spreadOf } from './statistics.mjs';
import { formatTable } from './table.mjs';

/** By what a folder's page is served. */
const SITE = 'dist/site';

/** @typedef {{ readonly name: string, readonly site: string, readonly script?: string }} Variant what is put in front of its workers */

/** @typedef {{ readonly milliseconds: number, readonly found: string }} Reading how long a picture took, and what the page exports */

/**
 * Measures, and compares what was found.
 * @param {string} [clone] of another commit, built
 */
export async function benchPageFolder(clone) {
  await ensurePrerequisites('recipes');
  await buildAll();
  await installTestPackages();
  await makeFolder();
  /** @type {readonly Variant[]} */
  const variants = [
    ...(clone ? [{ name: 'Page before', site: resolve(clone, SITE) }] : []),
    { name: 'Page without drafts', site: rooted(SITE), script: 'delete globalThis.ImageDecoder;' },
    { name: 'Page', site: rooted(SITE) },
  ];
  /** @type {Map<string, Reading[]>} */
  const readings = new Map(variants.map(({ name }) => [name, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`round ${round} of ${ROUNDS}`);
    for (const variant of variants) readings.get(variant.name)?.push(await read(variant));
  }
  const all = [...readings];
  const [, first = []] = all[0] ?? [];
  const rows = all.map(([name, own]) => [
    name,
    spreadOf(timesOf(own), ''),
    spreadOf(ratiosOf(timesOf(own), timesOf(first)), ': 1', 1, 2),
  ]);
  process.stdout.write(`\n${formatTable([['', 'ms a picture', 'time'], ...rows])}\n`);
  const exports = ['Page without drafts', 'Page'].map((name) => readings.get(name)?.[0]?.found);
  say(
    `exported from drafts and from whole pictures: ${exports[0] === exports[1] ? 'the same' : 'NOT the same'}`,
  );
}

/** @param {readonly Reading[]} readings */
function timesOf(readings) {
  return readings.map(({ milliseconds }) => milliseconds);
}

/**
 * Reads the folder in a browser of its own. Two pictures come first, so that the model is there.
 * @param {Variant} variant
 * @returns {Promise<Reading>}
 */
async function read({ site, script }) {
  const server = await serveDirectory(site);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    if (script !== undefined) await alterWorker(page, script);
    await page.goto(server.url);
    await page.locator('input[value=folder]').check({ force: true });
    const folder = page.locator('likeness-folder');
    const files = readdirSync(FOLDER).map((name) => join(FOLDER, name));
    const finished = folder.locator('[data-part=progress][data-state=finished]');
    const choose = (/** @type {string[]} */ some) => folder.locator('#files').setInputFiles(some);
    await choose(files.slice(0, 2));
    await finished.waitFor();
    const rest = files.slice(2);
    const start = performance.now();
    await choose(rest);
    await finished.filter({ hasText: `${COUNT}` }).waitFor();
    const milliseconds = (performance.now() - start) / rest.length;
    const download = page.waitForEvent('download');
    await folder.locator('[data-export=json]').click();
    return { milliseconds, found: readFileSync(await (await download).path(), 'utf8') };
  } finally {
    await browser.close();
    await server.close();
  }
}
