/** `npm test -- FILE…` and `npm test -- native PATTERN…`: single tests, and no more than they need. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { withoutNative } from '../support/native.js';
import { SourceTree } from '../support/source-tree.js';

/** From its own place, and not from that of its compiled copy. */
async function script<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(resolve('scripts/lib', name)).href)) as T;
}

function npmTest(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/test.mjs', ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  return { status, stdout, stderr };
}

const tiny = (result: string) => `
  import assert from 'node:assert/strict';
  import { test } from 'node:test';
  import { one } from '../support/one.js';
  test('tiny', () => assert.equal(one, ${result}));`;

test('what tests need follows from what they and their imports speak of', async () => {
  const { needsOf } = await script<typeof import('../../scripts/lib/needs.mjs')>('needs.mjs');
  const needs = (file: string) => [...needsOf([`tests/${file}`])].sort();
  assert.deepEqual(needs('tooling/results.test.ts'), []);
  assert.deepEqual(needs('wasm/formats.test.ts'), ['modules', 'package']);
  assert.deepEqual(needs('wasm/native.test.ts'), ['modules', 'native', 'package', 'page']);
  assert.deepEqual(needs('types/types.test.ts'), ['package', 'tools']);
  assert.deepEqual(needs('browser/page.test.ts'), ['modules', 'package', 'page']);
  assert.deepEqual(needs('browser/nearest.test.ts'), ['harness', 'modules', 'package', 'page']);
});

test('a file runs alone, and again after an edit of it or of what it imports', async (t) => {
  using tree = new SourceTree();
  tree.write('tests/support/one.ts', 'export const one: number = 1;');
  tree.write('tests/tooling/tiny.test.ts', tiny('1'));
  const tests = tree.node(['scripts/test.mjs', '--watch', 'tests/tooling/tiny.test.ts']);
  t.after(() => tests.child.kill('SIGKILL'));
  await tests.prints(/^1 passed, 0 failed, 0 skipped$/m);
  await tests.prints(/waiting for an edit/);
  tree.write('tests/support/one.ts', 'export const one: number = 2;');
  await tests.prints(/^0 passed, 1 failed, 0 skipped$/m);
  await tests.prints(/waiting for an edit/);
  // TypeScript that is none does not end it.
  tree.write('tests/tooling/tiny.test.ts', 'const = 3;');
  await tests.prints(/error TS1134/);
  await tests.prints(/waiting for an edit/);
  tree.write('tests/tooling/tiny.test.ts', tiny('2'));
  await tests.prints(/^1 passed, 0 failed, 0 skipped$/m);
  await tests.prints(/waiting for an edit/);
  assert.doesNotMatch(tests.output(), /building the (?:core|package|page)/);
  tests.child.kill('SIGINT');
  await tests.ended;
  await tree.isLeft();
});

test('native tests by name or tag', { skip: withoutNative }, () => {
  const { status, stdout, stderr } = npmTest('native', 'Resample*');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /s: a constant picture stays constant$/m);
  assert.match(stdout, /^[1-9]\d* passed, 0 failed, 0 skipped$/m);
  const unknown = npmTest('native', 'no such test*');
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /No native test is called or tagged no such test\*/);
});

test("Catch2's sums are read", async () => {
  const { readNativeCounts } =
    await script<typeof import('../../scripts/lib/single-tests.mjs')>('single-tests.mjs');
  assert.deepEqual(readNativeCounts('All tests passed (7 assertions in 1 test case)\n'), {
    passed: 1,
    failed: 0,
  });
  assert.deepEqual(readNativeCounts('test cases:  5 |  3 passed | 2 failed\nassertions: 9\n'), {
    passed: 3,
    failed: 2,
  });
  assert.deepEqual(readNativeCounts('test cases: 1 | 1 failed\n'), { passed: 0, failed: 1 });
  assert.equal(readNativeCounts('No tests ran\n'), undefined);
});

test('unknown names are answered with those there are, before anything is built', () => {
  for (const [args, expected] of [
    [['wasmm'], /There is no test layer wasmm.*choose from: native, .*, wasm, /s],
    [
      ['tests/wasm/format.test.ts'],
      /no test file tests\/wasm\/format\.test\.ts.*wasm\/formats\.test\.ts/s,
    ],
    [['tests/support/png.ts'], /no test file tests\/support\/png\.ts/],
    [['wasm', 'tests/wasm/formats.test.ts'], /Layers and single tests were asked for together/],
    [['--watch', 'wasm'], /--watch is for single tests/],
  ] as const) {
    const { status, stdout, stderr } = npmTest(...args);
    assert.deepEqual({ status, stdout }, { status: 1, stdout: '' });
    assert.match(stderr, expected);
    assert.doesNotMatch(stderr, /•/);
  }
});
