/** scripts/compare-builds.mjs: what it says of equal builds, and of one that differs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { TemporaryDirectory } from '../support/temporary.js';

/** Without reference material: the pictures of tests/data take a few seconds. */
function compareWith(other: string) {
  const env = { ...process.env };
  delete env['LIKENESS_REFERENCE_DIR'];
  const args = ['scripts/compare-builds.mjs', other];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

test('a build equals itself', () => {
  const { status, stdout } = compareWith('.');
  assert.equal(status, 0, stdout);
  const counts = [...stdout.matchAll(/: (\d+) of (\d+) equal$/gm)];
  assert.equal(counts.length, 11);
  assert.ok(counts.every(([, equal, all]) => equal === all));
  assert.match(stdout, /^embeddings: ([1-9]\d*) of \1 equal$/m);
  assert.match(stdout, /^groups of copies: [1-9]\d* of/m);
});

test('a build with other scores is found out, and the first ones are shown', () => {
  using other = new TemporaryDirectory();
  mkdirSync(other.file('dist/package/grouping'), { recursive: true });
  const real = (entry: string) => JSON.stringify(pathToFileURL(`dist/package/${entry}`).href);
  writeFileSync(
    other.file('dist/package/index.js'),
    `import * as real from ${real('index.js')};
    export async function createLikeness(options) {
      const likeness = await real.createLikeness(options);
      const { similarity } = likeness;
      likeness.similarity = async (...pair) =>
        ({ ...(await similarity.apply(likeness, pair)), score: 12.5 });
      return likeness;
    }`,
  );
  writeFileSync(
    other.file('dist/package/grouping/index.js'),
    `export * from ${real('grouping/index.js')};`,
  );
  writeFileSync(other.file('package.json'), '{ "type": "module" }');
  const { status, stdout } = compareWith(other.path);
  assert.equal(status, 1);
  assert.match(stdout, /^embeddings: ([1-9]\d*) of \1 equal$/m);
  assert.match(
    stdout,
    /^pairs: scores: 0 of [1-9]\d* equal\n {2}\S+ and .*: [\d.]+, there 12\.5$/m,
  );
  assert.match(stdout, /^pairs: verdicts: ([1-9]\d*) of \1 equal$/m);
});

test('a checkout without a build is named, with what to run there', () => {
  using empty = new TemporaryDirectory();
  const { status, stderr } = compareWith(empty.path);
  assert.equal(status, 1);
  assert.match(stderr, /There is no .*index\.js\.\n {2}What to do: run in .*: npm run build/);
});
