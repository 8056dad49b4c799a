/** Copies among pictures that several machines embedded: parts, stages, and what they say when something is wrong. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { readEmbeddings } from 'image-likeness/formats';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { runHere as runCli } from '../support/cli-here.js';
import { RAW_NAMES, rawPath } from '../support/disk.js';
import { fillPixels } from '../support/edit.js';
import { internalModule } from '../support/internal.js';
import { FOLDER_PICTURES, writeFolder } from '../support/picture-folder.js';
import { writePng } from '../support/png.js';
import { samplePixels } from '../support/samples.js';
import { TemporaryDirectory } from '../support/temporary.js';

const { CandidateTools } = await internalModule<
  typeof import('../../wasm/src/binding/candidate-search.js')
>('binding/candidate-search.js');
const { joinCandidates } = await internalModule<
  typeof import('../../wasm/src/cli/cluster/candidates.js')
>('cli/cluster/candidates.js');
const { searchCorners } =
  await internalModule<typeof import('../../wasm/src/cli/cluster/corners.js')>(
    'cli/cluster/corners.js',
  );
const { Parts } =
  await internalModule<typeof import('../../wasm/src/cli/cluster/parts.js')>(
    'cli/cluster/parts.js',
  );

const PARTS = 3;

const directory = new TemporaryDirectory();
after(() => directory[Symbol.dispose]());

const folder = directory.file('pictures');
writeFolder(folder);
// One file by two names, of which the later one is kept; a copy in a hidden folder, which isn't read; a variant.
linkSync(join(folder, 'b/other-fruit.jpg'), join(folder, 'linked.jpg'));
mkdirSync(join(folder, '.hidden'));
copyFileSync(join(folder, 'rings.png'), join(folder, '.hidden/rings.png'));
const sea = samplePixels('sea');
fillPixels(sea, { x: 40, y: 40, width: 60, height: 60 }, [200, 30, 30]);
writeFileSync(join(folder, 'a/sea-with-sticker.png'), writePng(sea));
const second = directory.file('more');
mkdirSync(second);
copyFileSync(join(folder, 'fruit.png'), join(second, 'fruit-once-more.png'));
writeFileSync(join(second, 'damaged.png'), 'no picture');
/** What became of files whose names are no UTF-8, where there can be such. */
const ODD = RAW_NAMES ? 1 : 0;
if (RAW_NAMES) {
  copyFileSync(join(folder, 'rings.png'), rawPath(second, 'caf\xe9.png'));
  writeFileSync(
    rawPath(second, 'damaged\xff.png'),
    readFileSync(join(folder, 'rings.png')).subarray(0, 100),
  );
}

const FOLDERS = [folder, second];

/** The folders' parts, in a folder of their own. */
async function writeParts(): Promise<string> {
  const parts = directory.file(`parts-${readdirSync(directory.path).length}`);
  mkdirSync(parts);
  for (let number = 1; number <= PARTS; number += 1) {
    const out = join(parts, `part-${number}.parquet`);
    const run = await runCli(['embed', ...FOLDERS, '--shard', `${number}/${PARTS}`, '--out', out]);
    assert.equal(run.code, 0, run.stderr);
  }
  return parts;
}

const parts = await writeParts();
const pattern = join(parts, 'part-*.parquet');

test('parts are grouped as the folder is, to the byte', async (t) => {
  for (const format of ['--json', '--csv', undefined]) {
    await t.test(format ?? 'in words', async () => {
      const options = format === undefined ? [] : [format];
      const one = await runCli(['dedupe', ...FOLDERS, ...options]);
      const joined = await runCli(['dedupe', '--from', pattern, ...options]);
      assert.equal(joined.stderr, '');
      assert.deepEqual([joined.code, joined.stdout], [1, one.stdout]);
    });
  }
  await t.test('a page and a script', async () => {
    const made = [FOLDERS, ['--from', pattern]].map(async (source, number) => {
      const files = ['html', 'mjs'].map((ending) =>
        directory.file(`review-${number}/all.${ending}`),
      );
      const [html = '', script = ''] = files;
      mkdirSync(dirname(html));
      const run = await runCli(['dedupe', ...source, '--html', html, '--script', script]);
      assert.equal(run.code, 1, run.stderr);
      return files.map((file) => readFileSync(file, 'utf8'));
    });
    const [one, joined] = await Promise.all(made);
    assert.deepEqual(joined, one);
    assert.ok(one?.every((text) => text.includes('fruit')));
  });
  await t.test('also where the shell spread the pattern out', async () => {
    const paths = Array.from({ length: PARTS }, (_, i) => join(parts, `part-${i + 1}.parquet`));
    const one = await runCli(['dedupe', ...FOLDERS, '--json']);
    const joined = await runCli(['dedupe', '--json', '--from', ...paths.reverse()]);
    assert.equal(joined.stdout, one.stdout);
  });
});

