/** The review of a folder in Chromium, by keyboard alone, in every state. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { type OpenPage, openPage } from '../support/browser.js';
import { choose, plant } from '../support/planted-folder.js';

let opened: OpenPage;
let page: Page;
let element: Locator;

before(async () => {
  opened = await openPage({ directory: 'build/harness', path: 'folder.html' });
  page = opened.page;
  await plant(page, 12, 5);
  element = await choose(page);
});

after(() => opened[Symbol.asyncDispose]());

const part = (name: string): Locator => element.locator(`[data-part=${name}]`);

/** What has the focus, as a screen reader says it: role and name. */
async function focused(): Promise<string> {
  return element.evaluate((node) => {
    const active = node.shadowRoot?.activeElement;
    const name = active?.getAttribute('aria-label') ?? active?.textContent ?? '';
    return `${active?.localName} ${name.replace(/\s+/gu, ' ').trim()}`;
  });
}

/** Goes on by Tab until something has the focus. */
async function tabTo(wanted: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab');
    passed.push(await focused());
    if (wanted.test(passed.at(-1) ?? '')) return;
  }
  assert.fail(`Tab never came to ${wanted}: ${passed.join(' | ')}`);
}

async function assertAccessible(state: string): Promise<void> {
  assert.deepEqual(await violations(page, 'likeness-folder'), [], state);
}

const decisions = (): Promise<(string | undefined)[]> =>
  part('choice').evaluateAll((cards) =>
    cards.map((card) => (card as HTMLElement).dataset['decision']),
  );
const said = (): Promise<string> => part('said').innerText();
const groupTitle = (): Promise<string> => part('group').getByRole('heading').innerText();
const groupPlace = (): Promise<string> => part('group').locator('p').first().innerText();

