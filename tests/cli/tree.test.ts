/** The command line on folders as they are on disks: links, several names of one file, trash, strange names. */
import assert from 'node:assert/strict';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { readEmbeddings } from 'image-likeness/formats';
import { randomFractions } from '../../scripts/lib/random.mjs';
import { runCli } from '../support/cli.js';
import { RAW_NAMES, rawPath, runScript, sha256, snapshotOf } from '../support/disk.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { TemporaryDirectory } from '../support/temporary.js';

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());

interface Report {
  readonly pictures: number;
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly groups: readonly {
    readonly keep: string | null;
    readonly pictures: readonly {
      readonly path: string;
      readonly pathBytes?: string;
      readonly bytes: number;
      readonly hardLinks: readonly string[];
      readonly frees: number;
    }[];
  }[];
  readonly hardLinks: readonly (readonly string[])[];
}

/** Two pictures that are nothing like each other. */
const ONE = writePng(testPixels(160, 120, 1));
const OTHER = writePng(testPixels(160, 120, 9));

let folders = 0;

/** A new folder with these files. @returns what makes a path in it of a name */
function folderWith(files: Readonly<Record<string, Uint8Array | string>>) {
  const folder = directory.file(`${folders}`);
  folders += 1;
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return (name = ''): string => join(folder, name);
}

async function dedupe(...args: string[]): Promise<Report & { code: number | null }> {
  const { code, stdout, stderr } = await runCli(['dedupe', ...args, '--json']);
  assert.notEqual(stdout, '', stderr);
  return { code, ...(JSON.parse(stdout) as Report) };
}

test('a file under several spellings is one file', async (t) => {
  const at = folderWith({ 'a/one.png': ONE, 'b/other.png': OTHER });
  symlinkSync('a', at('to-a'));
  symlinkSync('a/one.png', at('to-one.png'));
  const cases: [string, string[]][] = [
    ['a folder twice', [at(), at()]],
    ['a folder, and one in it', [at(), at('a')]],
    ['a folder and a file in it', [at('a/one.png'), at()]],
    ['a link to a folder', [at('to-a'), at('a'), at('b')]],
    ['a link to a file', [at('to-one.png'), at()]],
    ['a path with dots', [`${at('b')}/../a`, at('a'), at('b')]],
    ['a relative and an absolute path', [relative('.', at('a')), at('a'), at('b')]],
  ];
  for (const [name, paths] of cases) {
    await t.test(name, async () => {
      const { code, pictures, groups, hardLinks } = await dedupe(...paths);
      assert.deepEqual([code, pictures, groups, hardLinks], [0, 2, [], []]);
    });
  }

  await t.test('search does not find the query by another name', async () => {
    linkSync(at('a/one.png'), at('b/linked.png'));
    const { stdout } = await runCli(['search', at('to-one.png'), at(), '--json']);
    const { matches } = JSON.parse(stdout) as { matches: { path: string }[] };
    assert.deepEqual(
      matches.map(({ path }) => path),
      [at('b/other.png')],
    );
  });

  await t.test('embed writes one row for it, and one for each hard link', async () => {
    const out = directory.file('rows.jsonl');
    assert.equal((await runCli(['embed', at('to-a'), at(), '--out', out])).code, 0);
    const rows = await readEmbeddings(readFileSync(out), 'jsonl');
    assert.deepEqual(
      rows.map(({ id }) => id),
      ['to-a/one.png', 'b/linked.png', 'b/other.png'].map(at),
    );
  });
});

