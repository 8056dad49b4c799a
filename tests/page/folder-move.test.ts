/** Spare files are moved and brought back in a file system that stops wherever it hurts. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { findFile } from '../../web/src/folder/directory.ts';
import {
  type KnownFile,
  type MoveReport,
  movedFiles,
  moveSpare,
  restoreSpare,
  SPARE_FOLDER,
  type SpareFile,
} from '../../web/src/folder/move.ts';
import { MemoryDirectory } from '../support/memory-directory.js';

const FILES = {
  'sea.jpg': 'the sea',
  'sea copy.jpg': 'the sea',
  'deep/er/sea.jpg': 'the sea, small',
  'deep/er/notes.txt': 'no picture',
  'rings.png': 'rings',
  'old/rings.png': 'rings!',
};

const SPARE: readonly (readonly [spare: string, keeper: string])[] = [
  ['sea copy.jpg', 'sea.jpg'],
  ['deep/er/sea.jpg', 'sea.jpg'],
  ['old/rings.png', 'rings.png'],
];

/** A file as the page has read it. */
async function known(directory: MemoryDirectory, path: string): Promise<KnownFile> {
  const file = await findFile(directory, path);
  assert.ok(file);
  const sha256 = createHash('sha256')
    .update(await file.text())
    .digest('hex');
  return { directory, path, bytes: file.size, modified: file.lastModified, sha256 };
}

async function spareOf(directory: MemoryDirectory, pairs = SPARE): Promise<SpareFile[]> {
  const files: SpareFile[] = [];
  for (const [spare, keeper] of pairs) {
    files.push({ spare: await known(directory, spare), keeper: await known(directory, keeper) });
  }
  return files;
}

/** All files but the logs. */
const pictures = (directory: MemoryDirectory) =>
  [...directory.files()].filter(([path]) => !path.includes('/likeness-log-'));

const inSpare = (path: string) => `${SPARE_FOLDER}/${path}`;
const logOf = (directory: MemoryDirectory) =>
  (directory.files().get(inSpare('likeness-log-1.jsonl')) ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { id: number; state: string; from?: string; at: string });

test('spare files are moved with their folders, told by the log, and brought back to the same tree', async () => {
  const directory = MemoryDirectory.create(FILES);
  const before = pictures(directory);
  const progress: string[] = [];
  const moved = await moveSpare(directory, await spareOf(directory), {
    onProgress: (done, total) => progress.push(`${done} of ${total}`),
  });
  assert.deepEqual(moved, { done: SPARE.map(([spare]) => spare), left: [] });
  assert.deepEqual(progress, ['1 of 3', '2 of 3', '3 of 3']);
  assert.deepEqual(
    pictures(directory).map(([path]) => path),
    [
      'deep/er/notes.txt',
      inSpare('deep/er/sea.jpg'),
      inSpare('old/rings.png'),
      inSpare('sea copy.jpg'),
      'rings.png',
      'sea.jpg',
    ],
  );
  const lines = logOf(directory);
  assert.deepEqual(
    lines.slice(0, 3).map(({ id, state }) => `${id} ${state}`),
    ['1 copying', '1 removing', '1 moved'],
  );
  assert.equal(lines[0]?.from, 'sea copy.jpg');
  assert.equal((await movedFiles(directory)).length, 3);
  // A later visit knows nothing but the folder.
  const restored = await restoreSpare(directory);
  assert.deepEqual(restored.left, []);
  assert.deepEqual(restored.done, SPARE.map(([spare]) => spare).reverse());
  assert.deepEqual(pictures(directory), before);
  assert.deepEqual(await movedFiles(directory), []);
  assert.deepEqual(await restoreSpare(directory), { done: [], left: [] });
});

test('what has changed since it was read stays, and so does what its keeper has left', async () => {
  const directory = MemoryDirectory.create(FILES);
  const files = await spareOf(directory);
  directory.put('sea copy.jpg', 'the sea');
  directory.take('rings.png');
  const before = pictures(directory);
  const { done, left } = await moveSpare(directory, files);
  assert.deepEqual(done, ['deep/er/sea.jpg']);
  assert.deepEqual(left, [
    { path: 'sea copy.jpg', because: 'changed', message: '' },
    { path: 'old/rings.png', because: 'keeper-changed', message: '' },
  ]);
  await restoreSpare(directory);
  assert.deepEqual(pictures(directory), before);
});

