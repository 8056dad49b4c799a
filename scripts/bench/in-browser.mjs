/** Everything that is measured in one run of Chromium. */
import { join } from 'node:path';
import { launchBrowser } from '../lib/browser.mjs';
import { rooted } from '../lib/files.mjs';
import { MemoryMeter } from '../lib/memory-meter.mjs';
import { FULL_MODEL, PLACED_MODELS } from '../lib/models.mjs';
import { run, say } from '../lib/process.mjs';
import { serveDirectory } from '../lib/static-server.mjs';
import { measurePage } from './page.mjs';

/** MediaPipe draws pictures through WebGL before it computes on the processor. */
const SOFTWARE_WEBGL = ['--enable-unsafe-swiftshader', '--use-angle=swiftshader'];

const PEER_MODULES = rooted('scripts/bench/peers/node_modules');
const MODEL_URL = `/models/${FULL_MODEL}.onnx`;

/** Comparisons after which memory is measured once more. */
export const MORE_COMPARISONS = 500;

/**
 * What browser/main.mjs offers.
 * @typedef {Window & typeof globalThis & { bench: {
 *   measure(options: { rounds: number, modelUrl: string, skipped: readonly string[] }):
 *     Promise<Pick<BrowserResults, 'figures' | 'ran' | 'failures'>>,
 *   holdComparison(modelUrl: string): Promise<void>,
 *   compareMore(count: number): Promise<void>,
 * } }} BenchWindow
 */

/** @typedef {import('../lib/memory-meter.mjs').HeldMemory} HeldMemory */

/**
 * @typedef {object} BrowserResults
 * @property {string} version of Chromium
 * @property {Record<string, number[]>} figures one value a round
 * @property {string[]} ran peers
 * @property {Record<string, string>} failures why a peer did not run
 * @property {HeldMemory} memory after one comparison, full model
 * @property {HeldMemory} memoryLater after MORE_COMPARISONS more
 * @property {import('./page.mjs').PageResults} page
 */

/**
 * @param {{ rounds: number, skipped: ReadonlySet<string> }} options
 * @returns {Promise<BrowserResults>}
 */
export async function measureInBrowser({ rounds, skipped }) {
  const config = 'scripts/bench/browser/vite.config.mjs';
  await run('npx', ['--no-install', 'vite', 'build', '--logLevel', 'error', '--config', config], {
    cwd: rooted(),
  });
  const server = await serveDirectory(rooted('build/bench/page'), {
    mounts: {
      '/models/': rooted(PLACED_MODELS),
      '/mediapipe/': join(PEER_MODULES, '@mediapipe/tasks-vision/wasm'),
      '/tensorflow/': join(PEER_MODULES, '@tensorflow/tfjs-backend-wasm/dist'),
      '/reference-models/': referenceModels(),
    },
  });
  const browser = await launchBrowser(SOFTWARE_WEBGL);
  try {
    say('Chromium: stages, comparisons and peers, taking turns');
    const measured = await withPage(browser, server.url, (page) =>
      page.evaluate((options) => /** @type {BenchWindow} */ (window).bench.measure(options), {
        rounds,
        modelUrl: MODEL_URL,
        skipped: [...skipped],
      }),
    );
    say('Chromium: memory');
    const [memory, memoryLater] = await withPage(browser, server.url, measureMemory);
    say('Chromium: the page, cold and warm');
    const page = await measurePage(browser);
    return { version: browser.version(), ...measured, memory, memoryLater, page };
  } finally {
    await browser.close();
    await server.close();
  }
}

/**
 * After one comparison of large pictures, and after many of smaller ones.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<[HeldMemory, HeldMemory]>}
 */
async function measureMemory(page) {
  const meter = await MemoryMeter.attach(page);
  await page.evaluate(
    (modelUrl) => /** @type {BenchWindow} */ (window).bench.holdComparison(modelUrl),
    MODEL_URL,
  );
  const first = await meter.measure();
  await page.evaluate(
    (count) => /** @type {BenchWindow} */ (window).bench.compareMore(count),
    MORE_COMPARISONS,
  );
  return [first, await meter.measure()];
}

/**
 * @template T
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {(page: import('playwright-core').Page) => Promise<T>} use
 */
async function withPage(browser, url, use) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(0);
    page.on('console', (message) => {
      if (message.type() === 'info') say(message.text());
    });
    await page.goto(url);
    await page.waitForFunction(() => 'bench' in window);
    return await use(page);
  } finally {
    await context.close();
  }
}

/** Where MediaPipe's model lies, if anywhere. */
function referenceModels() {
  const { LIKENESS_REFERENCE_DIR } = process.env;
  return LIKENESS_REFERENCE_DIR
    ? join(LIKENESS_REFERENCE_DIR, 'models')
    : rooted('build/bench/none');
}