test('hard links are named, are no copies, and free nothing', async () => {
  const at = folderWith({ 'a.png': ONE, 'sub/copy.png': ONE, 'z.png': OTHER });
  linkSync(at('sub/copy.png'), at('sub/linked.png'));
  linkSync(at('z.png'), at('z-again.png'));
  const { pictures, groups, hardLinks } = await dedupe(at());
  assert.equal(pictures, 3);
  assert.deepEqual(
    groups.map(({ keep, pictures: members }) => [keep, members.map(({ path }) => path)]),
    [[at('a.png'), [at('a.png'), at('sub/copy.png')]]],
  );
  const [kept, spare] = groups[0]?.pictures ?? [];
  assert.deepEqual([kept?.frees, kept?.hardLinks], [ONE.length, []]);
  assert.deepEqual([spare?.frees, spare?.hardLinks], [0, [at('sub/linked.png')]]);
  assert.deepEqual(hardLinks, [
    [at('sub/copy.png'), at('sub/linked.png')],
    [at('z-again.png'), at('z.png')],
  ]);
  symlinkSync('a.png', at('link.png'));
  const linked = await dedupe(at('link.png'), at('sub/copy.png'));
  assert.deepEqual(
    linked.groups.map((group) => group.pictures.map(({ path, frees }) => [path, frees])),
    [
      [
        [at('link.png'), 0],
        [at('sub/copy.png'), 0],
      ],
    ],
  );
  rmSync(at('link.png'));
  const text = await runCli(['dedupe', at()]);
  assert.match(
    text.stdout,
    /\nhard links, several names of one file, which take its bytes once:\n/,
  );
  assert.ok(
    text.stdout.includes(
      `        ${at('z-again.png')}\n          the same file as ${at('z.png')}\n`,
    ),
  );
  assert.match(text.stdout, /beside those to keep 1 file, 0 bytes\. Nothing was deleted\.\n$/);
  const csv = await runCli(['dedupe', at(), '--csv']);
  const rows = parse(csv.stdout, { columns: true }) as Record<string, string>[];
  assert.deepEqual(
    rows.map(({ kind, keep, path, partner, frees }) => [kind, keep, path, partner, frees]),
    [
      ['identical', 'yes', at('a.png'), at('sub/copy.png'), `${ONE.length}`],
      ['identical', 'no', at('sub/copy.png'), at('a.png'), '0'],
      ['hard-link', '', at('sub/linked.png'), at('sub/copy.png'), ''],
      ['hard-link', '', at('z.png'), at('z-again.png'), ''],
    ],
  );
});

test('of equal files the one that is not hidden, then in fewer folders, then older is kept', async (t) => {
  const age = (path: string, seconds: number): void => utimesSync(path, seconds, seconds);
  const cases: [string, Record<string, number>, string][] = [
    [
      'not the hidden one, though it is older',
      { '.a.png': 1e9, 'deep/er/b.png': 2e9 },
      'deep/er/b.png',
    ],
    ['the shallower one, though it is newer', { 'a/deep/one.png': 1e9, 'z.png': 2e9 }, 'z.png'],
    ['the older one, though its name comes last', { 'a.png': 2e9, 'z.png': 1e9 }, 'z.png'],
    ['the first one, where they are of one age', { 'b.png': 1e9, 'a.png': 1e9 }, 'a.png'],
  ];
  for (const [name, files, expected] of cases) {
    await t.test(name, async () => {
      const at = folderWith(Object.fromEntries(Object.keys(files).map((file) => [file, ONE])));
      for (const [file, seconds] of Object.entries(files)) age(at(file), seconds);
      const { groups } = await dedupe(at());
      assert.deepEqual(
        groups.map(({ keep }) => keep),
        [at(expected)],
      );
    });
  }

  await t.test('not the one in the trash, where that is named', async () => {
    const at = folderWith({ '.Trash-1000/a.png': ONE, 'x/y/z.png': ONE });
    const { groups } = await dedupe(at('.Trash-1000'), at());
    assert.equal(groups[0]?.keep, at('x/y/z.png'));
  });
});

const TRASH = ['#recycle', '@Recycle', '.Trash', '.Trash-1000', '$RECYCLE.BIN', '@eaDir', '.git'];

test('hidden, trash and thumbnail folders are left out unless they are named', async () => {
  const at = folderWith({
    'one.png': ONE,
    ...Object.fromEntries(TRASH.map((name) => [`${name}/deep/again.png`, ONE])),
  });
  const { stderr, stdout, code } = await runCli(['dedupe', at(), '--json']);
  assert.equal(code, 0);
  assert.equal(stderr, 'left out 7 hidden, trash or thumbnail folders; to read one, name it\n');
  const { pictures, skipped } = JSON.parse(stdout) as Report;
  assert.equal(pictures, 1);
  assert.deepEqual(skipped.map(({ path }) => path).sort(), TRASH.map((name) => at(name)).sort());
  for (const name of TRASH) {
    const { groups } = await dedupe(at(), at(name));
    assert.deepEqual(
      groups.map(({ keep, pictures: members }) => [keep, members.length]),
      [[at('one.png'), 2]],
      name,
    );
  }
});

