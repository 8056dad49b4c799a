/** A folder of large photographs is read as drafts: what is said of them is what all pixels say. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { alterWorker, type OpenPage, openPage } from '../support/browser.js';
import { makePhotographs } from '../support/photographs.js';
import { TemporaryDirectory } from '../support/temporary.js';

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());
before(() => makePhotographs(directory));

/** Reads the folder, and waits until it is over. */
async function read(page: Page): Promise<Locator> {
  const element = page.locator('likeness-folder');
  await element
    .locator('#files')
    .setInputFiles(readdirSync(directory.path).map((name) => directory.file(name)));
  await element.locator('[data-part=progress][data-state=finished]').waitFor();
  return element;
}

async function exported(page: Page, kind: string): Promise<Buffer> {
  const download = page.waitForEvent('download');
  await page.locator(`likeness-folder [data-export=${kind}]`).click();
  return readFileSync(await (await download).path());
}

/** Of the embeddings that are remembered, how many are drafts and how many are whole. */
function remembered(page: Page): Promise<{ readonly drafts: number; readonly wholes: number }> {
  return page.evaluate(async () => {
    const result = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await result(indexedDB.open('likeness-folder'));
    const store = database.transaction('embeddings').objectStore('embeddings');
    const all: { embedding: { draft?: true } }[] = await result(store.getAll());
    database.close();
    const drafts = all.filter(({ embedding }) => embedding.draft === true).length;
    return { drafts, wholes: all.length - drafts };
  });
}

interface Said {
  readonly groups: string;
  readonly shown: string;
  readonly like: string;
}

/** What is said of copies, and of what is most alike to one picture. */
async function saidOf(page: Page, element: Locator): Promise<Said> {
  const groups = (await exported(page, 'json')).toString();
  const shown = await element.locator('[data-part=group]').innerText();
  await element.locator('[data-part=images] [data-part=more-like]').first().press('Enter');
  const like = await element.locator('[data-part=like]').innerText();
  return { groups, shown, like };
}

/** All groups where similar pictures are looked for, too. */
async function similarOf(page: Page, element: Locator): Promise<string> {
  await element.locator('[data-part=tune] > summary').click();
  await element.locator('input[name=kind][value=alike]').check();
  await element.locator('[data-part=searching]').waitFor({ state: 'detached' });
  await element.locator('#threshold').fill('20');
  await element.locator('[data-part=group-row][data-kind=alike]').first().waitFor();
  return (await exported(page, 'json')).toString();
}

function open(): Promise<OpenPage> {
  return openPage({ directory: 'build/harness', path: 'folder.html' });
}

test('groups, verdicts and scores of drafts are those of whole pictures, in a second visit too', async () => {
  await using whole = await open();
  await alterWorker(whole.page, 'delete globalThis.ImageDecoder;');
  const expected = await saidOf(whole.page, await read(whole.page));
  assert.deepEqual(await remembered(whole.page), { drafts: 0, wholes: 9 });

  await using drafts = await open();
  const { page } = drafts;
  const element = await read(page);
  // Those without copies and variants. Two files have the same bytes.
  assert.deepEqual(await remembered(page), { drafts: 2, wholes: 7 });
  assert.deepEqual(await saidOf(page, element), expected);
  const { pairs } = JSON.parse(expected.groups) as { pairs: readonly { verdict: string }[] };
  const verdicts = new Set(pairs.map(({ verdict }) => verdict));
  assert.deepEqual([...verdicts].sort(), ['identical', 'near-duplicate', 'variant']);

  await page.reload();
  const again = await read(page);
  assert.deepEqual(await remembered(page), { drafts: 2, wholes: 7 });
  assert.deepEqual(await saidOf(page, again), expected);
  const wholes = whole.page.locator('likeness-folder');
  assert.equal(await similarOf(page, again), await similarOf(whole.page, wholes));
  assert.deepEqual(await remembered(page), { drafts: 0, wholes: 9 });
  assert.deepEqual(await exported(page, 'npy'), await exported(whole.page, 'npy'));
  assert.deepEqual([...drafts.problems, ...whole.problems], []);
});
