/**
 * `npm run bench -- --lighthouse`: how Lighthouse rates the built page with the embedded model, as a phone and as
 * a desktop computer see it, and which of its audits take points off.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildAll, installPackages } from '../lib/build.mjs';
import { findBrowser } from '../lib/browser.mjs';
import { rooted } from '../lib/files.mjs';
import { ensurePrerequisites } from '../lib/prerequisites.mjs';
import { say } from '../lib/process.mjs';
import { serveDirectory } from '../lib/static-server.mjs';
import { summaryOf } from './statistics.mjs';
import { formatTable } from './table.mjs';

const FOLDER = 'scripts/bench/lighthouse';
const RUNS = 3;

/** Lighthouse's own names of the devices that it stands in for: its default, and a preset. */
const DEVICES = /** @type {const} */ ({ phone: [], desktop: ['--preset=desktop'] });

const CATEGORIES = ['performance', 'accessibility', 'best-practices'];

/** What the performance is made of. */
const TIMES = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time'];

/**
 * What is read of Lighthouse's result.
 * @typedef {object} Rating
 * @property {Readonly<Record<string, { score: number, auditRefs: readonly { id: string, weight: number }[] }>>} categories
 *   scores from 0 to 1
 * @property {Readonly<Record<string, { score: number | null, numericValue?: number, displayValue?: string }>>} audits
 *   numericValue in ms, but for layout shifts
 */

/** @typedef {{ readonly device: string, readonly ratings: readonly Rating[] }} Rated */

/** Rates, and prints a table and what is not perfect. */
export async function benchLighthouse() {
  await ensurePrerequisites('test');
  await buildAll();
  await installPackages(FOLDER);
  const server = await serveDirectory(rooted('dist/site'));
  try {
    /** @type {Rated[]} */
    const rated = [];
    for (const [device, options] of Object.entries(DEVICES)) {
      say(`rating the page on a ${device}, ${RUNS} times`);
      const ratings = [];
      for (let run = 0; run < RUNS; run += 1) ratings.push(await rate(server.url, options));
      rated.push({ device, ratings });
    }
    process.stdout.write(`\n${formatTable([heading(), ...rated.map(rowOf)])}\n\n`);
    for (const { device, ratings } of rated) {
      const faults = new Set(ratings.flatMap(faultsOf));
      for (const fault of faults) process.stdout.write(`${device}: ${fault}\n`);
    }
  } finally {
    await server.close();
  }
}

/**
 * Runs Lighthouse beside this process, which serves the page.
 * @param {string} url
 * @param {readonly string[]} options of Lighthouse
 * @returns {Promise<Rating>}
 */
async function rate(url, options) {
  const program = rooted(FOLDER, 'node_modules/lighthouse/cli/index.js');
  const args = [
    `--only-categories=${CATEGORIES}`,
    '--output=json',
    '--chrome-flags=--headless=new --no-sandbox',
    '--no-enable-error-reporting',
    '--quiet',
  ];
  const env = { ...process.env, CHROME_PATH: findBrowser() };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, url, ...options, ...args],
    { env, maxBuffer: 2 ** 28 },
  );
  return JSON.parse(stdout);
}

function heading() {
  return ['medians', ...CATEGORIES, ...TIMES.map((time) => `${time}, ms`), 'layout shift'];
}

/** @param {Rated} rated */
function rowOf({ device, ratings }) {
  const value = (/** @type {string} */ id) =>
    medianOf(ratings.map(({ audits }) => audits[id]?.numericValue ?? Number.NaN));
  return [
    device,
    ...CATEGORIES.map((id) =>
      (100 * medianOf(ratings.map(({ categories }) => categories[id]?.score ?? 0))).toFixed(0),
    ),
    ...TIMES.map((id) => value(id).toFixed(0)),
    value('cumulative-layout-shift').toFixed(3),
  ];
}

const medianOf = (/** @type {number[]} */ values) => summaryOf(values).median;

/**
 * @param {Rating} rating
 * @returns {string[]} the audits that take points off
 */
function faultsOf({ categories, audits }) {
  return Object.entries(categories).flatMap(([category, { auditRefs }]) =>
    auditRefs
      .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9)
      .map(({ id }) => `${category}: ${id}`),
  );
}