test('--exclude', async (t) => {
  const names = ['a.png', 'b.PNG', 'raw/a.png', 'raw/x/b.png', 'sub/d[1].png', 'sub/raw/c.png'];
  const at = folderWith(Object.fromEntries(names.map((name) => [name, ONE])));
  const cases: [string[], string[]][] = [
    [['*.png'], ['b.PNG']],
    [['?.png'], ['b.PNG', 'sub/d[1].png']],
    [['raw'], ['a.png', 'b.PNG', 'sub/d[1].png']],
    [['/raw/'], ['a.png', 'b.PNG', 'sub/d[1].png', 'sub/raw/c.png']],
    [['raw/*.png'], ['a.png', 'b.PNG', 'raw/x/b.png', 'sub/d[1].png', 'sub/raw/c.png']],
    [['raw/**'], ['a.png', 'b.PNG', 'sub/d[1].png', 'sub/raw/c.png']],
    [['**/?.png'], ['b.PNG', 'sub/d[1].png']],
    [
      ['d[1].png', 'raw'],
      ['a.png', 'b.PNG'],
    ],
  ];
  for (const [patterns, expected] of cases) {
    await t.test(patterns.join(' '), async () => {
      const out = directory.file('left.jsonl');
      const options = patterns.flatMap((pattern) => ['--exclude', pattern]);
      const { code, stderr } = await runCli(['embed', at(), '--out', out, ...options]);
      assert.deepEqual([code, stderr], [0, '']);
      const rows = await readEmbeddings(readFileSync(out), 'jsonl');
      assert.deepEqual(
        rows.map(({ id }) => relative(at(), id)),
        expected,
      );
    });
  }

  await t.test('holds for files that are named, but not for the query of search', async () => {
    const shell = ['a.png', 'b.PNG', 'raw/a.png'].map(at);
    assert.equal((await dedupe(...shell, '--exclude', 'a.png')).pictures, 1);
    const { code, stdout } = await runCli(['search', at('a.png'), at(), '--exclude', 'a.png']);
    assert.equal(code, 0);
    assert.equal(stdout.trimEnd().split('\n').length, names.length - 2);
  });
});

