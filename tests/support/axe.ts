/** The accessibility checker axe-core, in a page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Names of the rules of axe that the page breaks as it is now, with the places.
 * @param within a selector of the part that is looked at; the whole page unless given
 */
export async function violations(page: Page, within?: string): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(
    `axe.run(${within === undefined ? '' : JSON.stringify(within)}).then(({ violations }) => violations.map(({ id, nodes }) => id + ' at ' + nodes.map(({ target }) => target.flat()).join(', ')))`,
  );
}
