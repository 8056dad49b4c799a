/** The scripts of `dedupe --script`, with a trash of their own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { runCli } from '../support/cli.js';
import { RAW_NAMES, rawPath, runScript, snapshotOf } from '../support/disk.js';
import { resizePixels } from '../support/edit.js';
import { internalModule } from '../support/internal.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { TemporaryDirectory } from '../support/temporary.js';

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());

/** Pictures that are nothing like each other. */
const PICTURES = [1, 5, 9].map((seed) => writePng(testPixels(160, 120, seed)));
const [ONE = Buffer.alloc(0), TWO = Buffer.alloc(0)] = PICTURES;

let places = 0;

/** A folder with files, whose names have a character for each byte, and a home folder beside it. */
function placeWith(
  files: Readonly<Record<string, Uint8Array>>,
  root = directory.file(`${places}`),
) {
  places += 1;
  const folder = join(root, 'pictures');
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = rawPath(folder, name);
    mkdirSync(rawPath(dirname(path.toString('latin1'))), { recursive: true });
    writeFileSync(path, content);
    // Of those that are equal the first one is kept.
    utimesSync(path, 1e9, 1e9);
  }
  const home = directory.file(`home-${places}`);
  mkdirSync(home);
  const script = directory.file(`review-${places}.mjs`);
  const environment = { HOME: home, XDG_DATA_HOME: '' };
  return {
    folder,
    script,
    trash: join(home, '.local/share/Trash'),
    at: (name: string): string => join(folder, name),
    /** Writes the script. */
    async dedupe(): Promise<void> {
      const { code, stderr } = await runCli(['dedupe', folder, '--script', script]);
      assert.equal(code, 1, stderr);
    },
    run: (args: readonly string[], flags: readonly string[] = []) =>
      runScript(script, args, environment, flags),
    environment,
  };
}

