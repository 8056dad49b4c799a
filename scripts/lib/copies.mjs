/** The benchmark of copies: its pictures and pairs, who scores them, and the table. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from './browser.mjs';
import { csvOf, readCsv } from './csv.mjs';
import { onEveryCore } from './every-core.mjs';
import { filesUnder, rooted } from './files.mjs';
import { PYTHON } from './prerequisites.mjs';
import { run, say } from './process.mjs';

/** Recipes that the pictures don't hang on. */
const NOT_DRAWING = ['peers.py', 'table.py', 'progress.py'];

/** Files of the package that name the commit: another one doesn't change what is computed. */
const NAMING_COMMIT = ['/build-info.js', '/likeness.standalone.js'];

/**
 * `npm run evaluate -- --copies`: makes the pairs, has them scored and prints the table. Everything is
 * kept in a folder: a run that was stopped goes on where it was.
 * @param {string[]} args
 */
export async function evaluateCopies(args) {
  const { values } = parseArgs({
    args,
    options: {
      copies: { type: 'boolean' },
      model: { type: 'string', default: 'mobilenetv2-lite' },
      scale: { type: 'string', default: '1' },
      edits: { type: 'string', default: '1' },
      kinds: { type: 'string', default: '' },
      half: { type: 'string', default: '' },
      work: { type: 'string', default: rooted('build/copies') },
      'no-peers': { type: 'boolean', default: false },
    },
  });
  const { model, scale, edits, kinds, half } = values;
  const work = resolve(values.work);
  const reference = process.env['LIKENESS_REFERENCE_DIR'];
  await makeCopies({ work, scale, edits, kinds, reference });
  const scores = await scoreCopies(model, work, half);
  const halves = half === '' ? [] : ['--half', half];
  if (!values['no-peers']) {
    say('asking other programs about the same pairs');
    await run(PYTHON, [rooted('models/copies/peers.py'), '--work', work, ...halves]);
  }
  const table = [rooted('models/copies/table.py'), '--work', work, '--scores', ...scores];
  await run(PYTHON, table, { prints: true });
}

/**
 * Scores the pairs with the package's command line, kind by kind. What this very package has scored
 * before is kept.
 * @param {string} model
 * @param {string} work
 * @param {string} half the only one; all where it is empty
 * @returns {Promise<string[]>} files of scores
 */
async function scoreCopies(model, work, half) {
  const files = filesUnder('dist/package', ['.js', '.wasm', '.onnx']);
  const build = await hashOf(
    files.filter((file) => !NAMING_COMMIT.some((name) => file.endsWith(name))),
  );
  const folder = `${work}/scores/${model}-${build}`;
  await mkdir(folder, { recursive: true });
  const rows = await readCsv(`${work}/pairs.csv`);
  const parts = new Map();
  for (const row of rows) {
    if (half !== '' && row['half'] !== half) continue;
    const part = `${row['half']}-${row['kind']}`;
    parts.set(part, [...(parts.get(part) ?? []), row]);
  }
  const waiting = [];
  for (const [part, pairs] of parts) {
    const list = await csvOf(pairs);
    const id = createHash('sha256').update(list).digest('hex').slice(0, 12);
    waiting.push({ part, list, pairs: pairs.length, scores: `${folder}/${part}-${id}.csv` });
  }
  const missing = waiting.filter(({ scores }) => !existsSync(scores));
  const all = missing.reduce((sum, { pairs }) => sum + pairs, 0);
  const start = performance.now();
  let done = 0;
  await onEveryCore(missing, async (job) => {
    await scorePart(model, work, job);
    done += job.pairs;
    const left = ((performance.now() - start) / 1000 / done) * (all - done);
    say(`scored ${job.part}: ${done} of ${all} pairs, ${left.toFixed(0)} s left`);
  });
  return waiting.map(({ scores }) => scores);
}

/**
 * @param {string} model
 * @param {string} work
 * @param {{ list: string, scores: string }} part the pairs as CSV; the file to write
 */
async function scorePart(model, work, { list, scores }) {
  const pairs = `${scores}.pairs`;
  await writeFile(pairs, list);
  const program = rooted('dist/package/cli/main.js');
  const paths = ['--pairs', pairs, '--root', work, '--scores', `${scores}.part`];
  await run(process.execPath, [program, 'evaluate', ...paths, '--model', model]);
  await rename(`${scores}.part`, scores);
}

/**
 * @param {readonly string[]} files
 * @returns {Promise<string>} the beginning of a hash of their contents
 */
async function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(await readFile(rooted(file)));
  return hash.digest('hex').slice(0, 12);
}

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
 * Makes pictures and pairs.csv in a folder; what is there already isn't made again, unless the recipes
 * have changed.
 * @param {{ work: string, scale: string, edits?: string, kinds?: string, reference?: string | undefined }} options
 */
export async function makeCopies({ work, scale, edits = '1', kinds = '', reference }) {
  const recipes = filesUnder('models/copies', ['.py']).filter(
    (file) => !NOT_DRAWING.some((name) => file.endsWith(`/${name}`)),
  );
  const made = await hashOf([...recipes, 'models/edits.py']);
  const whole = JSON.stringify({ made, scale, edits, kinds, reference });
  const stamp = `${work}/made.json`;
  const before = existsSync(stamp) ? JSON.parse(await readFile(stamp, 'utf8')) : {};
  if (before.whole === whole) return;
  if (before.made !== made) {
    for (const old of ['sources', 'copies', 'scores', 'peers.csv', 'pairs.csv']) {
      await rm(`${work}/${old}`, { recursive: true, force: true });
    }
  }
  await mkdir(work, { recursive: true });
  await writeFile(stamp, JSON.stringify({ made }));
  say('making pictures and pairs');
  const common = ['--work', work, '--scale', scale, '--edits', edits, '--kinds', kinds];
  const program = rooted('models/copies/make.py');
  await run(PYTHON, [program, 'sources', ...common]);
  await renderPages(JSON.parse(await readFile(`${work}/render.json`, 'utf8')));
  const photographs = reference === undefined ? [] : ['--reference', reference];
  await run(PYTHON, [program, 'pairs', ...common, ...photographs]);
  await writeFile(stamp, JSON.stringify({ made, whole }));
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
