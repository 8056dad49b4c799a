/** The command line on whole folders: duplicates, search, shards, and what is remembered. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'csv-parse/sync';
import { createLikeness } from 'image-likeness';
import { readEmbeddings, type StoredEmbedding } from 'image-likeness/formats';
import { finished, runCli, startCli } from '../support/cli.js';
import { fillPixels, resizePixels } from '../support/edit.js';
import { writeJpeg } from '../support/jpeg.js';
import { FOLDER_PICTURES, killHalfWay, recordsIn, writeFolder } from '../support/picture-folder.js';
import { writePng } from '../support/png.js';
import { samplePixels } from '../support/samples.js';
import { TemporaryDirectory } from '../support/temporary.js';

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());

const folder = directory.file('pictures');
writeFolder(folder);

const SKIPPED = [
  `skipped ${folder}/link.jpg: symbolic link, not followed`,
  `skipped ${folder}/empty.jpg: corrupt-image`,
  'skipped 1 file of other formats (unsupported-format): 1 .txt',
];

const pathOf = (name: string): string => join(folder, name);

const FRUIT = ['a/fruit-again.jpg', 'b/fruit-small.jpg', 'fruit.jpg', 'fruit.png'].map(pathOf);
const SEA = ['a/sea-mirrored.png', 'a/sea.jpg'].map(pathOf);
const RINGS = ['rings-again.png', 'rings.png'].map(pathOf);

interface Report {
  readonly pictures: number;
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly groups: readonly {
    readonly kind: string;
    readonly keep: string | null;
    readonly pictures: readonly { readonly path: string; readonly bytes: number }[];
    readonly pairs: readonly {
      readonly a: string;
      readonly b: string;
      readonly sameBytes: boolean;
      readonly score: number;
      readonly verdict: string;
      readonly evidence: { readonly changes: readonly { readonly kind: string }[] };
    }[];
  }[];
}

async function embeddingsIn(path: string): Promise<StoredEmbedding[]> {
  return readEmbeddings(readFileSync(path), 'parquet');
}

test('dedupe', async (t) => {
  await t.test('says in words what belongs together, why, and which to keep', async () => {
    const { code, stdout, stderr } = await runCli(['dedupe', folder]);
    assert.equal(code, 1);
    assert.deepEqual(stderr.trimEnd().split('\n'), SKIPPED);
    assert.match(stdout, /^group 1: near-duplicate, 4 images\n/);
    assert.match(stdout, /\ngroup 2: near-duplicate, 2 images\n/);
    assert.match(stdout, /near-duplicate, mirrored, score \d+\.\d, cosine \d\.\d{3}; with /);
    // The older one of two that are the same.
    const [spare = '', kept = ''] = RINGS;
    const identical = stdout.slice(stdout.indexOf('group 3')).replaceAll(/[\d.]+ kB/g, 'SIZE');
    assert.ok(
      identical.startsWith(
        `group 3: identical, 2 images\n        ${spare}  150 × 150, SIZE\n          the same bytes as ${kept}\n  keep  ${kept}  150 × 150, SIZE\n`,
      ),
    );
    assert.match(
      stdout,
      /\n3 groups among 10 images, 3 skipped; beside those to keep 5 files, [\d.]+ \wB\. Nothing was deleted\.\n$/,
    );
  });

  await t.test(
    '--json has every pair with its evidence, as likeness.similarity gives it',
    async () => {
      const { code, stdout } = await runCli(['dedupe', folder, '--json']);
      assert.equal(code, 1);
      const { pictures, skipped, groups } = JSON.parse(stdout) as Report;
      assert.equal(pictures, FOLDER_PICTURES.length);
      assert.deepEqual(
        skipped.map(({ path, reason }) => [path, reason]),
        [
          [pathOf('link.jpg'), 'symbolic link, not followed'],
          [pathOf('empty.jpg'), 'corrupt-image'],
          [pathOf('notes.txt'), 'unsupported-format'],
        ],
      );
      assert.deepEqual(
        groups.map((group) => group.pictures.map(({ path }) => path)),
        [FRUIT, SEA, RINGS],
      );
      const [fruit, sea] = groups;
      // As many pixels as two others, and the largest file. Each of the others is held against it.
      const kept = pathOf('fruit.png');
      assert.equal(fruit?.keep, kept);
      assert.deepEqual(
        fruit?.pairs.map(({ a, b }) => (a === kept ? b : a)),
        FRUIT.filter((path) => path !== kept),
      );
      const [same] = groups[2]?.pairs ?? [];
      assert.deepEqual(
        [same?.a, same?.b, same?.verdict, same?.sameBytes],
        [...RINGS, 'identical', true],
      );
      const [pair] = sea?.pairs ?? [];
      assert.ok(pair !== undefined);
      assert.deepEqual(
        pair.evidence.changes.map(({ kind }) => kind),
        ['mirrored'],
      );
      await using likeness = await createLikeness();
      const [a, b] = await Promise.all(
        SEA.map((path) => likeness.embed(readFileSync(path), { detail: true })),
      );
      assert.ok(a !== undefined && b !== undefined);
      const { sameBytes, a: _a, b: _b, ...similarity } = pair;
      assert.equal(sameBytes, false);
      assert.deepEqual(similarity, await likeness.similarity(a, b));
    },
  );

  await t.test('--csv has a row for every picture of a group', async () => {
    const { stdout } = await runCli(['dedupe', folder, '--csv']);
    const rows = parse(stdout, { columns: true }) as Record<string, string>[];
    assert.deepEqual(
      rows.map(({ group, path }) => [group, path]),
      [
        ...FRUIT.map((path) => ['1', path]),
        ...SEA.map((path) => ['2', path]),
        ...RINGS.map((path) => ['3', path]),
      ],
    );
    assert.equal(rows.filter(({ keep }) => keep === 'yes').length, 3);
    for (const { partner, verdict } of rows) {
      assert.ok([...FRUIT, ...SEA, ...RINGS].includes(partner ?? ''));
      assert.match(verdict ?? '', /^(identical|near-duplicate)$/);
    }
  });

  await t.test(
    'of copies of one size the one with more detail is kept, whatever the size of its file',
    async () => {
      const copies = directory.file('soft');
      mkdirSync(copies);
      const sea = samplePixels('sea');
      const small = resizePixels(sea, sea.width >> 2, sea.height >> 2);
      const soft = writePng(resizePixels(small, sea.width, sea.height));
      const sharp = writeJpeg(sea, 60);
      assert.ok(soft.length > sharp.length);
      writeFileSync(join(copies, 'a.png'), soft);
      writeFileSync(join(copies, 'b.jpg'), sharp);
      const cache = directory.file('soft-cache');
      for (const expectation of ['measured', 'remembered']) {
        const { stdout } = await runCli(['dedupe', copies, '--json', '--cache', cache]);
        const [group] = (JSON.parse(stdout) as Report).groups;
        assert.equal(group?.keep, join(copies, 'b.jpg'), expectation);
      }
      const { stdout } = await runCli(['cache', 'info', '--cache', cache]);
      assert.match(stdout, /: 2 images, /);
    },
  );

  await t.test('--threshold names what is like one picture, and none of it is spare', async () => {
    const { stdout } = await runCli(['dedupe', folder, '--threshold', '0', '--json']);
    const { groups } = JSON.parse(stdout) as Report;
    assert.deepEqual(
      groups.map(({ kind, keep }) => [kind, keep !== null]),
      [
        ['near-duplicate', true],
        ['near-duplicate', true],
        ['identical', true],
        ['similar', false],
      ],
    );
    const [similar] = groups.slice(3);
    // One of each group of copies, and the pictures without any.
    assert.equal(similar?.pictures.length, 5);
    assert.equal(similar?.pairs.length, 4);
    const text = await runCli(['dedupe', folder, '--threshold', '0']);
    assert.match(text.stdout, /\ngroup 4: similar, 5 images\n/);
    assert.match(text.stdout, /\n4 groups .* beside those to keep 5 files, /);
  });

  await t.test('variants are told apart, and are no reason to remove anything', async () => {
    const invoices = directory.file('invoices');
    mkdirSync(invoices);
    const sea = samplePixels('sea');
    const { width, height } = sea;
    writeFileSync(join(invoices, 'a.png'), writePng(sea));
    const place = { x: width >> 1, y: height >> 1, width: width >> 3, height: height >> 3 };
    const stamped = samplePixels('sea');
    fillPixels(stamped, place, [0, 0, 0]);
    writeFileSync(join(invoices, 'b.png'), writePng(stamped));
    const { code, stdout } = await runCli(['dedupe', invoices, '--json']);
    assert.equal(code, 1);
    const { groups, variants } = JSON.parse(stdout) as Report & {
      variants: { a: string; b: string; verdict: string }[];
    };
    assert.deepEqual(groups, []);
    assert.deepEqual(
      variants.map(({ a, b, verdict }) => [a, b, verdict]),
      [[join(invoices, 'a.png'), join(invoices, 'b.png'), 'variant']],
    );
    const text = await runCli(['dedupe', invoices]);
    assert.match(text.stdout, /^variants, which show the same but for some places: 1 pair\n/);
    assert.match(text.stdout, /b\.png\n +variant, .*; with .*a\.png\n/);
    const csv = await runCli(['dedupe', invoices, '--csv']);
    const rows = parse(csv.stdout, { columns: true }) as Record<string, string>[];
    assert.deepEqual(
      rows.map(({ group, kind, keep }) => [group, kind, keep]),
      [['', 'variant', '']],
    );
  });

  await t.test('ends with 0 where there is none, with 2 on an error', async () => {
    const { code, stdout } = await runCli(['dedupe', pathOf('b')]);
    assert.deepEqual([code, stdout], [0, 'no duplicates among 2 images\n']);
    const cases: [string[], RegExp][] = [
      [['dedupe', pathOf('missing')], /^invalid-argument: Can't read .*missing/],
      [['dedupe', folder, '--json', '--csv'], /^invalid-argument: --json and --csv/],
      [['dedupe', folder, '--threshold', '101'], /^invalid-argument: --threshold takes/],
      [['search', folder], /^invalid-argument: search takes/],
      [['search', pathOf('fruit.jpg'), folder, '-k', '0'], /^invalid-argument: -k takes/],
      [['embed', folder, '--out', 'x.npy', '--shard', '3/2'], /^invalid-argument: --shard takes/],
      [['embed', folder, '--out', 'x.npy', '--cache', 'x', '--no-cache'], /^invalid-argument: --c/],
    ];
    for (const [args, expected] of cases) {
      const run = await runCli(args);
      assert.equal(run.code, 2, args.join(' '));
      assert.match(run.stderr, expected);
    }
  });
});

test('search names the most alike, best first, and not the query itself', async () => {
  const query = pathOf('b/fruit-small.jpg');
  const others = FRUIT.filter((path) => path !== query);
  const { stdout } = await runCli(['search', query, folder, '-k', '4', '--json']);
  const { matches } = JSON.parse(stdout) as { matches: { path: string; score: number }[] };
  const paths = matches.map(({ path }) => path);
  assert.deepEqual(paths.slice(0, 3).sort(), others.sort());
  assert.equal(paths[3], pathOf('b/other-fruit.jpg'));
  const csv = await runCli(['search', query, folder, '-k', '4', '--csv']);
  assert.equal(csv.code, 0);
  const rows = parse(csv.stdout, { columns: true }) as { path: string; score: string }[];
  assert.deepEqual(
    rows.map(({ path, score }) => ({ path, score: Number(score) })),
    matches.map(({ path, score }) => ({ path, score })),
  );
});

test('shards joined are the whole, and DuckDB reads them as one table', async (t) => {
  const recipe = readFileSync('docs/recipes/many-machines.md', 'utf8');
  const [createView, nearest] = [...recipe.matchAll(/```sql\n(.*?)```/gs)].map(
    ([, sql = '']) => sql,
  );
  assert.ok(createView && nearest);
  const whole = directory.file('whole.parquet');
  await runCli(['embed', folder, '--out', whole, '--no-cache', '--workers', '1']);
  const expected = await embeddingsIn(whole);
  assert.equal(expected.length, FOLDER_PICTURES.length);
  const parts = directory.file('parts');
  mkdirSync(parts);
  const joined: StoredEmbedding[] = [];
  for (const number of [1, 2, 3]) {
    const out = join(parts, `part-${number}.parquet`);
    const { code } = await runCli(['embed', folder, '--out', out, '--shard', `${number}/3`]);
    assert.equal(code, 0);
    joined.push(...(await embeddingsIn(out)));
  }
  const byId = (a: StoredEmbedding, b: StoredEmbedding): number => (a.id < b.id ? -1 : 1);
  assert.deepEqual(joined.sort(byId), expected.sort(byId));

  await t.test('the table of the parts equals that of the whole', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    t.after(() => {
      connection.closeSync();
      instance.closeSync();
    });
    await connection.run(createView.replace('part-*', join(parts, 'part-*')));
    const rowsOf = async (from: string) =>
      (await connection.runAndReadAll(`SELECT * FROM ${from} ORDER BY id`)).getRowObjectsJS();
    const rows = await rowsOf('pictures');
    assert.deepEqual(rows, await rowsOf(`read_parquet('${whole}')`));
    assert.deepEqual(
      rows.map(({ id, embedding }) => [id, Float32Array.from(embedding as number[])]),
      expected.map(({ id, vector }) => [id, vector]),
    );
    const id = pathOf('fruit.jpg');
    const found = (await connection.runAndReadAll(nearest, { id })).getRowObjectsJS();
    await using likeness = await createLikeness();
    const query = expected.find((embedding) => embedding.id === id);
    assert.ok(query !== undefined);
    const others = expected.filter((embedding) => embedding.id !== id);
    for (const [place, ours] of (await likeness.nearest(query, others, 3)).entries()) {
      assert.ok(Math.abs(Number(found[place]?.['cosine']) - ours.cosine) < 1e-6);
    }
  });

  await t.test('a shard without pictures succeeds and leaves no file', async () => {
    const lone = directory.file('lone');
    mkdirSync(lone);
    writeFileSync(join(lone, 'a.jpg'), readFileSync(pathOf('fruit.jpg')));
    const codes = new Set<number | null>();
    const printed: string[] = [];
    for (const shard of ['1/2', '2/2']) {
      const out = directory.file('lone.npz');
      const { code, stdout } = await runCli(['embed', lone, '--out', out, '--shard', shard]);
      codes.add(code);
      printed.push(stdout);
    }
    assert.deepEqual([...codes], [0]);
    assert.equal(printed.filter((text) => text.includes('not written')).length, 1);
  });
});

test('what was computed is remembered', async (t) => {
  const fresh = await runCli(['dedupe', folder, '--json', '--no-cache']);
  const outcomes = async (cache: string, args: readonly string[] = []) => {
    const run = await runCli(['dedupe', folder, '--json', '--cache', cache, ...args]);
    assert.deepEqual(run, fresh);
  };

  await t.test('a second run answers alike and computes nothing', async () => {
    const cache = directory.file('twice');
    await outcomes(cache);
    const records = recordsIn(cache);
    assert.equal(records.size, 1);
    await outcomes(cache, ['--workers', '0']);
    assert.deepEqual(recordsIn(cache), records);
    const info = await runCli(['cache', 'info', '--cache', cache]);
    // Two of the ten files are copies of others.
    assert.match(info.stdout, /\n {2}mobilenetv2-lite-[0-9a-f]{16}: 8 images, [\d.]+ kB\n$/);
    assert.equal((await runCli(['cache', 'clear', '--cache', cache])).code, 0);
    assert.equal(recordsIn(cache).size, 0);
  });

  await t.test('a record that was torn is cut off, damage is computed again', async () => {
    const cache = directory.file('torn');
    await outcomes(cache);
    const [[name, size] = ['', 0]] = recordsIn(cache);
    const path = join(cache, name);
    truncateSync(path, size - 1000);
    await outcomes(cache);
    assert.deepEqual([...recordsIn(cache).values()], [size]);
    const [[adopted] = ['']] = recordsIn(cache);
    appendFileSync(join(cache, adopted), 'half a header');
    await outcomes(cache);
    const bytes = readFileSync(join(cache, adopted));
    bytes[600] = (bytes[600] ?? 0) ^ 1;
    writeFileSync(join(cache, adopted), bytes);
    await outcomes(cache);
  });

  await t.test('killed half-way and started again, it goes on and answers alike', async () => {
    const cache = directory.file('killed');
    mkdirSync(cache);
    const args = ['dedupe', folder, '--json', '--workers', '1'];
    assert.ok(await killHalfWay(args, cache, 30_000));
    const [half = 0] = recordsIn(cache).values();
    assert.ok(half > 0);
    await outcomes(cache);
    const records = recordsIn(cache);
    assert.equal(records.size, 1);
    assert.ok(([...records.values()][0] ?? 0) > half);
  });

  await t.test('two processes at once', async () => {
    const cache = directory.file('shared');
    const args = ['dedupe', folder, '--json', '--cache', cache];
    const runs = await Promise.all([startCli(args), startCli(args)].map(finished));
    assert.deepEqual(runs, [fresh, fresh]);
    await outcomes(cache);
  });

  await t.test('where nothing can be kept, it says so once and goes on', async () => {
    const cache = directory.file('file');
    writeFileSync(cache, 'in the way');
    const { code, stdout, stderr } = await runCli(['dedupe', folder, '--json', '--cache', cache]);
    assert.deepEqual([code, stdout], [1, fresh.stdout]);
    assert.equal(stderr.match(/can't be written/g)?.length, 1);
  });
});