/** Which files are in a trash: where they were, and the sizes. */
function trashed(trash: string, base = ''): [from: string, size: number][] {
  return readdirSync(join(trash, 'info'), { encoding: 'buffer' })
    .map((name): [string, number] => {
      const info = name.toString('latin1');
      const text = readFileSync(rawPath(trash, 'info', info), 'utf8');
      const [, path = ''] =
        /^\[Trash Info\]\nPath=(\S+)\nDeletionDate=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\n$/.exec(text) ??
        [];
      const from = path.replaceAll(/%(..)/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      const file = info.replace(/\.trashinfo$/, '');
      return [join(base, from), statSync(rawPath(trash, 'files', file)).size];
    })
    .sort();
}

const AWKWARD = [
  'a\'b"c`$(d).png',
  '-rf.png',
  'new\nline.png',
  'sp ace/sp ace.png',
  Buffer.from('größe 写真 👩‍👩‍👧.png').toString('latin1'),
  `${'x'.repeat(251)}.png`,
  `b/${Buffer.from('é'.repeat(125)).toString('latin1')}.png`,
  'same name/in/two/places.png',
  'same name/in/2/places.png',
  Buffer.from('right\u202egnp.exe.png').toString('latin1'),
  '%41.png',
  '\\u0041.png',
  ...(RAW_NAMES ? ['d\xe9/caf\xe9.png', 'd\xe9/caf\\xE9.png'] : []),
];

test('files of whatever names go to the trash and come back', async (t) => {
  const place = placeWith({
    'kept.png': ONE,
    ...Object.fromEntries(AWKWARD.map((name) => [`deep/er/${name}`, ONE])),
    'alone.png': TWO,
  });
  const { folder, script, trash } = place;
  const before = snapshotOf(folder);
  await place.dedupe();

  await t.test(
    'the script is ASCII where a name could mislead, and prints what it would do',
    async () => {
      const text = readFileSync(script, 'utf8');
      assert.ok(text.includes('/right\\u202egnp.exe.png"'));
      assert.ok(!/[\u202a-\u202e]/.test(text));
      const { code, stdout } = await place.run([]);
      assert.equal(code, 0);
      assert.equal(stdout.match(/^would move {2}/gm)?.length, AWKWARD.length);
      assert.ok(stdout.includes(`keep        ${place.at('kept.png')}\n`));
      assert.ok(stdout.includes('deep/er/new\\nline.png'));
      assert.match(stdout, /\nNothing was moved: 1\d files, [\d.]+ \wB\.\n/);
      assert.ok(stdout.endsWith(`to the trash: node ${script} --apply\n`));
      assert.deepEqual(snapshotOf(folder), before);
    },
  );

  await t.test('without a terminal it moves nothing, unless it is told not to ask', async () => {
    const { code, stdout, stderr } = await place.run(['--apply']);
    assert.deepEqual([code, stdout], [2, 'Nothing was moved.\n']);
    assert.match(stderr, /^There is no terminal to ask at: --apply --yes /);
    const unknown = await place.run(['--aply']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /^"--aply" is not understood\./);
    assert.ok(!existsSync(trash));
    assert.deepEqual(snapshotOf(folder), before);
  });

  await t.test('--apply moves each to the trash, with where it was', async () => {
    const { code, stdout, stderr } = await place.run(['--apply', '--yes']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(
      stdout,
      new RegExp(`\n${AWKWARD.length} files moved to the trash, 0 left where they are\\.\n`),
    );
    assert.deepEqual(
      trashed(trash),
      AWKWARD.map((name) => [join(folder, 'deep/er', name), ONE.length]).sort(),
    );
    assert.equal(statSync(trash).mode & 0o777, 0o700);
    const left = [...snapshotOf(folder)].filter(([, content]) => content !== 'folder');
    assert.deepEqual(
      left.map(([name]) => name),
      ['alone.png', 'kept.png'],
    );
  });

  await t.test('once more there is nothing left to move', async () => {
    const { code, stdout } = await place.run(['--apply', '--yes']);
    assert.deepEqual([code, stdout], [0, 'There is nothing left to move.\n']);
  });

  await t.test('--undo brings all back, byte for byte', async () => {
    rmSync(join(folder, 'deep'), { recursive: true });
    const { code, stdout, stderr } = await place.run(['--undo']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.ok(stdout.endsWith(`${AWKWARD.length} files brought back, 0 not.\n`));
    assert.deepEqual(snapshotOf(folder), before);
    assert.deepEqual(trashed(trash), []);
    assert.ok(!existsSync(`${script}.moved`));
    const again = await place.run(['--undo']);
    assert.deepEqual([again.code, again.stdout], [0, '0 files brought back, 0 not.\n']);
  });

  await t.test('a line that is taken out of the list is a file that stays', async () => {
    const lines = readFileSync(script, 'utf8').split('\n');
    writeFileSync(script, lines.filter((line) => !line.includes('/-rf.png"')).join('\n'));
    assert.equal((await place.run(['--apply', '--yes'])).code, 0);
    assert.ok(existsSync(place.at('deep/er/-rf.png')));
    assert.equal((await place.run(['--undo'])).code, 0);
    assert.deepEqual(snapshotOf(folder), before);
  });
});

test('names without which the disk has no more room are not in the script', async () => {
  const place = placeWith({ 'a.png': ONE, 'b/copy.png': ONE });
  linkSync(place.at('b/copy.png'), place.at('b/linked.png'));
  await place.dedupe();
  const { stdout } = await place.run([]);
  assert.match(stdout, /^Nothing was moved: 0 files, 0 bytes\.\n/);
});

test('what is better in the trash is no reason to move what is not', async () => {
  const { width, height } = { width: 160, height: 120 };
  const large = testPixels(2 * width, 2 * height, 1);
  const small = writePng(resizePixels(large, width, height));
  const place = placeWith({ '.Trash-1000/large.png': writePng(large), 'small.png': small });
  const args = [place.folder, place.at('.Trash-1000')];
  const { stdout } = await runCli(['dedupe', ...args, '--script', place.script]);
  assert.match(stdout, /\n {2}keep .*large\.png/);
  assert.match((await place.run([])).stdout, /^Nothing was moved: 0 files, /);
});

test('what has changed since the report stays where it is', async (t) => {
  const cases: [string, RegExp, (at: (name: string) => string) => void][] = [
    [
      'the copy',
      /: it has changed since it was compared\n/,
      (at) => writeFileSync(at('b/copy.png'), TWO),
    ],
    [
      'the copy, in size and time the same',
      /: it has changed since it was compared\n/,
      (at) => {
        const bytes = Buffer.from(ONE);
        bytes[100] = (bytes[100] ?? 0) ^ 1;
        writeFileSync(at('b/copy.png'), bytes);
        utimesSync(at('b/copy.png'), 1e9, 1e9);
      },
    ],
    ['the copy is gone', /: it is not there any more\n/, (at) => rmSync(at('b/copy.png'))],
    [
      'the copy is a folder',
      /: it is no file any more\n/,
      (at) => {
        rmSync(at('b/copy.png'));
        mkdirSync(at('b/copy.png'));
      },
    ],
    [
      'the copy is a link to the one to keep',
      /: it is no file any more\n/,
      (at) => {
        rmSync(at('b/copy.png'));
        symlinkSync('../a.png', at('b/copy.png'));
      },
    ],
    [
      'the one to keep',
      /: the file to keep has changed since it was compared: /,
      (at) => writeFileSync(at('a.png'), TWO),
    ],
    [
      'the one to keep is gone',
      /: the file to keep is not there any more: /,
      (at) => rmSync(at('a.png')),
    ],
    [
      'the one to keep is a hard link of the copy',
      /: it is the same file as the one to keep\n/,
      (at) => {
        rmSync(at('a.png'));
        linkSync(at('b/copy.png'), at('a.png'));
      },
    ],
    [
      'the one to keep is a link to the copy',
      /: it is the same file as the one to keep\n/,
      (at) => {
        rmSync(at('a.png'));
        symlinkSync('b/copy.png', at('a.png'));
      },
    ],
  ];
  const place = placeWith({ 'a.png': ONE, 'b/copy.png': ONE });
  await place.dedupe();
  const renew = (): void => {
    rmSync(place.folder, { recursive: true });
    mkdirSync(place.at('b'), { recursive: true });
    for (const file of ['a.png', 'b/copy.png']) writeFileSync(place.at(file), ONE);
  };
  for (const [name, expected, change] of cases) {
    await t.test(name, async () => {
      renew();
      change(place.at);
      const changed = snapshotOf(place.folder);
      const { code, stdout } = await place.run(['--apply', '--yes']);
      assert.equal(code, 1);
      assert.match(stdout, expected);
      assert.match(stdout, /\n0 files moved to the trash, 1 left where they are\.\n$/);
      assert.deepEqual(snapshotOf(place.folder), changed);
    });
  }

  await t.test('a chain in which each is kept for the next one loses no content', async () => {
    renew();
    const text = readFileSync(place.script, 'utf8');
    const [, a, b] = /keep: ({.*}), spare: \[\n\s*({.*}),/.exec(text) ?? [];
    writeFileSync(place.script, text.replace('];\n', `  { keep: ${b}, spare: [${a}] },\n];\n`));
    const { code, stdout } = await place.run(['--apply', '--yes']);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^moved .*copy\.png\nnot moved .*a\.png: the file to keep is not there any more/,
    );
    assert.ok(existsSync(place.at('a.png')));
  });
});

test('what can not be brought back is named, and stays in the trash', async () => {
  const place = placeWith({
    'kept.png': ONE,
    ...Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`x/${name}.png`, ONE])),
  });
  await place.dedupe();
  assert.equal((await place.run(['--apply', '--yes'])).code, 0);
  writeFileSync(place.at('x/a.png'), 'another file');
  rmSync(join(place.trash, 'files/b.png'));
  writeFileSync(join(place.trash, 'files/c.png'), 'something else');
  const { code, stdout } = await place.run(['--undo']);
  assert.equal(code, 1);
  assert.deepEqual(stdout.split('\n'), [
    `back        ${place.at('x/d.png')}`,
    `not back    ${place.at('x/c.png')}: it is not in the trash any more`,
    `not back    ${place.at('x/b.png')}: it is not in the trash any more`,
    `not back    ${place.at('x/a.png')}: something else is there now`,
    '1 file brought back, 3 not.',
    '',
  ]);
  assert.equal(readFileSync(place.at('x/a.png'), 'utf8'), 'another file');
  renameSync(place.at('x/a.png'), place.at('x/other.png'));
  assert.match((await place.run(['--undo'])).stdout, /^not back .*\nnot back .*\nback .*a\.png\n/);
  assert.ok(readFileSync(place.at('x/a.png')).equals(ONE));
});

