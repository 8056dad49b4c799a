/** The command line, each run in a process of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLikeness, DEFAULT_MODEL } from 'image-likeness';
import { EMBEDDING_FORMATS, readEmbeddings, type StoredEmbedding } from 'image-likeness/formats';
import { CLI, type CliRun, finished, runCli } from '../support/cli.js';
import { turnPixels } from '../support/edit.js';
import { writeJpeg } from '../support/jpeg.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { samplePixels } from '../support/samples.js';
import { TemporaryDirectory } from '../support/temporary.js';

/** Shares of verdicts, as `evaluate` reports them; the one that is asked for here. */
type Verdicts = Readonly<Record<'identical', number>>;

/** Three pictures: b is a copy of a, c another one. */
function writePictures(directory: TemporaryDirectory): [a: string, b: string, c: string] {
  const paths = ['a.png', 'b.png', 'c.png'].map((name) => directory.file(name));
  for (const [index, seed] of [1, 1, 9].entries()) {
    writeFileSync(paths[index] ?? '', writePng(testPixels(160, 120, seed)));
  }
  return paths as [string, string, string];
}

test('--version and --help', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  assert.deepEqual(await runCli(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  const help = await runCli(['--help']);
  assert.equal(help.code, 0);
  assert.match(
    help.stdout,
    /compare A B[\s\S]*embed FILES\|DIRS[\s\S]*evaluate --pairs[\s\S]*models weights ID/,
  );
});

const OPTIONS_OF: Readonly<Record<string, readonly string[]>> = {
  compare: ['--json', '--orientations', '--explain', '--model', '--view'],
  cluster: [
    '--out',
    '--tasks',
    '--task',
    '--dry-run',
    '--sbatch',
    '--wait',
    '--cache',
    '--workers',
  ],
  dedupe: [
    '--threshold',
    '--from',
    '--work',
    '--json',
    '--csv',
    '--exclude',
    '--cache',
    '--no-cache',
    '--workers',
  ],
  search: ['--k', '--json', '--csv', '--exclude', '--cache', '--no-cache', '--workers', '--model'],
  embed: ['--out', '--shard', '--exclude', '--cache', '--no-cache', '--workers', '--view'],
  evaluate: ['--pairs', '--root', '--scores', '--json', '--model', '--view'],
  models: ['--out', '--bits'],
  cache: ['--cache'],
};

test('every command has a --help with its options', async (t) => {
  const general = (await runCli(['--help'])).stdout;
  for (const [command, options] of Object.entries(OPTIONS_OF)) {
    await t.test(command, async () => {
      const { code, stdout, stderr } = await runCli([command, '--help']);
      assert.deepEqual([code, stderr], [0, '']);
      const [usage = ''] = stdout.split('\n');
      assert.ok(usage.startsWith(`  image-likeness ${command} `));
      assert.ok(general.includes(`${usage}\n`));
      for (const option of options) assert.match(stdout, new RegExp(`^  (-k, )?${option} ?`, 'm'));
      for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
      assert.deepEqual(await runCli([command, 'a', '-h']), { code, stdout, stderr });
    });
  }
});

test('output that can not be written', async (t) => {
  const run = (line: string): Promise<CliRun> =>
    finished(
      spawn('sh', ['-c', line, process.execPath, CLI], { stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  const skip = process.platform !== 'linux';

  await t.test('a full disk is an error in one line', { skip }, async () => {
    const { code, stderr } = await run('"$0" "$1" --help > /dev/full');
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^invalid-argument: Can't write the output: no space left on device\.[^\n]+\n$/,
    );
  });

  await t.test('a reader that has enough is no error to speak of', { skip }, async () => {
    const { stderr } = await run('{ sleep 1; "$0" "$1" --help; } | true');
    assert.equal(stderr, '');
  });
});

test('bad command lines end with one line and exit code 2', async (t) => {
  const cases: [string[], RegExp][] = [
    [['frobnicate'], /^invalid-argument: There is no command "frobnicate"\. See /],
    [['dedup', 'x'], /^invalid-argument: There is no command "dedup"\. Did you mean dedupe\? See /],
    [['toString'], /^invalid-argument: There is no command "toString"\. See /],
    [['dedupe', '.', '--treshold', '9'], /no option --treshold here\. Did you mean --threshold\?/],
    [['search', 'a', 'b', '--qqqqqq'], /^invalid-argument: There is no option --qqqqqq here\. See/],
    [['search', 'a', 'b', '-x'], /^invalid-argument: There is no option -x here\. See/],
    [['dedupe', '.', '--threshold'], /^invalid-argument: --threshold takes a value\. See/],
    [['dedupe', '.', '--threshold', '--json'], /: --threshold takes a value\. If that is "--json"/],
    [['dedupe', '.', '--json=yes'], /^invalid-argument: --json takes no value\. See/],
    [['evaluate', 'pairs.csv'], /^invalid-argument: "pairs\.csv" is too much: only options/],
    [['compare', '.', '.'], /^invalid-argument: Can't read \.: illegal operation on a directory\./],
    [['compare', 'only-one.png'], /^invalid-argument: compare takes two image files/],
    [['compare', '--wrong', 'a', 'b'], /^invalid-argument: .*--wrong/],
    [['compare', 'missing.png', 'missing.png'], /^invalid-argument: Can't read missing\.png/],
    [['compare', 'a.png', 'b.png', '--view', 'left'], /^invalid-argument: --view takes whole or/],
    [['embed', '--out', 'x.npy'], /^invalid-argument: embed takes image files/],
    [['embed', 'a.png'], /^invalid-argument: embed needs --out/],
    [['embed', 'a.png', '--out', 'x.txt'], /^invalid-argument: embed needs --out FILE, ending in/],
    [['models', 'weights'], /^invalid-argument: models takes "list", "fetch ID" or "weights ID"/],
    [['models', 'weights', 'nobody'], /^invalid-argument: .*nobody/],
    [['evaluate'], /^invalid-argument: evaluate needs --pairs/],
    [['evaluate', '--pairs', 'package.json'], /^invalid-argument: package\.json /],
  ];
  for (const [args, expected] of cases) {
    await t.test(args.join(' '), async () => {
      const { code, stdout, stderr } = await runCli(args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, expected);
      assert.equal(stderr.trimEnd().split('\n').length, 1);
    });
  }
});

test('models weights: those of the included model are the file that C++ programs load', async () => {
  using directory = new TemporaryDirectory();
  const out = directory.file('new folder');
  const { code, stdout, stderr } = await runCli(['models', 'weights', DEFAULT_MODEL, '--out', out]);
  assert.deepEqual([code, stderr], [0, '']);
  const path = join(out, `${DEFAULT_MODEL}.weights`);
  const bytes = readFileSync(path);
  assert.match(stdout, new RegExp(`^${path}\n  ${bytes.length} bytes, made of .*\\.onnx\n$`));
  assert.deepEqual(bytes, readFileSync(`models/${DEFAULT_MODEL}.weights`));
  assert.deepEqual(readdirSync(out), [`${DEFAULT_MODEL}.weights`]);
});

test('models weights: what can not be made is named, and nothing is written', async () => {
  using directory = new TemporaryDirectory();
  const nowhere = { LIKENESS_MODEL_DIR: '', XDG_CACHE_HOME: directory.file('cache') };
  const missing = ['models', 'weights', 'mobilenetv2', '--out', directory.file('out')];
  const { code, stderr } = await runCli(missing, nowhere);
  assert.equal(code, 2);
  assert.match(stderr, /^model-load-failed: .*npx image-likeness models fetch mobilenetv2/);
  writeFileSync(directory.file('file'), '');
  const blocked = ['models', 'weights', DEFAULT_MODEL, '--out', directory.file('file')];
  assert.equal((await runCli(blocked, nowhere)).code, 2);
  assert.deepEqual(readdirSync(directory.path), ['file']);
});

test('a model that is not here: the error names the command that cures it', async () => {
  using directory = new TemporaryDirectory();
  const [a, b] = writePictures(directory);
  const { code, stderr } = await runCli(['compare', a, b, '--model', 'mobilenetv2'], {
    LIKENESS_MODEL_DIR: directory.path,
    XDG_CACHE_HOME: directory.path,
  });
  assert.equal(code, 2);
  assert.match(stderr, /^model-load-failed: .*npx image-likeness models fetch mobilenetv2/);
});

test('compare', async (t) => {
  using directory = new TemporaryDirectory();
  const [a, b, c] = writePictures(directory);

  await t.test('prints score, verdict, cosine, model and timings', async () => {
    const { code, stdout, stderr } = await runCli(['compare', a, b]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.match(
      stdout,
      /^score {4}100\.0 of 100\nverdict {2}identical\ncosine {3}1\.000000 \(same kind of subject: 100 %\)\npixels {3}the same\n/,
    );
    assert.match(stdout, /\nmodel {4}mobilenetv2-lite@\S+, good for telling copies .*\n/);
    assert.match(
      stdout,
      /--model mobilenetv2, once it is here: npx image-likeness models fetch mobilenetv2\n/,
    );
    assert.match(stdout, /\ntime {5}\d+ ms/);
  });

  await t.test('--json is what the API returns', async () => {
    const { stdout } = await runCli(['compare', a, c, '--json']);
    const printed = JSON.parse(stdout);
    await using likeness = await createLikeness();
    const { timings, ...expected } = await likeness.compare(readFileSync(a), readFileSync(c));
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(printed[name], value);
    assert.deepEqual(Object.keys(printed.timings), Object.keys(timings));
  });

  await t.test(
    'turns are named, --orientations shows them to the model, --explain prints both grids',
    async () => {
      const turned = directory.file('turned.png');
      writeFileSync(turned, writePng(turnPixels(samplePixels('fruit'), 90)));
      const upright = 'dist/site/samples/fruit.jpg';
      const args = ['compare', upright, turned, '--orientations', '--view', 'whole'];
      const { stdout } = await runCli([...args, '--explain']);
      assert.match(stdout, /\nverdict {2}near-duplicate, turned right\n/);
      assert.match(
        stdout,
        /\npixels {3}the second shows 100 % of the first, the first 100 % of the/,
      );
      assert.match(
        stdout,
        /\nwhere the cosine -?0\.\d{3} comes from, in thousandths \(first image, second image\)\n(?:[ \d-]+\n){5}most from row\/column \d\/\d with \d\/\d \(\d+\.\d\)\n$/,
      );
      const { matchMap, evidence } = JSON.parse(
        (await runCli([...args, '--explain', '--json'])).stdout,
      );
      assert.equal(Math.round(evidence.registration.degrees), 90);
      assert.deepEqual(matchMap.grid, { a: { columns: 5, rows: 4 }, b: { columns: 4, rows: 5 } });
      assert.equal(matchMap.a.length, 20);
      assert.equal(matchMap.terms.length, 20 * 20);
    },
  );

  await t.test('names the image that is wrong', async () => {
    const text = directory.file('text.png');
    writeFileSync(text, 'not an image');
    const { code, stderr } = await runCli(['compare', a, text]);
    assert.equal(code, 2);
    assert.match(stderr, /^unsupported-format: Second image: /);
  });
});

test('embed writes the vectors that the API returns, in every format', async (t) => {
  using directory = new TemporaryDirectory();
  const paths = writePictures(directory);
  await using likeness = await createLikeness();
  const expected: StoredEmbedding[] = [];
  for (const id of paths) {
    const { fingerprint: _, ...embedding } = await likeness.embed(readFileSync(id));
    expected.push({ id, ...embedding });
  }
  for (const format of EMBEDDING_FORMATS) {
    await t.test(format, async () => {
      const out = directory.file(`embeddings.${format}`);
      const { code, stdout } = await runCli(['embed', ...paths, '--out', out]);
      assert.equal(code, 0);
      assert.equal(stdout, `${out}: 3 × 1280 float32\n`);
      const sidecar = format === 'npy' ? readFileSync(`${out}.json`, 'utf8') : 'null';
      const found = await readEmbeddings(
        readFileSync(out),
        format,
        JSON.parse(sidecar) ?? undefined,
      );
      assert.deepEqual(found, expected);
    });
  }
});

test('embed --normalise writes vectors of length 1, and says so', async () => {
  using directory = new TemporaryDirectory();
  const paths = writePictures(directory);
  const out = directory.file('unit.npy');
  assert.equal((await runCli(['embed', ...paths, '--out', out, '--normalise'])).code, 0);
  const sidecar = JSON.parse(readFileSync(`${out}.json`, 'utf8'));
  assert.equal(sidecar.normalised, true);
  const read = await readEmbeddings(readFileSync(out), 'npy', sidecar);
  assert.equal(read.length, paths.length);
  await using likeness = await createLikeness();
  for (const [at, embedding] of read.entries()) {
    assert.ok(Math.abs(Math.hypot(...embedding.vector) - 1) < 1e-6);
    const own = await likeness.embed(readFileSync(paths[at] ?? ''));
    assert.ok((await likeness.similarity(own, embedding)).cosine > 1 - 1e-6);
  }
});

test('embed takes folders, names what it skips, and follows no link', async () => {
  using directory = new TemporaryDirectory();
  const folder = directory.file('pictures');
  const inside = ['b.png', 'deeper/a.png', 'z.png'].map((name) => join(folder, name));
  mkdirSync(join(folder, 'deeper'), { recursive: true });
  for (const path of inside) writeFileSync(path, writePng(testPixels(60, 40, 1)));
  const text = join(folder, 'notes.txt');
  writeFileSync(text, 'no picture');
  const link = join(folder, 'again');
  symlinkSync(folder, link);
  const out = directory.file('x.npy');
  const { code, stdout, stderr } = await runCli(['embed', folder, '--out', out]);
  assert.equal(code, 0);
  assert.equal(stdout, `${out}: 3 × 1280 float32\n`);
  assert.equal(
    stderr,
    `skipped ${link}: symbolic link, not followed\nskipped 1 file of other formats (unsupported-format): 1 .txt\n`,
  );
  assert.deepEqual(JSON.parse(readFileSync(`${out}.json`, 'utf8')).ids, inside);
  // A lone file has to be a picture.
  const lone = await runCli(['embed', text, '--out', out]);
  assert.equal(lone.code, 2);
  assert.match(lone.stderr, /^unsupported-format: .*notes\.txt: [^\n]+\n$/);
});

test('evaluate', async (t) => {
  using directory = new TemporaryDirectory();
  writePictures(directory);
  const pairs = directory.file('pairs.csv');
  const scores = directory.file('scores.csv');
  writeFileSync(
    pairs,
    'a,b,label,note\na.png,b.png,similar,"one, two"\na.png,c.png,different,\na.png,a.png,self,x\n',
  );
  const common = ['evaluate', '--pairs', pairs, '--root', directory.path];

  await t.test('reports percentiles a label and the AUC', async () => {
    const { code, stdout } = await runCli([...common, '--json', '--scores', scores]);
    assert.equal(code, 0);
    const report = JSON.parse(stdout);
    assert.equal(report.pairs, 3);
    assert.equal(report.images, 3);
    assert.equal(report.auc, 1);
    assert.deepEqual(
      report.labels.map(({ label, n }: { label: string; n: number }) => [label, n]),
      [
        ['similar', 1],
        ['different', 1],
        ['self', 1],
      ],
    );
    assert.deepEqual(report.labels[2].score, [100, 100, 100]);
  });

  await t.test('carries further columns to --scores', () => {
    const [header, first] = readFileSync(scores, 'utf8').split('\n');
    assert.equal(
      header,
      'a,b,label,note,score,verdict,cosine,centred,probability,changes,registration,places',
    );
    assert.match(first ?? '', /^a\.png,b\.png,similar,"one, two",100,identical,1,1,1,,,$/);
  });

  await t.test('--model all takes every model on this machine', async () => {
    const { code, stdout, stderr } = await runCli([...common, '--model', 'all', '--json']);
    assert.equal(code, 0);
    const models = JSON.parse(stdout).map(({ model }: { model: string }) => model.split('@')[0]);
    assert.ok(models.includes(DEFAULT_MODEL));
    for (const id of ['mobilenetv2', 'resnet50'].filter((name) => !models.includes(name))) {
      assert.match(stderr, new RegExp(`skipped: The model ${id} is not on this machine`));
    }
    const refused = await runCli([...common, '--model', 'all', '--scores', scores]);
    assert.match(refused.stderr, /^invalid-argument: --scores takes one model/);
  });

  await t.test('edits are summed up apart, by verdict too', async () => {
    writeFileSync(pairs, 'a,b,label,edit\na.png,b.png,edited,copy\na.png,c.png,edited,other\n');
    const { stdout } = await runCli([...common, '--json']);
    const { labels, edits } = JSON.parse(stdout);
    assert.equal(labels[0].n, 2);
    assert.equal(labels[0].verdicts.identical, 0.5);
    assert.deepEqual(
      edits.map(({ edit, n, verdicts }: { edit: string; n: number; verdicts: Verdicts }) => [
        edit,
        n,
        verdicts.identical,
      ]),
      [
        ['copy', 1, 1],
        ['other', 1, 0],
      ],
    );
  });

  await t.test('names a file that can not be read', async () => {
    writeFileSync(pairs, 'a,b,label\na.png,gone.png,similar\n');
    const { code, stderr } = await runCli(common);
    assert.equal(code, 2);
    assert.match(stderr, /^invalid-argument: Can't read .*gone\.png/);
  });
});

test('a 12-megapixel JPEG takes the core less than 64 MiB beyond its pixels', async (t) => {
  using directory = new TemporaryDirectory();
  const path = directory.file('large.jpg');
  writeFileSync(path, writeJpeg(testPixels(4000, 3000)));
  const { code, stdout } = await runCli(['compare', path, path, '--json']);
  assert.equal(code, 0);
  const beyond = JSON.parse(stdout).memory.corePeak - 4000 * 3000 * 3;
  assert.ok(beyond < 64 * 2 ** 20, `${beyond} bytes`);
  t.diagnostic(`${(beyond / 2 ** 20).toFixed(1)} MiB beyond the decoded image`);
});
