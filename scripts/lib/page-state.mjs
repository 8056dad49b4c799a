/** What the pages of a test show, told when the watchdog asks: see watchdog.mjs. */
import { ASK } from './watchdog.mjs';

/** @type {Set<import('playwright-core').Browser>} */
const open = new Set();

/**
 * Tells of a browser's pages, for as long as it runs, when this process is asked.
 * @param {import('playwright-core').Browser} browser
 */
export function tellWhenAsked(browser) {
  if (!process.listeners(ASK).includes(tell)) process.on(ASK, tell);
  open.add(browser);
  browser.on('disconnected', () => open.delete(browser));
}

async function tell() {
  const pages = [...open].flatMap((browser) => browser.contexts()).flatMap((one) => one.pages());
  // Each by itself: one that is stuck keeps silent.
  await Promise.allSettled(pages.map(tellPage));
  // That was all. Where a page does not answer, the watchdog loses patience.
  process.kill(process.pid, 'SIGKILL');
}

/**
 * @param {import('playwright-core').Page} page
 * @param {number} index
 */
async function tellPage(page, index) {
  process.stdout.write(`page: ${page.url()}\n`);
  for (const message of await page.consoleMessages({ filter: 'all' })) {
    process.stdout.write(`console: ${message.type()}: ${message.text()}\n`);
  }
  for (const error of await page.pageErrors({ filter: 'all' })) {
    process.stdout.write(`error in the page: ${error.message}\n`);
  }
  const path = `build/screenshots/stuck-${process.pid}-${index}.png`;
  await page.screenshot({ path });
  process.stdout.write(`screenshot: ${path}\n`);
}