test('the folder of this test has all that there is to be grouped', async () => {
  const { stdout } = await runCli(['dedupe', '--from', pattern, '--json']);
  const report = JSON.parse(stdout) as {
    readonly pictures: number;
    readonly groups: readonly unknown[];
    readonly variants: readonly unknown[];
    readonly hardLinks: readonly (readonly string[])[];
    readonly skipped: readonly { readonly reason: string }[];
  };
  assert.equal(report.pictures, FOLDER_PICTURES.length + 2 + ODD);
  assert.ok(report.groups.length >= 3);
  assert.ok(report.variants.length >= 1);
  assert.deepEqual(report.hardLinks, [
    [join(folder, 'linked.jpg'), join(folder, 'b/other-fruit.jpg')],
  ]);
  const reasons = new Set(report.skipped.map(({ reason }) => reason));
  assert.ok(reasons.has('symbolic link, not followed'));
  assert.ok(reasons.has('unsupported-format'));
  assert.ok([...reasons].some((reason) => reason.includes('hidden')));
});

test('a part is a file of embeddings like any other, also one without rows', async () => {
  let rows = 0;
  for (let number = 1; number <= PARTS; number += 1) {
    rows += (await readEmbeddings(readFileSync(join(parts, `part-${number}.parquet`)), 'parquet'))
      .length;
  }
  assert.equal(rows, FOLDER_PICTURES.length + 3 + ODD);
  const lone = directory.file('lone');
  mkdirSync(lone);
  copyFileSync(join(folder, 'fruit.jpg'), join(lone, 'a.jpg'));
  const counts: number[] = [];
  for (const number of [1, 2]) {
    const out = directory.file(`lone-${number}.parquet`);
    await runCli(['embed', lone, '--shard', `${number}/2`, '--out', out]);
    counts.push((await readEmbeddings(readFileSync(out), 'parquet')).length);
  }
  assert.deepEqual(counts.sort(), [0, 1]);
  const joined = await runCli(['dedupe', '--from', directory.file('lone-*.parquet')]);
  assert.deepEqual(joined, {
    code: 0,
    stdout: 'no duplicates among 1 image\n',
    stderr: '',
  });
});

test('what is wrong with parts is said', async (t) => {
  const refused = async (args: readonly string[], message: RegExp): Promise<void> => {
    const { code, stdout, stderr } = await runCli(['dedupe', ...args]);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split('\n').length, 1);
  };
  const copies = directory.file('copies');
  mkdirSync(copies);
  const restore = (): void => {
    rmSync(copies, { recursive: true });
    mkdirSync(copies);
    for (const name of readdirSync(parts)) copyFileSync(join(parts, name), join(copies, name));
  };
  const copied = join(copies, 'part-*.parquet');

  await t.test('one is missing', async () => {
    restore();
    rmSync(join(copies, 'part-3.parquet'));
    await refused(['--from', copied], /^invalid-argument: Part 3 of 3 is missing\./);
  });
  await t.test('one is there twice', async () => {
    restore();
    copyFileSync(join(copies, 'part-3.parquet'), join(copies, 'part-5.parquet'));
    await refused(['--from', copied], /part-3.parquet and .*part-5.parquet are both part 3/);
  });
  await t.test('one is cut off, or damaged', async () => {
    restore();
    const path = join(copies, 'part-1.parquet');
    truncateSync(path, statSync(path).size - 100);
    await refused(['--from', copied], /^invalid-argument: .*part-1.parquet: This is no part/);
    restore();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4, bytes.length >> 1);
    writeFileSync(path, bytes);
    await refused(['--from', copied], /^invalid-argument: /);
  });
  await t.test('one has embeddings only', async () => {
    const out = directory.file('plain.parquet');
    await runCli(['embed', folder, '--out', out]);
    const only = /plain.parquet: .*embeddings only: write it with embed --shard/;
    await refused(['--from', out], only);
    await runCli(['embed', folder, '--out', out, '--shard', '1/1', '--normalise']);
    await refused(['--from', out], only);
  });
  await t.test('none is there', async () => {
    await refused(['--from', directory.file('none-*.parquet')], /There is no file .*none-/);
    await refused(['--from', directory.file('none.parquet')], /none.parquet: no such file/);
  });
  await t.test('options that don’t go together', async () => {
    await refused(['--from', pattern, '--threshold', '50'], /--threshold compares all images/);
    await refused([folder, '--work', 'x'], /--work goes with --from/);
  });
});