/** A module that kills the process at its third move, before or after it. */
function killerAt(when: 'before' | 'after'): string {
  const code = `
    import fs from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const { rename } = fs;
    let moves = 0;
    fs.rename = async (...paths) => {
      moves += 1;
      if (moves === 3 && '${when}' === 'before') process.kill(process.pid, 'SIGKILL');
      await rename(...paths);
      if (moves === 3) process.kill(process.pid, 'SIGKILL');
    };
    syncBuiltinESMExports();`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

test('killed half-way, it can be undone, and it can go on', async (t) => {
  const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `x/${name}.png`);
  for (const when of ['before', 'after'] as const) {
    await t.test(`${when} a move`, async () => {
      const place = placeWith({
        'kept.png': ONE,
        ...Object.fromEntries(names.map((name) => [name, ONE])),
      });
      const before = snapshotOf(place.folder);
      await place.dedupe();
      const killed = ['--import', killerAt(when)];
      const left = when === 'before' ? names.slice(2) : names.slice(3);
      for (const next of ['--undo', '--apply']) {
        assert.equal((await place.run(['--apply', '--yes'], killed)).code, null);
        assert.deepEqual(
          names.filter((name) => existsSync(place.at(name))),
          left,
        );
        if (next === '--apply') {
          const { code, stdout } = await place.run(['--apply', '--yes']);
          assert.equal(code, 0);
          assert.match(stdout, new RegExp(`\n${left.length} files moved to the trash, 0 left`));
        }
        assert.equal((await place.run(['--undo'])).code, 0);
        assert.deepEqual(snapshotOf(place.folder), before);
        assert.deepEqual(trashed(place.trash), []);
        assert.deepEqual(readdirSync(join(place.trash, 'files')), []);
      }
    });
  }

  await t.test('half a line of the record is none', async () => {
    const place = placeWith({ 'kept.png': ONE, 'x/copy.png': ONE });
    const before = snapshotOf(place.folder);
    await place.dedupe();
    assert.equal((await place.run(['--apply', '--yes'])).code, 0);
    const record = `${place.script}.moved`;
    writeFileSync(record, `${readFileSync(record, 'utf8')}/half/a/li`);
    assert.equal((await place.run(['--undo'])).code, 0);
    assert.deepEqual(snapshotOf(place.folder), before);
  });
});