test('what can not be read does not hide behind what can, nor the other way round', async (t) => {
  const at = folderWith({ 'good.png': ONE, 'damaged.png': ONE.subarray(0, 100), 'x.txt': 'text' });
  const three = ['good.png', 'damaged.png', 'x.txt'].map(at);

  await t.test('files that are named are skipped one by one', async () => {
    const skipped = `skipped ${three[1]}: corrupt-image\nskipped ${three[2]}: unsupported-format\n`;
    const out = directory.file('good.jsonl');
    for (const args of [
      ['dedupe', ...three],
      ['search', at('good.png'), ...three],
      ['embed', ...three, '--out', out],
    ]) {
      const { code, stderr } = await runCli(args);
      assert.deepEqual([code, stderr], [0, skipped], args[0]);
    }
    assert.equal((await readEmbeddings(readFileSync(out), 'jsonl')).length, 1);
  });

  await t.test('where nothing can be read, that is an error', async () => {
    const nothing = folderWith({ 'damaged.png': ONE.subarray(0, 100), 'x.txt': 'a', 'y.TXT': 'b' });
    const empty = folderWith({});
    const out = directory.file('nothing.jsonl');
    for (const path of [nothing(), empty()]) {
      for (const args of [
        ['dedupe', path],
        ['search', at('good.png'), path],
        ['embed', path, '--out', out],
      ]) {
        const { code, stdout, stderr } = await runCli(args);
        assert.deepEqual([code, stdout], [2, ''], args.join(' '));
        const expected =
          path === empty()
            ? `invalid-argument: There is no file to read in ${path}.\n`
            : `skipped ${nothing('damaged.png')}: corrupt-image\nskipped 2 files of other formats (unsupported-format): 2 .txt\ninvalid-argument: None of the 3 files in ${path} is an image that can be read: JPEG, PNG, BMP or GIF.\n`;
        assert.equal(stderr, expected);
      }
    }
    assert.ok(!existsSync(out));
  });

  await t.test('a query that can not be read is an error with its own code', async () => {
    const damaged = await runCli(['search', at('damaged.png'), at()]);
    assert.equal(damaged.code, 2);
    assert.match(damaged.stderr, /^corrupt-image: .*damaged\.png: [^\n]+\n$/);
    const folder = await runCli(['search', at(), at()]);
    assert.deepEqual([folder.code, folder.stdout], [2, '']);
    assert.match(folder.stderr, /^invalid-argument: .* is not an image file\. [^\n]+\n$/m);
  });

  await t.test(
    'names that are not UTF-8 are read, and shown in Unicode',
    { skip: !RAW_NAMES },
    async () => {
      const names = folderWith({ 'good.png': ONE, 'käse.png': OTHER });
      const raw = (name: string): Buffer => Buffer.from(names(name), 'latin1');
      mkdirSync(raw('d\xe9'));
      writeFileSync(raw('d\xe9/caf\xe9.png'), OTHER);
      writeFileSync(raw('d\xe9/damaged\xff.png'), ONE.subarray(0, 100));
      const path = names('d\\xE9/caf\\xE9.png');
      const { code, stdout, stderr } = await runCli(['dedupe', names(), '--json']);
      const damaged = names('d\\xE9/damaged\\xFF.png');
      assert.deepEqual([code, stderr], [1, `skipped ${damaged}: corrupt-image\n`]);
      const { pictures, skipped, groups } = JSON.parse(stdout) as Report;
      assert.equal(pictures, 3);
      assert.deepEqual(skipped, [{ path: damaged, reason: 'corrupt-image' }]);
      const [{ keep, pictures: members } = { keep: null, pictures: [] }] = groups;
      assert.equal(keep, names('käse.png'));
      assert.deepEqual(
        members.map((member) => [member.path, member.pathBytes]),
        [
          [path, raw('d\xe9/caf\xe9.png').toString('base64')],
          [names('käse.png'), undefined],
        ],
      );
      const text = await runCli(['dedupe', names()]);
      assert.ok(text.stdout.includes(`        ${path}  160 × 120`));
      const csv = await runCli(['dedupe', names(), '--csv']);
      assert.ok(csv.stdout.includes(`1,identical,no,${path},`));
      const out = directory.file('raw.jsonl');
      assert.equal((await runCli(['embed', names(), '--out', out])).code, 0);
      const rows = await readEmbeddings(readFileSync(out), 'jsonl');
      assert.deepEqual(
        rows.map(({ id }) => id),
        [path, names('good.png'), names('käse.png')],
      );
      const { stdout: matches } = await runCli(['search', names('käse.png'), names(), '-k', '1']);
      assert.ok(matches.endsWith(`  ${path}\n`));
      assert.equal((await dedupe(names(), '--exclude', 'caf?.png')).pictures, 2);
    },
  );

  await t.test('what the system says comes without the words of Node', async () => {
    const { code, stderr } = await runCli(['dedupe', at('missing'), at()]);
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `invalid-argument: Can't read ${at('missing')}: no such file or directory. See image-likeness --help.\n`,
    );
  });
});

const TREES = 25;

type Named = Pick<Report['groups'][number]['pictures'][number], 'path' | 'pathBytes'>;

/** The path of a picture for `node:fs`. */
function nameOf({ path, pathBytes }: Named): string | Buffer {
  return pathBytes === undefined ? path : Buffer.from(pathBytes, 'base64');
}

/** Whether a file is there, by whatever links it is named. */
function inTrash(picture: Named): boolean {
  return realpathSync
    .native(nameOf(picture), 'latin1')
    .split(sep)
    .some((name) => TRASH.includes(name));
}