test('tasks of any number, in any order, started anew, leave the same files', async (t) => {
  const one = await runCli(['dedupe', ...FOLDERS, '--json']);
  const out = directory.file('run');
  const cluster = (action: string, ...args: readonly string[]) =>
    runCli(['cluster', action, ...args, '--out', out]);
  const planned = await cluster('plan', ...FOLDERS, '--tasks', '2');
  assert.equal(planned.code, 0, planned.stderr);
  const early = await cluster('run', 'search', '--task', '0');
  assert.match(early.stderr, /part-1.parquet: no such file|Can't read .*part-1.parquet/);
  const stages = ['embed', 'search', 'candidates', 'verify'];
  for (const [place, stage] of stages.entries()) {
    for (const task of place % 2 === 0 ? ['1', '0'] : ['0', '1']) {
      const run = await cluster('run', stage, '--task', task);
      assert.deepEqual([run.code, run.stderr.includes('invalid')], [0, false], run.stderr);
    }
  }
  const joined = await cluster('run', 'join');
  assert.equal(joined.code, 0, joined.stderr);
  assert.equal(readFileSync(join(out, 'groups.json'), 'utf8'), one.stdout);

  await t.test('what is there is left alone', async () => {
    const before = statSync(join(out, 'verify/1-of-2.jsonl')).mtimeMs;
    const { stdout } = await cluster('run', 'verify', '--task', '1');
    assert.match(stdout, /is there\n$/);
    assert.equal(statSync(join(out, 'verify/1-of-2.jsonl')).mtimeMs, before);
  });
  await t.test('what is lost is made again, with the same bytes', async () => {
    for (const name of ['parts/part-2.parquet', 'candidates/1-of-2.pairs', 'verify/1-of-2.jsonl']) {
      const path = join(out, name);
      const bytes = readFileSync(path);
      rmSync(path);
      const [stage = '', file = ''] = name.split('/');
      const run = await cluster('run', stage === 'parts' ? 'embed' : stage, '--task', '1');
      assert.equal(run.code, 0, `${file}: ${run.stderr}`);
      assert.deepEqual(readFileSync(path), bytes, name);
    }
  });
  await t.test('how far it is', async () => {
    const { code, stdout } = await cluster('status');
    assert.equal(code, 0);
    assert.match(stdout, /^embed +2 of 2 done, 0 running, 0 waiting\n[\s\S]*join +1 of 1 done/);
    renameSync(join(out, 'groups.json'), join(out, 'gone.json'));
    assert.equal((await cluster('status')).code, 1);
  });
  await t.test('nothing but the run is left', () => {
    const names = readdirSync(out, { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      names.filter((name) => name.endsWith('.part')),
      [],
    );
    assert.deepEqual(readdirSync(join(out, 'cache')), []);
  });
  await t.test('another run needs another folder', async () => {
    const { code, stderr } = await cluster('plan', folder);
    assert.equal(code, 2);
    assert.match(stderr, /has another run's plan/);
    const unknown = await cluster('run', 'verify', '--task', '2');
    assert.match(unknown.stderr, /verify has the tasks 0 to 1/);
  });
});

test('corners that many searches look for, together, make the candidates of one', async () => {
  const compiled = await WebAssembly.compile(readFileSync('dist/package/likeness-core.wasm'));
  const tools = { compiled, tools: await CandidateTools.open(compiled), mean: undefined };
  await using opened = await Parts.open([pattern]);
  const nothing = {
    count: 0,
    wanted: 0,
    isWanted: () => false,
    async *items() {},
    vectorsOf: async () => new Map<number, Float32Array>(),
  };
  const made: Buffer[] = [];
  for (const count of [1, 3, 50]) {
    const corners = Array.from({ length: count }, (_, number) =>
      directory.file(`corners-${number}-of-${count}`),
    );
    for (const [number, path] of corners.entries()) {
      await searchCorners(tools, opened, { number, count }, path);
    }
    const path = directory.file(`candidates-of-${count}`);
    const files = { corners, near: [] };
    const range = [0, opened.pictures.length] as const;
    await joinCandidates(opened, nothing, tools, files, range, path, assert.fail);
    made.push(readFileSync(path));
  }
  const [one, ...others] = made;
  assert.ok(one !== undefined && one.length > 0);
  for (const other of others) assert.deepEqual(other, one);
});

test('a run for Slurm or Kubernetes is written down, and submitted to nobody', async (t) => {
  const out = directory.file('submitted, by "name"');
  const options = ['--out', out, '--tasks', '5'];

  await t.test('scripts that a shell can read', async () => {
    const { code, stdout } = await runCli([
      ...['cluster', 'slurm', folder, ...options, '--dry-run'],
      ...['--sbatch=--partition=big', '--sbatch=--cpus-per-task=4'],
    ]);
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.length, 6);
    assert.match(lines[0] ?? '', /^sbatch --parsable .*embed.sbatch$/);
    assert.match(lines[4] ?? '', /--dependency=afterok:<verify> --kill-on-invalid-dep=yes .*join/);
    assert.equal(lines[5], 'Nothing was submitted.');
    for (const [stage, last] of [
      ['embed', 4],
      ['join', 0],
    ]) {
      const path = join(out, 'slurm', `${stage}.sbatch`);
      const script = readFileSync(path, 'utf8');
      assert.ok(script.includes(`#SBATCH --array=0-${last}\n`));
      assert.ok(script.includes('#SBATCH --partition=big\n#SBATCH --cpus-per-task=4\n'));
      assert.equal(spawnSync('sh', ['-n', path]).status, 0);
    }
  });
  await t.test('a script that fails puts its task back three times, and then gives up', () => {
    const path = join(out, 'slurm', 'verify.sbatch');
    const bin = directory.file('bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'scontrol'), '#!/bin/sh\necho "$@"\nexit 1\n', { mode: 0o755 });
    for (const [count, printed] of [
      ['0', 'requeue 7_3\n'],
      ['3', ''],
    ]) {
      const run = spawnSync(path, [], {
        encoding: 'utf8',
        env: {
          PATH: `${bin}:${process.env['PATH']}`,
          SLURM_ARRAY_JOB_ID: '7',
          SLURM_ARRAY_TASK_ID: '3',
          SLURM_RESTART_COUNT: count,
        },
      });
      assert.deepEqual([run.status, run.stdout], [2, printed]);
      assert.match(run.stderr, /^invalid-argument: .*part-1.parquet/);
    }
  });
  await t.test('manifests that Kubernetes’ schema accepts', async () => {
    const pods = [
      '--image',
      'registry.example/likeness:1',
      '--claim',
      'pictures',
      '--mount',
      '/data',
    ];
    const { code, stdout } = await runCli(['cluster', 'kubernetes', folder, ...options, ...pods]);
    assert.equal(code, 0);
    assert.equal(stdout.match(/^kubectl apply -f .*\n^kubectl wait .*job\/likeness-/gm)?.length, 5);
    const names = readdirSync(join(out, 'kubernetes'));
    assert.deepEqual(names.length, 5);
    for (const name of names) {
      const manifest = JSON.parse(readFileSync(join(out, 'kubernetes', name), 'utf8'));
      new Job(manifest).validate();
      assert.equal(manifest.spec.completions, name.includes('join') ? 1 : 5);
      manifest.spec.completions = 'many';
      assert.throws(() => new Job(manifest).validate(), /completions/);
    }
    const missing = await runCli(['cluster', 'kubernetes', folder, ...options]);
    assert.match(missing.stderr, /needs --image IMAGE, --claim CLAIM and --mount PATH/);
  });
});