const withoutTerminal =
  spawnSync('script', ['--version']).status !== 0 && 'needs script: apt-get install bsdutils';

test('at a terminal it asks first', { skip: withoutTerminal }, async () => {
  const place = placeWith({ 'kept.png': ONE, 'x/copy.png': ONE });
  await place.dedupe();
  const command = `'${process.execPath}' '${place.script}' --apply`;
  const answer = (input: string): string =>
    spawnSync('script', ['-qec', command, '/dev/null'], {
      input,
      env: { ...process.env, ...place.environment },
      encoding: 'utf8',
    }).stdout;
  for (const input of ['no\n', '\n', 'yes please\n', '\u0004']) {
    const output = answer(input);
    assert.match(output, /Move 1 file, [\d.]+ kB to the trash\? \(yes\/no\) /);
    assert.match(output, /Nothing was moved\.\r?\n/);
    assert.ok(existsSync(place.at('x/copy.png')));
  }
  assert.match(answer('yes\n'), /\r?\n1 file moved to the trash, 0 left where they are\.\r?\n/);
  assert.ok(!existsSync(place.at('x/copy.png')));
});

/** Another file system that everybody may write to. */
const OTHER_DISK = '/dev/shm';

const withoutOtherDisk =
  (!existsSync(OTHER_DISK) || statSync(OTHER_DISK).dev === statSync(directory.path).dev) &&
  `needs another file system at ${OTHER_DISK}`;