test('a file that somebody takes away while it is copied can be brought back', async () => {
  const directory = MemoryDirectory.create(FILES);
  const before = pictures(directory);
  const [file] = await spareOf(directory);
  assert.ok(file);
  let reads = 0;
  const restless = {
    getFileHandle: (name: string, options?: { create?: boolean }) => {
      reads += 1;
      // The first time it is read, then looked at again.
      if (reads === 2) directory.take(name);
      return directory.getFileHandle(name, options);
    },
  };
  const spare = { ...file.spare, directory: Object.assign(Object.create(directory), restless) };
  const { done, left } = await moveSpare(directory, [{ ...file, spare }]);
  assert.deepEqual([done, left], [['sea copy.jpg'], []]);
  assert.equal(directory.files().get(inSpare('sea copy.jpg')), 'the sea');
  await restoreSpare(directory);
  assert.deepEqual(pictures(directory), before);
});

test('bytes that changed behind size and time are noticed', async () => {
  const directory = MemoryDirectory.create(FILES);
  const [file] = await spareOf(directory);
  assert.ok(file);
  const { left } = await moveSpare(directory, [
    { ...file, spare: { ...file.spare, sha256: 'another' } },
    { ...file, keeper: { ...file.keeper, sha256: 'another' } },
  ]);
  assert.deepEqual(
    left.map(({ because }) => because),
    ['changed', 'keeper-changed'],
  );
});

test('one file under two paths comes back at once: it cannot stand in for itself', async () => {
  const directory = MemoryDirectory.create(FILES);
  const before = pictures(directory);
  const spare = await known(directory, 'deep/er/sea.jpg');
  // The same folder, chosen twice.
  const inner = await (await directory.getDirectoryHandle('deep')).getDirectoryHandle('er');
  const keeper = await known(inner, 'sea.jpg');
  const { done, left } = await moveSpare(directory, [{ spare, keeper }]);
  assert.deepEqual(done, []);
  assert.equal(left[0]?.because, 'keeper-changed');
  assert.deepEqual(pictures(directory), before);
});

test('nothing is written over: spare files get other names, and what is in the way stays there', async () => {
  const directory = MemoryDirectory.create({
    ...FILES,
    [inSpare('sea copy.jpg')]: 'somebody put it here',
    [inSpare('sea copy (2).jpg')]: 'this as well',
  });
  await moveSpare(directory, await spareOf(directory));
  assert.equal(directory.files().get(inSpare('sea copy (3).jpg')), 'the sea');
  directory.put('sea copy.jpg', 'a new picture of this name');
  const { done, left } = await restoreSpare(directory);
  assert.equal(done.length, 2);
  assert.deepEqual(left, [{ path: 'sea copy.jpg', because: 'occupied', message: '' }]);
  assert.equal(directory.files().get('sea copy.jpg'), 'a new picture of this name');
  directory.take('sea copy.jpg');
  assert.deepEqual((await restoreSpare(directory)).done, ['sea copy.jpg']);
  assert.equal(directory.files().get(inSpare('sea copy.jpg')), 'somebody put it here');
});

test('a full disk leaves every file where it is', async () => {
  const directory = MemoryDirectory.create({ ...FILES, 'sea copy.jpg': 'the sea '.repeat(1000) });
  const before = pictures(directory);
  const files = await spareOf(directory);
  // Room for the log and for small files.
  directory.disk.room = 7000;
  const { done, left } = await moveSpare(directory, files);
  assert.deepEqual(done, ['deep/er/sea.jpg', 'old/rings.png']);
  assert.equal(left[0]?.because, 'failed');
  assert.match(left[0]?.message ?? '', /Quota/u);
  directory.disk.room = 0;
  const stopped = await restoreSpare(directory);
  assert.deepEqual(stopped.done, []);
  assert.ok(stopped.failure instanceof DOMException && /Quota/u.test(stopped.failure.name));
  directory.disk.room = Number.POSITIVE_INFINITY;
  await restoreSpare(directory);
  assert.deepEqual(pictures(directory), before);
});

