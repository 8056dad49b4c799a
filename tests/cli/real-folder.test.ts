/** What `dedupe` says of a folder as people have them: everything in it that may mislead. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCli } from '../support/cli.js';
import { RAW_NAMES, rawPath, runScript, sha256, snapshotOf } from '../support/disk.js';
import { internalModule } from '../support/internal.js';
import { AWKWARD_NAME, FRUIT, HARD_LINK, writeRealFolder } from '../support/real-folder.js';
import { TemporaryDirectory } from '../support/temporary.js';

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());

const folder = directory.file('pictures');
mkdirSync(folder);
const named = writeRealFolder(folder);
const script = directory.file('review.mjs');
const page = directory.file('report.html');

/** A name as it is shown, of one with a character for each byte. */
const shown = (name: string): string =>
  join(
    folder,
    name
      .replaceAll(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).toUpperCase()}`)
      .replace('\n', '\\n'),
  );

test('a real folder', async (t) => {
  const before = snapshotOf(folder);
  const args = ['dedupe', ...named, '--exclude', 'raw'];
  const { code, stdout, stderr } = await runCli([...args, '--script', script, '--html', page]);
  assert.equal(code, 1);
  for (const line of stdout.trimEnd().split('\n')) t.diagnostic(line.replaceAll(folder, '.'));

  await t.test('is reported file by file', () => {
    const withoutNumbers = stdout
      .replaceAll(/\d+(?:\.\d+)? [kM]?B/g, 'SIZE')
      .replaceAll(/score [\d.]+, cosine [\d.]+/g, 'NUMBERS');
    const small = 'near-duplicate, resized to 50 %, blurred, NUMBERS';
    const reasons = [
      ['400 × 300', 'near-duplicate, encoded again, NUMBERS'],
      ['400 × 300', 'near-duplicate, in grey, NUMBERS'],
      ...FRUIT.spare.slice(2).map(() => ['200 × 150', small]),
    ];
    const spare = FRUIT.spare.flatMap((name, at) => [
      `        ${shown(name)}  ${reasons[at]?.[0]}, SIZE`,
      `          ${reasons[at]?.[1]}; with ${shown(FRUIT.kept)}`,
    ]);
    const pictures = FRUIT.spare.length + 1;
    assert.deepEqual(withoutNumbers.split('\n'), [
      `group 1: near-duplicate, ${pictures} images`,
      ...spare,
      `  keep  ${shown(FRUIT.kept)}  400 × 300, SIZE`,
      '',
      'group 2: near-duplicate, 2 images',
      `        ${shown('sea-middle.png')}  320 × 240, SIZE`,
      `          near-duplicate, cropped to 64 %, NUMBERS; with ${shown('sea.png')}`,
      `  keep  ${shown('sea.png')}  400 × 300, SIZE`,
      '',
      'variants, which show the same but for some places: 2 pairs',
      `        ${shown('sea-middle.png')}`,
      `          variant, cropped to 64 %, something replaced, something taken away, NUMBERS; with ${shown(AWKWARD_NAME)}`,
      `        ${shown('sea.png')}`,
      `          variant, something replaced, something taken away, NUMBERS; with ${shown(AWKWARD_NAME)}`,
      '',
      'hard links, several names of one file, which take its bytes once:',
      `        ${shown(FRUIT.kept)}`,
      `          the same file as ${shown(HARD_LINK)}`,
      `        ${shown('stripes/one.png')}`,
      `          the same file as ${shown('stripes/two.png')}`,
      '',
      `2 groups among ${pictures + 4} images, 10 skipped; beside those to keep ${pictures} files, SIZE. Nothing was deleted.`,
      '',
    ]);
  });

  await t.test('what is not compared is named once, or counted', () => {
    assert.deepEqual(stderr.split('\n'), [
      'left out 5 hidden, trash or thumbnail folders; to read one, name it',
      `skipped ${folder}/damaged.jpg: corrupt-image`,
      `skipped ${folder}/empty.jpg: corrupt-image`,
      'skipped 3 files of other formats (unsupported-format): 2 .txt, 1 .mp4',
      `${script}: run it with node; with --apply it moves what is spare to the trash`,
      `${page}: open it in a browser`,
      '',
    ]);
  });

  await t.test('what is spare goes to the trash, and comes back', async () => {
    const environment = { HOME: directory.file('home'), XDG_DATA_HOME: '' };
    const contents = FRUIT.spare.map((name) => sha256(readFileSync(rawPath(folder, name))));
    assert.equal((await runScript(script, ['--apply', '--yes'], environment)).code, 0);
    for (const name of [...FRUIT.spare, 'sea-middle.png']) {
      assert.ok(!existsSync(rawPath(folder, name)), name);
    }
    for (const name of [FRUIT.kept, HARD_LINK, 'sea.png', AWKWARD_NAME, 'raw/fruit.png']) {
      assert.ok(existsSync(join(folder, name)), name);
    }
    const again = await runCli(args);
    assert.match(again.stdout, /^variants, .*: 1 pair\n/);
    assert.equal((await runScript(script, ['--undo'], environment)).code, 0);
    assert.deepEqual(snapshotOf(folder), before);
    assert.deepEqual(
      FRUIT.spare.map((name) => sha256(readFileSync(rawPath(folder, name)))),
      contents,
    );
  });

  await t.test('a page has all of it, and runs nothing', () => {
    const html = readFileSync(page, 'utf8');
    assert.equal(html.match(/<image /g)?.length, FRUIT.spare.length + 4);
    assert.ok(!/<script|<img|<link/.test(html));
    assert.ok(html.includes("&lt;img src=x onerror=&quot;alert('1')&quot;&gt; &amp; $(echo).png"));
    if (RAW_NAMES) assert.ok(html.includes(`file://${folder}/2019/d%E9j%E0/caf%E9%0A.png"`));
  });
});

