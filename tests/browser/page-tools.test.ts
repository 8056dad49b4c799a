/** What surrounds a score on the built page: swapping, clearing, details, copying, the privacy line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { openPage, screenshot } from '../support/browser.js';
import { chooseView } from '../support/pair-page.js';

async function comparePair(page: Page): Promise<void> {
  await page.getByTestId('sample-different').click();
  await page.getByTestId('details').waitFor();
}

for (const isolated of [true, false]) {
  test(`swap, clear, details and copying, ${isolated ? '' : 'not '}isolated, under a sub-path`, async () => {
    await using opened = await openPage({
      basePath: '/repo/',
      isolated,
      path: '#model=mobilenetv2-lite',
    });
    const { page } = opened;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await comparePair(page);
    const score = await page.getByTestId('score').textContent();

    await page.locator('.details summary').press('Enter');
    const rows = await page.locator('.details dl').innerText();
    for (const name of ['Cosine', 'In common', 'SHA-256 of the model', 'Threads', 'Self-test']) {
      assert.ok(rows.includes(name), name);
    }
    await page.getByTestId('copy-json').click();
    await page.getByText('Copied.').waitFor();
    const copied: unknown = JSON.parse(await page.evaluate('navigator.clipboard.readText()'));
    assert.ok(typeof copied === 'object' && copied !== null && 'score' in copied);
    assert.equal(Number(copied.score).toFixed(1), score);
    await page.getByTestId('copy-text').click();
    await page.waitForFunction(
      `navigator.clipboard.readText().then((text) => text.startsWith('${score} %'))`,
    );

    await page.getByTestId('swap').click();
    await page.locator('[data-slot="a"] .caption').filter({ hasText: 'sea.jpg' }).waitFor();
    await page.getByTestId('details').waitFor();
    assert.equal(await page.getByTestId('score').textContent(), score);

    await page.getByTestId('clear').click();
    await page.getByTestId('details').waitFor({ state: 'hidden' });
    await page.locator('.slot.filled').first().waitFor({ state: 'detached' });
    await page.getByTestId('file-a').and(page.locator(':focus')).waitFor({ state: 'attached' });
    assert.deepEqual(opened.problems, []);
  });
}

test('a request to another origin is counted in sight', async () => {
  await using other = await openPage({ isolated: false });
  await using opened = await openPage({ isolated: false });
  const { page } = opened;
  await comparePair(page);
  assert.equal(await page.getByTestId('foreign-requests').textContent(), '0');
  // Without its policy the page can be made to ask elsewhere.
  await page.route(opened.url, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace('Content-Security-Policy', 'no-policy');
    await route.fulfill({ response, body });
  });
  await page.reload();
  await page.evaluate(`fetch('${other.url}icon.svg', { mode: 'no-cors' }).catch(() => {})`);
  await page.getByTestId('foreign-requests').filter({ hasText: '1' }).waitFor();
});

test('views by keyboard, and a link restores them', async () => {
  await using opened = await openPage();
  const { page } = opened;
  await comparePair(page);
  await page.locator('[value="side"]').focus();
  for (const view of ['slider', 'blink', 'difference', 'map']) {
    await page.keyboard.press('ArrowRight');
    await page.locator(`.stage[data-view="${view}"]`).waitFor();
    assert.equal(new URL(page.url()).hash, `#pictures=${view}`);
    assert.equal(await page.getByTestId('slider').isVisible(), view === 'slider');
    assert.deepEqual(await violations(page), []);
    await screenshot(page, `view-${view}`);
  }
  await chooseView(page, 'slider');
  await page.getByTestId('slider').press('End');
  const stage = page.getByTestId('stage');
  const split = () => stage.evaluate(({ style }) => style.getPropertyValue('--split'));
  assert.equal(await split(), '100');
  const frame = await stage.boundingBox();
  assert.ok(frame !== null);
  const { x, y, width, height } = frame;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 4, y + height / 2, { steps: 3 });
  await page.mouse.up();
  await page.mouse.move(x + width / 2, y + height / 2);
  assert.equal(await split(), '25');
  assert.equal(await page.getByTestId('slider').inputValue(), '25');
  await page.reload();
  await comparePair(page);
  await page.getByTestId('slider').waitFor();
  assert.deepEqual(opened.problems, []);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [320, 1600]) {
    test(`axe finds nothing, ${width} px, ${colorScheme}`, async () => {
      await using opened = await openPage({ viewport: { width, height: 900 }, colorScheme });
      const { page } = opened;
      assert.deepEqual(await violations(page), []);
      await comparePair(page);
      await page.locator('.details summary').click();
      await page.getByTestId('copy-text').waitFor();
      await page.getByTestId('privacy').locator('summary').click();
      await screenshot(page, `details-${width}-${colorScheme}`);
      assert.deepEqual(await violations(page), []);
      const overflow = 'document.documentElement.scrollWidth - innerWidth';
      assert.ok(Number(await page.evaluate(overflow)) <= 0, 'scrolls sideways');
    });
  }
}