/** Each file of the tree is in one of its two places, or in both with the same bytes; nothing else is there but what is empty. */
function assertNothingLost(directory: MemoryDirectory, at: string): void {
  const now = directory.files();
  for (const [path, text] of Object.entries(FILES)) {
    const spare = SPARE.some(([name]) => name === path);
    const places = [now.get(path), ...(spare ? [now.get(inSpare(path))] : [])];
    assert.ok(places.includes(text), `${at}: ${path} is lost`);
    for (const place of places)
      assert.ok(place === undefined || place === '' || place === text, at);
  }
}

/** What the log says is so; of what is under way it says that it is. */
function assertLogTrue(directory: MemoryDirectory, at: string): void {
  const now = directory.files();
  const states = new Map<string, string>();
  const names = new Map<number, string>();
  for (const { id, state, from } of logOf(directory)) {
    if (from !== undefined) names.set(id, from);
    states.set(names.get(id) ?? '', state);
  }
  for (const [path] of SPARE) {
    const state = states.get(path) ?? 'left';
    const [original, spare] = [now.has(path), now.has(inSpare(path))];
    if (state === 'left' || state === 'restored')
      assert.deepEqual([original, spare], [true, false], at);
    if (state === 'moved') assert.deepEqual([original, spare], [false, true], at);
    if (state === 'copying') assert.ok(original, at);
    if (state === 'restoring') assert.ok(spare, at);
  }
}

/** Runs something again and again, stopped one operation later each time, until it comes to its end. */
async function stopEverywhere(
  prepare: (directory: MemoryDirectory) => Promise<() => Promise<MoveReport>>,
): Promise<number> {
  for (let stop = 0; ; stop += 1) {
    const directory = MemoryDirectory.create(FILES);
    const before = pictures(directory);
    const run = await prepare(directory);
    directory.disk.left = stop;
    const report = await run().catch(() => undefined);
    const at = `stopped after ${stop} operations`;
    const stopped = directory.disk.left === 0;
    directory.disk.left = Number.POSITIVE_INFINITY;
    assertNothingLost(directory, at);
    assertLogTrue(directory, at);
    // The next visit.
    const { left } = await restoreSpare(directory);
    assert.deepEqual(left, [], at);
    assert.deepEqual(pictures(directory), before, at);
    const again = await moveSpare(directory, await spareOf(directory));
    assert.equal(again.done.length, SPARE.length, at);
    assertLogTrue(directory, at);
    if (!stopped) {
      assert.equal(report?.done.length, SPARE.length);
      return stop;
    }
  }
}

test('a tab that is closed at any operation of a move loses nothing, and the log stays true', async () => {
  const operations = await stopEverywhere(async (directory) => {
    const files = await spareOf(directory);
    return () => moveSpare(directory, files);
  });
  assert.ok(operations > 50, `${operations} operations`);
});

test('a tab that is closed at any operation of the way back loses nothing either', async () => {
  const operations = await stopEverywhere(async (directory) => {
    await moveSpare(directory, await spareOf(directory));
    return () => restoreSpare(directory);
  });
  assert.ok(operations > 50, `${operations} operations`);
});

test('many files fill several logs, which are read as one; a line that is none is passed over', async () => {
  const names = Array.from({ length: 200 }, (_, at) => `copies/${at}.png`);
  const directory = MemoryDirectory.create({
    'one.png': 'one',
    ...Object.fromEntries(names.map((name) => [name, 'one'])),
  });
  const before = pictures(directory);
  await moveSpare(
    directory,
    await spareOf(
      directory,
      names.map((name) => [name, 'one.png']),
    ),
  );
  assert.ok(directory.files().has(inSpare('likeness-log-2.jsonl')));
  const text = directory.files().get(inSpare('likeness-log-1.jsonl')) ?? '';
  directory.put(inSpare('likeness-log-1.jsonl'), `no line\nnull\n{"id":7}\n${text}`);
  assert.equal((await movedFiles(directory)).length, 200);
  assert.equal((await restoreSpare(directory)).done.length, 200);
  assert.deepEqual(pictures(directory), before);
});

test('a move ends between two files when it is told to', async () => {
  const directory = MemoryDirectory.create(FILES);
  const controller = new AbortController();
  const { done } = await moveSpare(directory, await spareOf(directory), {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  assert.deepEqual(done, ['sea copy.jpg']);
  assertLogTrue(directory, 'ended');
});
