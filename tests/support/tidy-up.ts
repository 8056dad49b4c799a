/** Must hold for a folder of any size: decided, moved, undone, and a tab that is closed half-way. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { openPage } from './browser.js';
import {
  assertLogTrue,
  assertNothingLost,
  choose,
  plant,
  readLog,
  treeOf,
  withoutLogs,
} from './planted-folder.js';

/**
 * Plants a folder, has the page decide and move, undoes that in a later visit, moves again and closes the tab in the
 * middle, and undoes that, too.
 * @param count of pictures, copies among them
 */
export async function tidyUp(count: number, copies: number): Promise<void> {
  await using opened = await openPage({ directory: 'build/harness', path: 'folder.html' });
  const { page } = opened;
  await plant(page, count, copies);
  const before = await treeOf(page);
  assert.equal(Object.keys(before).length, count + 1);

  let element = await choose(page);
  const expected = new RegExp(`; ${count} read`, 'u');
  assert.match(await part(element, 'summary').innerText(), expected);
  await part(element, 'keep-best-of-all').click();
  await move(element);
  const moved = await treeOf(page);
  assertNothingLost(before, moved);
  const files = assertLogTrue(await readLog(page), moved);
  // How many are found is tested elsewhere.
  assert.ok(files >= 0.95 * copies && files <= copies, `${files} of ${copies} moved`);
  assert.equal(Object.keys(withoutLogs(moved)).length, count + 1, 'each in one place');
  await part(element, 'group').waitFor({ state: 'detached' });

  // Another visit, which reads nothing of what was moved, brings it back.
  await page.reload();
  await part(element, 'go-on').click();
  await part(element, 'summary')
    .filter({ hasText: `${count - files} read` })
    .waitFor();
  await restore(element);
  assert.deepEqual(withoutLogs(await treeOf(page)), before);
  await part(element, 'summary').filter({ hasText: expected }).waitFor();
  await element.locator('[data-part=progress][data-state=finished]').waitFor();
  assert.match(
    await part(element, 'totals').innerText(),
    new RegExp(`; ${files} files spare`, 'u'),
    'what was decided is remembered',
  );

  // Again, and the tab is closed in the middle of it.
  const next = await page.context().newPage();
  await slowDown(page);
  await part(element, 'move').click();
  // Any number of files from a third on, for it changes while it is looked for.
  const third = Math.ceil(copies / 3);
  const later = Array.from({ length: copies - third }, (_, at) => third + at).join('|');
  await part(element, 'moving')
    .filter({ hasText: new RegExp(`: (${later}) of`, 'u') })
    .waitFor();
  await page.close();
  await next.goto(new URL('folder.html', opened.url).href);
  const crashed = await treeOf(next);
  assertNothingLost(before, crashed);
  const half = assertLogTrue(await readLog(next), crashed);
  assert.ok(half > 0 && half < files, `${half} of ${files} moved when the tab was closed`);
  element = await choose(next);
  await restore(element);
  assert.deepEqual(withoutLogs(await treeOf(next)), before);
  assertLogTrue(await readLog(next), before);
  assert.deepEqual(opened.problems, []);
}

const part = (element: Locator, name: string): Locator => element.locator(`[data-part=${name}]`);

async function move(element: Locator): Promise<void> {
  await part(element, 'move').click();
  await part(element, 'tidied').filter({ hasText: 'moved to likeness-spare' }).waitFor();
  assert.doesNotMatch(await part(element, 'tidied').innerText(), /left in place/u);
}

async function restore(element: Locator): Promise<void> {
  await part(element, 'restore').click();
  await part(element, 'tidied').filter({ hasText: 'brought back' }).waitFor();
  assert.doesNotMatch(await part(element, 'tidied').innerText(), /left in place/u);
}

/** Has a page write slowly, so that there is a middle to close it in however fast the machine is. */
async function slowDown(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { createWritable } = FileSystemFileHandle.prototype;
    FileSystemFileHandle.prototype.createWritable = async function () {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return createWritable.call(this);
    };
  });
}
