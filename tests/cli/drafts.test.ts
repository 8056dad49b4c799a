/** With sharp, folders of large photographs are read as drafts: what is said of them is what all pixels say. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { PackageBeside } from '../../scripts/lib/package-beside.mjs';
import { runCli } from '../support/cli.js';
import { makePhotographs, WIDTH } from '../support/photographs.js';
import { recordsIn } from '../support/picture-folder.js';
import { TemporaryDirectory } from '../support/temporary.js';

const beside = new PackageBeside('sharp');
const directory = new TemporaryDirectory();
after(() => {
  beside[Symbol.dispose]();
  directory[Symbol.dispose]();
});

before(() => makePhotographs(directory));

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: readonly string[]): Run {
  return spawnSync(process.execPath, [beside.commandLine, ...args], { encoding: 'utf8' });
}

test('dedupe says of drafts what it says of whole pictures', () => {
  using cache = new TemporaryDirectory();
  const args = ['dedupe', directory.path, '--json', '--cache', cache.path];
  const drafts = run(...args);
  // Nothing is as similar as that; but scores are shown, and those of drafts are others.
  const wholes = run(...args, '--threshold', '100');
  const [found, expected] = [drafts, wholes].map(({ status, stdout, stderr }) => {
    assert.equal(status, 1, stderr);
    return JSON.parse(stdout) as {
      groups: readonly { pictures: readonly unknown[]; pairs: readonly { verdict: string }[] }[];
      variants: readonly unknown[];
    };
  });
  assert.deepEqual(found?.groups, expected?.groups);
  assert.deepEqual(found?.variants, expected?.variants);
  const verdicts = found?.groups.flatMap(({ pairs }) => pairs.map(({ verdict }) => verdict));
  assert.equal(verdicts?.filter((verdict) => verdict === 'identical').length, 2);
  assert.equal(found?.groups[0]?.pictures.length, 7);
  assert.ok(found?.variants.length, 'the pasted one');
  // Each in a folder of its own, since they are other embeddings.
  const folders = new Set([...recordsIn(cache.path).keys()].map((path) => path.split('/')[0]));
  assert.equal(folders.size, 2);
  assert.equal(run(...args).stdout, drafts.stdout, 'remembered');
});

test('parts are grouped as a folder of drafts is, and with the decoder that made them', async () => {
  using work = new TemporaryDirectory();
  const part = work.file('part.parquet');
  const embedded = run('embed', directory.path, '--shard', '1/1', '--out', part, '--no-cache');
  assert.equal(embedded.status, 0, embedded.stderr);
  const one = run('dedupe', directory.path, '--json', '--no-cache');
  const joined = run('dedupe', '--from', part, '--json', '--no-cache');
  assert.equal(joined.stdout, one.stdout);
  const plain = await runCli(['dedupe', '--from', part]);
  assert.deepEqual([plain.code, plain.stdout], [2, '']);
  assert.match(plain.stderr, /^model-mismatch: The parts were made with sharp .* the core alone/);
  const other = work.file('other.parquet');
  const shard = ['--shard', '2/2', '--out', other];
  assert.equal((await runCli(['embed', 'tests/data', ...shard])).code, 0);
  const mixed = run('dedupe', '--from', part, other);
  assert.match(
    mixed.stderr,
    /^model-mismatch: .*part.parquet was made with sharp .*the core alone/,
  );
});

test('search shows scores of whole pictures', async () => {
  using folder = new TemporaryDirectory();
  const strips = await sharp(directory.file('sea.jpg')).toBuffer();
  for (let top = 0; top < 24; top += 1) {
    const strip = { left: 0, top: 48 * top, width: WIDTH, height: 384 };
    await sharp(strips)
      .extract(strip)
      .jpeg()
      .toFile(folder.file(`${top + 10}.jpg`));
  }
  const query = folder.file('10.jpg');
  const { status, stdout, stderr } = run(
    'search',
    query,
    folder.path,
    '-k',
    '1',
    '--json',
    '--no-cache',
  );
  assert.equal(status, 0, stderr);
  const { matches } = JSON.parse(stdout) as {
    matches: readonly { readonly path: string; readonly score: number; readonly cosine: number }[];
  };
  const [match] = matches;
  assert.ok(match);
  await using likeness = await (await beside.load()).createLikeness();
  const expected = await likeness.compare(readFileSync(query), readFileSync(match.path));
  assert.equal(match.score, expected.score);
  assert.equal(match.cosine, expected.cosine);
});

test('a folder of other formats is read, or the error names the command that does it', async () => {
  using folder = new TemporaryDirectory();
  const image = sharp('dist/site/samples/fruit.jpg');
  writeFileSync(folder.file('a.webp'), await image.clone().webp({ quality: 95 }).toBuffer());
  writeFileSync(folder.file('b.tif'), await image.clone().tiff({ compression: 'lzw' }).toBuffer());
  const { status, stdout } = run('compare', folder.file('a.webp'), folder.file('b.tif'), '--json');
  assert.equal(status, 0);
  assert.equal((JSON.parse(stdout) as { verdict: string }).verdict, 'near-duplicate');
  for (const name of ['tiny.heic', 'tiny.jxl']) {
    copyFileSync(`tests/data/${name}`, folder.file(name));
  }
  writeFileSync(folder.file('drawing.svg'), '<svg/>');
  const skipped = async (others: readonly string[]): Promise<string | undefined> => {
    using installed = new PackageBeside(...others);
    const args = [installed.commandLine, 'dedupe', folder.path, '--no-cache'];
    return spawnSync(process.execPath, args, { encoding: 'utf8' }).stderr.split('\n')[0];
  };
  assert.equal(
    await skipped([]),
    'skipped 5 files of other formats (unsupported-format): 1 .webp, 1 .tif, 1 .svg, 1 .heic, 1 .jxl; 4 of them can be read: npm install sharp @jsquash/jxl libheif-js',
  );
  assert.equal(
    await skipped(['sharp', '@jsquash/jxl']),
    'skipped 2 files of other formats (unsupported-format): 1 .svg, 1 .heic; 1 of them can be read: npm install libheif-js',
  );
  assert.equal(
    await skipped(['sharp', '@jsquash/jxl', 'libheif-js']),
    'skipped 1 file of other formats (unsupported-format): 1 .svg',
  );
});

test('what is known of pictures is kept by all that decodes them', async () => {
  using cache = new TemporaryDirectory();
  using work = new TemporaryDirectory();
  const part = work.file('part.parquet');
  const packages = ['@jsquash/jxl', 'libheif-js'];
  const runBeside = (others: readonly string[], ...args: readonly string[]) => {
    using installed = new PackageBeside(...others);
    return spawnSync(process.execPath, [installed.commandLine, ...args], { encoding: 'utf8' });
  };
  const embed = ['embed', 'tests/data', '--cache', cache.path];
  const embedded = runBeside(packages, ...embed, '--shard', '1/1', '--out', part);
  assert.equal(embedded.status, 0, embedded.stderr);
  for (const others of [['libheif-js'], []]) {
    const { stderr } = runBeside(others, 'dedupe', '--from', part);
    assert.match(
      stderr,
      /^model-mismatch: The parts were made with @jsquash\/jxl \d\S+, libheif-js \d\S+, and this is image-likeness with /,
    );
  }
  assert.equal(runBeside(packages, 'dedupe', '--from', part).status, 1);
  runBeside([], ...embed, '--out', work.file('plain.npy'));
  const folders = new Set([...recordsIn(cache.path).keys()].map((path) => path.split('/')[0]));
  assert.equal(folders.size, 2);
});
