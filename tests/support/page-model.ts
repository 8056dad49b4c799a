/** Models of the page: whether the full one is there, and first visits with another answer about the small one. */
import { existsSync } from 'node:fs';
import type { Page, Route } from 'playwright-core';
import { modelReady } from './pair-page.js';

/** What tests that ask the full model lack where it is not on this machine. */
export const NO_MODEL = 'there is no full model: npm run models -- fetch mobilenetv2';

/** Why tests that ask the page's full model are skipped, or false. */
export const withoutFullModel = existsSync('dist/site/models/mobilenetv2.onnx.gz')
  ? false
  : NO_MODEL;

/** Opens the page anew as on a first visit; the model's request gets that answer. */
export async function offerModel(
  page: Page,
  answer: (route: Route) => Promise<void>,
): Promise<void> {
  // Only a model that has arrived is in the cache: deleted earlier, it might be put there afterwards.
  await modelReady(page);
  await page.evaluate(() => caches.delete('image-likeness'));
  await page.route('**/*.onnx*', answer);
  await page.reload();
}

/** Opens the page anew without its model, which comes when the returned function is called. */
export async function withholdModel(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await offerModel(page, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}