test('the whole review by keyboard: choose, decide, compare, go on, undo, move and bring back', async () => {
  await assertAccessible('groups that nobody has decided');
  await tabTo(/^button Look at album\//u);
  assert.match(await groupPlace(), /^Group 1 of 5/u);
  await page.keyboard.press('ArrowRight');
  assert.match(await focused(), /^button Compare album\/.* with album\//u);

  await page.keyboard.press('s');
  assert.deepEqual(await decisions(), ['', 'spare']);
  assert.match(await said(), /^album\/.*: spare\.$/u);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('s');
  assert.deepEqual(await decisions(), ['', 'spare'], 'one stays');
  assert.match(await said(), /stays: of every group one image does\.$/u);
  await page.keyboard.press('k');
  assert.deepEqual(await decisions(), ['keep', 'spare']);
  await page.keyboard.press('k');
  assert.deepEqual(await decisions(), ['', 'spare'], 'the same key takes it back');
  await page.keyboard.press('u');
  assert.deepEqual(await decisions(), ['keep', 'spare']);
  await assertAccessible('a group that is decided');

  await page.keyboard.press('n');
  assert.match(await groupPlace(), /^Group 2 of 5/u);
  assert.match(await said(), /^Group 2 of 5: 2 images/u);
  assert.match(await focused(), /^button Look at/u, 'the focus goes with the group');
  await page.keyboard.press('p');
  assert.match(await groupPlace(), /^Group 1 of 5/u);
  await page.keyboard.press('n');

  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await part('compare').waitFor();
  assert.match(await focused(), /^button Back to the group/u);
  await assertAccessible('two pictures beside each other');
  await page.keyboard.press('Escape');
  await part('compare').waitFor({ state: 'detached' });
  assert.match(await focused(), /^button Compare/u, 'back where it was');
  await page.keyboard.press('c');
  await part('compare').waitFor();
  await page.goBack();
  await part('compare').waitFor({ state: 'detached' });
  assert.equal(await part('summary').count(), 1, 'the folder is still there');

  await page.keyboard.press('o');
  assert.match(await groupPlace(), /^Group 3 of 5/u, 'only this one, and on');
  await page.keyboard.press('b');
  assert.match(await groupPlace(), /^Group 4 of 5/u);
  assert.match(await part('totals').innerText(), /^3 of 5 groups decided; 3 files spare/u);
  await page.keyboard.press('u');
  assert.match(await groupPlace(), /^Group 3 of 5/u, 'to where it was decided');
  assert.match(await part('totals').innerText(), /^2 of 5 groups decided; 2 files spare/u);
  await page.keyboard.press('b');
  await page.keyboard.press('b');
  await page.keyboard.press('b');
  assert.equal(await said(), 'Every group has been decided.');
  await assertAccessible('every group decided');

  await page.keyboard.press('Shift+Tab');
  for (let step = 0; step < 40 && !/^button Move 5 files/u.test(await focused()); step += 1) {
    await page.keyboard.press('Shift+Tab');
  }
  await page.keyboard.press('Enter');
  await part('tidied').filter({ hasText: '5 files moved' }).waitFor();
  await assertAccessible('moved');
  await tabTo(/^button Bring them back/u);
  await page.keyboard.press('Enter');
  await part('tidied').filter({ hasText: '5 files brought back' }).waitFor();
  await part('group').waitFor();
  await assertAccessible('brought back');
  assert.deepEqual(opened.problems, []);
});

test('the best of every group says why; kinds are left out and come back', async () => {
  await part('keep-best-of-all').click();
  assert.match(await part('reason').innerText(), /^Suggested: \d+\.jpg, because /u);
  const kinds = element.locator('input[name=kind]');
  assert.equal(await part('group-row').count(), 5);
  await kinds.and(page.locator('[value=identical]')).uncheck();
  assert.equal(await part('group-row').count(), 2);
  assert.match(await groupTitle(), /near-duplicates$/u);
  await kinds.and(page.locator('[value=near-duplicate]')).uncheck();
  assert.equal(await part('group').count(), 0);
  await assertAccessible('no kind wanted');
  await kinds.and(page.locator('[value=identical]')).check();
  await kinds.and(page.locator('[value=near-duplicate]')).check();
  assert.match(await part('totals').innerText(), /5 files spare/u, 'what is decided stays decided');
});

test('where the browser does not allow it nothing is moved, and that is said', async () => {
  await page.evaluate(() => {
    const handles = FileSystemHandle.prototype as unknown as { requestPermission: unknown };
    const { requestPermission } = handles;
    handles.requestPermission = async () => {
      handles.requestPermission = requestPermission;
      return 'denied';
    };
  });
  await part('move').click();
  await element.getByRole('alert').filter({ hasText: 'did not allow' }).waitFor();
  assert.equal(await part('group-row').count(), 5);
  await assertAccessible('not allowed');
  await part('move').click();
  await part('tidied').filter({ hasText: '5 files moved' }).waitFor();
  assert.equal(await element.getByRole('alert').count(), 0);
  await part('restore').click();
  await part('tidied').filter({ hasText: '5 files brought back' }).waitFor();
  await part('group').waitFor();
});

test('the map is laid out beside the page when it is opened; the picture in the middle leads to its like', async () => {
  const workers = page.workers().length;
  await part('scatter').locator('summary').click();
  const map = part('scatter').locator('canvas');
  await map.waitFor();
  // Its worker ends.
  while (page.workers().length > workers) await new Promise((resolve) => setTimeout(resolve, 20));
  await assertAccessible('the map');
  const middle = element.locator('#scatter-middle');
  await map.focus();
  for (let step = 0; step < 6; step += 1) await page.keyboard.press('+');
  const before = await middle.innerText();
  assert.match(before, /^In the middle: album\/.+/u);
  for (let step = 0; step < 30 && (await middle.innerText()) === before; step += 1) {
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
  }
  const path = (await middle.innerText()).replace('In the middle: ', '');
  assert.notEqual(`In the middle: ${path}`, before, 'another picture is in the middle');
  await page.keyboard.press('Enter');
  await part('like').waitFor();
  assert.equal(await element.locator('#like').innerText(), `Most alike to ${path}`);
  await assertAccessible('more like this');
  assert.deepEqual(opened.problems, []);
});

test('from right to left, in forced colours, with less motion, from 320 to 2560 pixels', async () => {
  for (const dir of ['rtl', 'ltr']) {
    await page.evaluate((to) => {
      document.documentElement.dir = to;
    }, dir);
    for (const [width, colorScheme, forcedColors] of [
      [320, 'dark', 'none'],
      [768, 'light', 'active'],
      [2560, 'dark', 'none'],
      [1280, 'light', 'none'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(overflow <= 0, `${overflow} px too wide at ${width}, ${dir}`);
      if (forcedColors === 'none') await assertAccessible(`${width}, ${colorScheme}, ${dir}`);
    }
    await part('choice').first().locator('.open').focus();
    await page.keyboard.press(dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight');
    assert.match(await focused(), /^button Compare/u, `arrows follow the direction, ${dir}`);
  }
});