test('on another file system the trash is there', { skip: withoutOtherDisk }, async (t) => {
  const user = process.getuid?.() ?? 0;
  const own = join(OTHER_DISK, `.Trash-${user}`);
  const shared = join(OTHER_DISK, '.Trash');
  const missing = [own, shared].filter((path) => !existsSync(path));
  const root = mkdtempSync(join(OTHER_DISK, 'likeness-'));
  t.after(() => {
    for (const path of [root, ...missing]) rmSync(path, { recursive: true, force: true });
  });
  const place = placeWith({ 'kept.png': ONE, 'x/cöpy.png': ONE }, root);
  const before = snapshotOf(place.folder);
  await place.dedupe();
  const inTrash = (trash: string): boolean =>
    trashed(trash, OTHER_DISK).some(([path]) => path.startsWith(place.folder));
  const there = async (trash: string): Promise<void> => {
    assert.equal((await place.run(['--apply', '--yes'])).code, 0);
    assert.ok(inTrash(trash));
    assert.ok(!existsSync(join(place.trash, 'files')));
    assert.equal((await place.run(['--undo'])).code, 0);
    assert.deepEqual(snapshotOf(place.folder), before);
    assert.ok(!inTrash(trash));
  };
  await t.test("in the user's own folder at the top", () => there(own));
  await t.test(
    'in the folder for all users, where each can only remove what is theirs',
    async (st) => {
      if (!missing.includes(shared)) return st.skip(`${shared} is there`);
      mkdirSync(shared);
      chmodSync(shared, 0o1777);
      await there(join(shared, `${user}`));
      chmodSync(shared, 0o777);
      await there(own);
    },
  );
});

test('macOS is asked to move files, and says where they are', async () => {
  const place = placeWith({ 'kept.png': ONE, 'x/a.png': ONE, 'x/b.png': ONE });
  const before = snapshotOf(place.folder);
  await place.dedupe();
  const bin = directory.file('bin');
  const bag = directory.file('bag');
  for (const folder of [bin, bag]) mkdirSync(folder);
  // Takes what comes after the program, and refuses one file.
  writeFileSync(
    join(bin, 'osascript'),
    `#!/bin/sh\n[ "$1 $2 $3" = "-l JavaScript -e" ] || exit 3\ncase "$5" in */b.png) echo 'not allowed' >&2; exit 1;; esac\nmv -- "$5" '${bag}/' && echo "${bag}/$(basename -- "$5")"\n`,
    { mode: 0o755 },
  );
  const platform = `data:text/javascript,Object.defineProperty(process, 'platform', { value: 'darwin' }); process.env.PATH = ${encodeURIComponent(JSON.stringify(bin))} + ':' + process.env.PATH;`;
  const { code, stdout } = await place.run(['--apply', '--yes'], ['--import', platform]);
  assert.equal(code, 1);
  assert.match(stdout, /^moved .*a\.png\nnot moved .*b\.png: not allowed\n/);
  assert.deepEqual(readdirSync(bag), ['a.png']);
  assert.equal((await place.run(['--undo'])).code, 0);
  assert.deepEqual(snapshotOf(place.folder), before);
});

test('the Recycle Bin of Windows is told where a file was', async () => {
  const { recycleInfo } =
    await internalModule<typeof import('../../wasm/src/cli/review/trash.js')>(
      'cli/review/trash.js',
    );
  const bytes = recycleInfo('C:\\b\\ä.png', 0x1234, Date.UTC(2001, 8, 9, 1, 46, 40));
  // Version 2; the size; 2001-09-09 01:46:40 since 1601 in 100 ns; 10 characters; the path.
  assert.deepEqual(
    [
      bytes.readBigInt64LE(0),
      bytes.readBigInt64LE(8),
      bytes.readBigInt64LE(16),
      bytes.readInt32LE(24),
    ],
    [2n, 0x1234n, 126_444_736_000_000_000n, 11],
  );
  assert.equal(bytes.toString('utf16le', 28), 'C:\\b\\ä.png\0');
});

test('--script takes the name of a module', async () => {
  const { code, stderr } = await runCli(['dedupe', directory.path, '--script', 'x.sh']);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^invalid-argument: --script takes a file that ends in \.mjs, not "x\.sh"\./,
  );
});