test('what is spare can go: of every content a file stays, outside the trash where one was', async (t) => {
  const contents = [1, 5, 9].map((seed) => writePng(testPixels(160, 120, seed)));
  let [removed, moved] = [0, 0];
  for (let seed = 1; seed <= TREES; seed += 1) {
    await t.test(`tree ${seed}`, async () => {
      const next = randomFractions(seed);
      const at = folderWith({});
      const roots = growTree(at(), contents, next);
      const before = contentsBelow(at());
      const visible = contentsBelow(at(), (name) => TRASH.includes(name));
      const nothingIsLost = (): void => {
        assert.deepEqual(contentsBelow(at()), before);
        const stillVisible = contentsBelow(at(), (name) => TRASH.includes(name));
        assert.deepEqual(stillVisible, visible);
      };
      const script = directory.file(`review-${seed}.mjs`);
      const { groups } = await dedupe(...roots, '--script', script);
      const tree = snapshotOf(at());
      const home = { HOME: directory.file(`home-${seed}`), XDG_DATA_HOME: '' };
      const applied = await runScript(script, ['--apply', '--yes'], home);
      assert.equal(applied.code, 0, applied.stdout + applied.stderr);
      moved += applied.stdout.match(/^moved /gm)?.length ?? 0;
      nothingIsLost();
      const undone = await runScript(script, ['--undo'], home);
      assert.equal(undone.code, 0, undone.stdout + undone.stderr);
      assert.deepEqual(snapshotOf(at()), tree);

      // Also where all that is spare goes at once, links and hard links with it.
      for (const { keep, pictures } of groups) {
        const kept = pictures.find(({ path }) => path === keep);
        assert.ok(kept !== undefined);
        assert.ok(!inTrash(kept) || pictures.every(inTrash));
        for (const picture of pictures) {
          if (picture === kept) continue;
          unlinkSync(nameOf(picture));
          removed += 1;
        }
        assert.ok(existsSync(nameOf(kept)));
      }
      nothingIsLost();
    });
  }
  assert.ok(
    removed > TREES && moved > TREES / 2,
    `only ${removed} files were spare, ${moved} moved`,
  );
  t.diagnostic(`${removed} files were spare, ${moved} went to the trash and came back`);
});

/**
 * Files, hard links, symbolic links to files and folders, names in two cases and such that are no UTF-8, trash.
 * @returns paths to name on the command line: the folder, and some of what is in it, in several spellings
 */
function growTree(root: string, contents: readonly Uint8Array[], next: () => number): string[] {
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(next() * items.length)];
    assert.ok(item !== undefined);
    return item;
  };
  // Trash is nearer the root than anything else.
  const start = join(root, 'deep', 'start.png');
  mkdirSync(dirname(start));
  writeFileSync(start, pick(contents));
  const folders = [dirname(start)];
  const files = [start];
  const links: string[] = [];
  const freshName = (endings: readonly string[]): string => {
    for (;;) {
      const name = `${pick(['a', 'A', 'b', 'B', '.c', 'ä'])}${pick(endings)}`;
      const path = join(pick(folders), name);
      if (!existsSync(path) && !links.includes(path)) return path;
      folders.push(...growFolder(pick(folders)));
    }
  };
  const growFolder = (parent: string): string[] => {
    const name = pick(['x', 'X', 'y', ...TRASH]);
    const path = join(TRASH.includes(name) ? root : parent, name);
    if (existsSync(path)) return [];
    mkdirSync(path);
    return [path];
  };
  const endings = ['.png', '.PNG', '1.png', '2.png'];
  for (let step = 0; step < 14; step += 1) {
    const what = next();
    if (what < 0.2) folders.push(...growFolder(pick(folders)));
    else if (what < 0.6) {
      const text = freshName(endings);
      // A character as a byte: ä is no UTF-8 then.
      const raw = RAW_NAMES && text.includes('ä') && next() < 0.5;
      const path = raw ? rawPath(text) : text;
      if (!raw) files.push(text);
      writeFileSync(path, pick(contents));
      const seconds = Math.floor(1e9 + next() * 3);
      utimesSync(path, seconds, seconds);
    } else if (what < 0.8) {
      const path = freshName(endings);
      linkSync(pick(files), path);
      files.push(path);
    } else {
      const path = freshName(['-link', '-link.png']);
      symlinkSync(pick([...files, ...folders]), path);
      links.push(path);
    }
  }
  const spelled = (path: string): string =>
    pick([path, relative('.', path), `${dirname(path)}/./${basename(path)}`]);
  const more = Array.from({ length: 4 }, () => spelled(pick([...files, ...folders, ...links])));
  return next() < 0.5 ? [spelled(root), ...more] : [...more, spelled(root)];
}

/** The SHA-256 of every content that some file below a folder has, links not followed. */
function contentsBelow(
  folder: string,
  without: (folderName: string) => boolean = () => false,
): string[] {
  const found = new Set<string>();
  const paths: string[] = [''];
  for (const path of paths) {
    for (const entry of readdirSync(rawPath(folder, path), {
      withFileTypes: true,
      encoding: 'buffer',
    })) {
      const name = entry.name.toString('latin1');
      if (entry.isFile()) found.add(sha256(readFileSync(rawPath(folder, path, name))));
      else if (entry.isDirectory() && !without(name)) paths.push(`${path}/${name}`);
    }
  }
  return [...found].sort();
}
