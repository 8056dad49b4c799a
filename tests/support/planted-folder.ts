/** A folder of pictures in the browser's own file system, with copies planted in it, which is tidied up by the page. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { Pictures } from '../browser/harness/pictures.js';

/** Name of the folder in the origin private file system. */
const ALBUM = 'album';

/** A file of the album by its path, as the hexadecimal SHA-256 of its bytes. */
export type Tree = Readonly<Record<string, string>>;

/** As much of the element as is used. */
interface Folder extends HTMLElement {
  open(directory: FileSystemDirectoryHandle): Promise<void>;
}

/** Writes so many pictures, of which the last ones are copies of the first: half of them the same file, half encoded again. */
export async function plant(page: Page, count: number, copies: number): Promise<void> {
  await page.waitForFunction('window.pictures');
  await page.evaluate(
    async ([album, originals, planted]) => {
      const { render, jpeg } = (window as unknown as { pictures: Pictures }).pictures;
      const root = await navigator.storage.getDirectory();
      const chosen = await root.getDirectoryHandle(album, { create: true });
      const put = async (folder: string, name: string, content: Blob): Promise<void> => {
        const directory = await chosen.getDirectoryHandle(folder, { create: true });
        const writer = await (
          await directory.getFileHandle(name, { create: true })
        ).createWritable();
        await writer.write(content);
        await writer.close();
      };
      for (let at = 0; at < originals; at += 1) {
        const drawn = render(at);
        const blob = await jpeg(drawn, 0.92);
        await put(`year ${at % 4}`, `${at}.jpg`, blob);
        if (at >= planted) continue;
        // Some have the name of their original.
        await put('copies', `${at}.jpg`, at % 2 === 0 ? blob : await jpeg(drawn, 0.8));
      }
      await put('copies', 'notes.txt', new Blob(['no picture']));
    },
    [ALBUM, count - copies, copies] as const,
  );
}

/** Everything in the album. */
export function treeOf(page: Page): Promise<Tree> {
  return page.evaluate(async (album) => {
    const tree: Record<string, string> = {};
    const walk = async (directory: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
      const listing = directory as unknown as { values(): AsyncIterable<FileSystemHandle> };
      for await (const handle of listing.values()) {
        const path = prefix + handle.name;
        if (handle.kind === 'directory') {
          await walk(handle as FileSystemDirectoryHandle, `${path}/`);
        } else {
          const bytes = await (await (handle as FileSystemFileHandle).getFile()).arrayBuffer();
          const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
          tree[path] = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        }
      }
    };
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle(album), '');
    return tree;
  }, ALBUM);
}

/** Has the page read the album, as if it had been chosen. */
export async function choose(page: Page): Promise<Locator> {
  const element = page.locator('likeness-folder');
  await element.evaluate(async (node, album) => {
    const root = await navigator.storage.getDirectory();
    await (node as Folder).open(await root.getDirectoryHandle(album));
  }, ALBUM);
  return element;
}

/** Pictures and other files, without the logs. */
export function withoutLogs(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).filter(([path]) => !path.startsWith('likeness-spare/likeness-log-')),
  );
}

/** The lines of the logs. */
export async function readLog(page: Page): Promise<{ id: number; state: string; from?: string }[]> {
  const text = await page.evaluate(async (album) => {
    const root = await navigator.storage.getDirectory();
    const spare = await (await root.getDirectoryHandle(album)).getDirectoryHandle('likeness-spare');
    let all = '';
    for (let number = 1; ; number += 1) {
      try {
        const file = await spare.getFileHandle(`likeness-log-${number}.jsonl`);
        all += await (await file.getFile()).text();
      } catch {
        return all;
      }
    }
  }, ALBUM);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { id: number; state: string; from?: string });
}

const SPARE = 'likeness-spare/';

/** Each file is in one of its two places, or on its way in both with the same bytes. What is on its way has no bytes yet, or those. */
export function assertNothingLost(before: Tree, now: Tree): void {
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  for (const [path, hash] of Object.entries(before)) {
    const places = [now[path], now[SPARE + path]];
    assert.ok(places.includes(hash), `${path} is lost`);
    for (const place of places) assert.ok([undefined, empty, hash].includes(place), path);
  }
}

/** What the log says has been done is done. @returns how many files it says were moved */
export function assertLogTrue(
  lines: readonly { id: number; state: string; from?: string }[],
  now: Tree,
): number {
  const names = new Map<number, string>();
  const states = new Map<string, string>();
  for (const { id, state, from } of lines) {
    if (from !== undefined) names.set(id, from);
    states.set(names.get(id) ?? '', state);
  }
  let moved = 0;
  for (const [path, state] of states) {
    const places = [path in now, SPARE + path in now];
    if (state === 'moved') assert.deepEqual(places, [false, true], path);
    if (state === 'left' || state === 'restored') assert.deepEqual(places, [true, false], path);
    if (state === 'copying') assert.ok(places[0], path);
    moved += Number(state === 'moved');
  }
  return moved;
}
