/** The browser that tests and measurements drive: the machine's own Chromium. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { tellWhenAsked } from './page-state.mjs';

/** Names that Chromium and its siblings go by, in the order they are tried. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * The address bar and what is around it, which Chromium loads without a window, too: half of what a start takes.
 * They are turned off together with all that Playwright 1.65 turns off, since Chromium heeds the last list alone.
 */
const FEATURES_OFF = [
  'PreloadTopChromeWebUI',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

/** Background services off: the browser talks to the page's own server only. */
const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  `--disable-features=${FEATURES_OFF}`,
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/**
 * The path of a browser on the PATH, or undefined.
 * @returns {string | undefined}
 */
export function findBrowser() {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  return BROWSERS.flatMap((name) => directories.map((directory) => join(directory, name))).find(
    isExecutable,
  );
}

/**
 * How long a start may take, in ms, before another one is tried: it takes a second, or never ends. The last
 * one has all the time it wants, so that no machine is too slow.
 */
const STARTS = [60_000, 120_000, 0];

/**
 * Starts the browser without a window; root needs it without a sandbox.
 * @param {readonly string[]} [further] further flags
 * @param {readonly number[]} [starts] how long each start may take, in ms; 0 is for ever
 */
export async function launchBrowser(further = [], starts = STARTS) {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    throw new Error(`There is no browser on the PATH (looked for ${BROWSERS.join(', ')}).`);
  }
  // Not at the top: the file is also read before the npm packages are installed.
  const { chromium } = await import('playwright-core');
  const args = [...FLAGS, ...further];
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  const browser = await firstInTime(starts, (timeout) =>
    chromium.launch({ executablePath, args, timeout }),
  );
  // Nothing is too slow: what never comes is for the tests' watchdog to notice.
  browser.on('context', (context) => context.setDefaultTimeout(0));
  tellWhenAsked(browser);
  return browser;
}

/**
 * Puts a script in front of the package's real worker, on its way to the browser: whatever the worker
 * does later meets what the script has changed. Workers that run already stay as they are.
 * @param {import('playwright-core').Page} page
 * @param {string} script
 */
export async function alterWorker(page, script) {
  await page.context().route('**/*worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script}\n${await response.text()}` });
  });
}

/**
 * What the first of some tries comes to that ends in time.
 * @template T
 * @param {readonly number[]} limits of each try, in ms
 * @param {(limit: number) => Promise<T>} attempt rejects with a TimeoutError after that time
 * @returns {Promise<T>}
 */
async function firstInTime([limit = 0, ...later], attempt) {
  try {
    return await attempt(limit);
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    if (!late || later.length === 0) throw error;
    return firstInTime(later, attempt);
  }
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
