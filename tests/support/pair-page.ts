/** What tests of the page's two pictures ask of it again and again. */
import type { Verdict } from 'image-likeness';
import type { Page } from 'playwright-core';

/** The model has arrived, and no picture is there. */
export async function modelReady(page: Page): Promise<void> {
  await page
    .getByTestId('status')
    .filter({ hasText: /^Ready\.$/ })
    .waitFor();
}

/** The page has answered with that verdict. */
export async function answeredAs(page: Page, verdict: Verdict): Promise<void> {
  await page.locator(`[data-testid="verdict"][data-verdict="${verdict}"]`).waitFor();
}

/** Shows the compared pictures that way, by keyboard. */
export async function chooseView(page: Page, view: string): Promise<void> {
  await page.locator(`.views [value="${view}"]`).press('Space');
  await page.locator(`.stage[data-view="${view}"]`).waitFor();
}
