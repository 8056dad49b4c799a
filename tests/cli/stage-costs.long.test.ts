/** What the stages of docs/cluster.md cost: processor time and bytes, by which its cost model is reckoned. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderEmbedding } from '../support/folder.js';
import { internalModule } from '../support/internal.js';
import { writePlantedFolder } from '../support/planted-pictures.js';
import { TemporaryDirectory } from '../support/temporary.js';

const { Run, STAGES } =
  await internalModule<typeof import('../../wasm/src/cli/cluster/plan.js')>('cli/cluster/plan.js');
const { HashSearch } = await internalModule<
  typeof import('../../wasm/src/binding/candidate-search.js')
>('binding/candidate-search.js');
const { searchCorners } =
  await internalModule<typeof import('../../wasm/src/cli/cluster/corners.js')>(
    'cli/cluster/corners.js',
  );
const { Parts } =
  await internalModule<typeof import('../../wasm/src/cli/cluster/parts.js')>(
    'cli/cluster/parts.js',
  );
const { CandidateTools } = await internalModule<
  typeof import('../../wasm/src/binding/candidate-search.js')
>('binding/candidate-search.js');

const PICTURES = 2000;

/** Searches between which the corners of a million pictures are split. */
const SHARES = 150;

const silent = { out: () => undefined, err: () => undefined, terminal: false };

/** Seconds of the processor. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function bytesIn(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

test('what each stage costs', async (t) => {
  using directory = new TemporaryDirectory();
  const pictures = directory.file('pictures');
  mkdirSync(pictures);
  writePlantedFolder(pictures, PICTURES, 20);
  const out = directory.file('run');
  const run = await Run.create(out, {
    folders: [pictures],
    model: 'mobilenetv2-lite',
    exclude: [],
    tasks: { embed: 1, search: 1, candidates: 1, verify: 1 },
  });
  const costs = new Map<string, number>();
  for (const stage of STAGES) {
    costs.set(stage, await costOf(() => run.work(stage, 0, '0', silent)));
  }
  const pairs = statSync(run.fileOf('candidates', 0)).size / 8;
  for (const [stage, seconds] of costs) {
    const each = stage === 'verify' ? seconds / pairs : seconds / PICTURES;
    const what = stage === 'verify' ? `of ${pairs} pairs` : `of ${PICTURES} pictures`;
    t.diagnostic(`${stage}: ${(1000 * each).toFixed(2)} ms of a processor for each ${what}`);
    assert.ok(seconds > 0);
  }
  const compiled = await WebAssembly.compile(readFileSync('dist/package/likeness-core.wasm'));
  const tools = await CandidateTools.open(compiled);
  await using parts = await Parts.open([run.fileOf('embed', 0)]);
  for (const count of [2, SHARES]) {
    const path = directory.file(`corners-${count}`);
    const seconds = await costOf(() =>
      searchCorners({ compiled, tools }, parts, { number: 0, count }, path),
    );
    t.diagnostic(
      `one of ${count} searches for corners: ${((1000 * seconds) / PICTURES).toFixed(2)} ms of a processor and ${(statSync(path).size / PICTURES).toFixed(0)} bytes for each picture`,
    );
  }
  const corners = parts.pictures.reduce((sum, picture) => sum + picture.corners, 0);
  t.diagnostic(
    `${(corners / PICTURES).toFixed(0)} corners a picture; a part has ${(bytesIn(join(out, 'parts')) / PICTURES / 1000).toFixed(1)} kB for each`,
  );
});

test('what comparing hashes costs', async (t) => {
  const count = 20_000;
  const asked = 100;
  const compiled = await WebAssembly.compile(readFileSync('dist/package/likeness-core.wasm'));
  using search = await HashSearch.open(compiled);
  const print = (number: number) => {
    const { fingerprint } = folderEmbedding(number, 1);
    assert.ok(fingerprint !== undefined);
    return fingerprint;
  };
  const prints = Array.from({ length: asked }, (_, i) => print(200 * i));
  const empty = await costOf(async () => {
    for (const fingerprint of prints) search.find(fingerprint);
  });
  for (let number = 0; number < count; number += 1) search.add(number, print(number));
  const full = await costOf(async () => {
    for (const fingerprint of prints) search.find(fingerprint);
  });
  t.diagnostic(
    `${((1e9 * (full - empty)) / (asked * count)).toFixed(1)} ns of a processor for each pair, ${((1e6 * empty) / asked).toFixed(0)} µs for each picture`,
  );
  assert.ok(full > empty);
});