test('a page of very many groups stays one that a browser can open', async () => {
  type Html = typeof import('../../wasm/src/cli/html.js');
  const { htmlOf } = await internalModule<Html>('cli/html.js');
  type Groups = typeof import('../../wasm/src/cli/groups.js');
  const count = 10_000;
  const member = (path: string) => {
    return { path, width: 4, height: 3, bytes: 1000, sha256: '', hardLinks: [], frees: 1000 };
  };
  const similarity = {
    score: 100,
    verdict: 'identical',
    cosine: 1,
    centredCosine: 1,
    probability: 1,
  };
  const groups = Array.from({ length: count }, (_, at) => {
    const [a, b] = [`/x/${at}a.png`, `/x/${at}b.png`];
    const pair = { a, b, sameBytes: true, ...similarity, verdict: 'identical' as const };
    return { kind: 'identical' as const, keep: a, pictures: [a, b].map(member), pairs: [pair] };
  }) satisfies Parameters<Groups['spareOf']>[0];
  const pictures = groups
    .flatMap((group) => group.pictures)
    .map(({ path }, number) => [path, { number, real: path, width: 4, height: 3 }] as const);
  const html = htmlOf({
    report: {
      model: '',
      threshold: null,
      pictures: 2 * count,
      skipped: [],
      groups,
      variants: [],
      hardLinks: [],
    },
    pictures: new Map(pictures),
    whyKept: () => 'it comes first',
  });
  assert.equal(html.match(/<section class="group"/g)?.length, count);
  assert.ok(html.includes('10000 files could go, 10.0 MB.'));
  assert.ok(html.includes('20000 images of these have no preview here.'));
  assert.ok(html.length < 20e6, `${html.length} bytes`);
});

test('previews are made of so many pictures and no more', async () => {
  type Thumbnails = typeof import('../../wasm/src/cli/thumbnails.js');
  const { thumbnailsOf } = await internalModule<Thumbnails>('cli/thumbnails.js');
  const pixels = { width: 2, height: 1 };
  const detail = { ...pixels, pixels, data: Uint8Array.of(255, 0, 0, 0, 0, 255) };
  let read = 0;
  const reader = {
    likeness: { info: { workers: 0 } },
    progress: { show: (): void => undefined, clear: (): void => undefined },
    detailOf: async () => {
      read += 1;
      return read === 2 ? undefined : detail;
    },
  } as unknown as Parameters<Thumbnails['thumbnailsOf']>[1];
  const pictures = new Array(9).fill({}) as Parameters<Thumbnails['thumbnailsOf']>[0];
  const five = await thumbnailsOf(pictures, reader, { count: 5, bytes: 1e6 });
  assert.deepEqual([read, five.length], [5, 5]);
  assert.match(five[0] ?? '', /^data:image\/jpeg;base64,\/9j\//);
  assert.equal(five[1], undefined);
  const bytes = (five[0]?.length ?? 0) * 3.5;
  assert.equal((await thumbnailsOf(pictures, reader, { count: 9, bytes })).length, 3);
});
