/** What `npm test` and `.ci/run` say at their end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { test } from 'node:test';
import {
  closingLine,
  describeResults,
  readClosingLine,
  sumOf,
} from '../../scripts/lib/results.mjs';
import { TemporaryDirectory } from '../support/temporary.js';

test('the end names the slowest ten, each layer, why tests were skipped, and the sum', () => {
  const times = Array.from({ length: 12 }, (_, i) => ({ name: `test ${i}`, seconds: i + 0.25 }));
  const text = describeResults(
    new Map([
      ['wasm', { passed: 12, failed: 0, skipped: ['no model', 'no net'], times, seconds: 78 }],
      ['browser', { passed: 3, failed: 1, skipped: ['no model'], times: [], seconds: 4.2 }],
    ]),
  );
  assert.match(
    text,
    /^seconds {2}slowest tests\n {3}11\.3 {2}wasm: test 11\n {3}10\.3 {2}wasm: test 10\n/,
  );
  assert.match(text, / {4}2\.3 {2}wasm: test 2\n\nlayer /);
  assert.match(text, /^wasm +12 +0 +2 +78$/m);
  assert.match(text, /^browser +3 +1 +1 +4$/m);
  assert.match(text, /\nskipped {2}because\n {6}2 {2}no model\n {6}1 {2}no net\n/);
  assert.match(text, /\n\n15 passed, 1 failed, 3 skipped\n$/);
});

test('where nothing was skipped, nothing is said of it', () => {
  const text = describeResults(
    new Map([['cli', { passed: 2, failed: 0, skipped: [], times: [], seconds: 1 }]]),
  );
  assert.doesNotMatch(text, /because/);
  assert.match(text, /\n2 passed, 0 failed, 0 skipped\n$/);
});

test('what failed is named at the end, with the beginning of why', () => {
  const why = Array.from({ length: 9 }, (_, i) => `line ${i}`).join('\n\n');
  const failures = [{ name: 'a score (tests/wasm/score.test.ts)', why }];
  const text = describeResults(
    new Map([['wasm', { passed: 2, failed: 1, skipped: [], times: [], seconds: 1, failures }]]),
  );
  assert.match(
    text,
    /\n✖ wasm: a score \(tests\/wasm\/score\.test\.ts\)\n {4}line 0\n(?: {4}line \d\n){4} {4}line 5\n\n2 passed/,
  );
});

test('the last line is read back, and only the last', () => {
  const counts = { passed: 7, failed: 1, skipped: 2 };
  assert.deepEqual(
    readClosingLine(`1 passed, 0 failed, 0 skipped\n${closingLine(counts)}\n`),
    counts,
  );
  assert.equal(readClosingLine(`${closingLine(counts)}\nout of memory\n`), undefined);
  assert.deepEqual(sumOf([counts, counts]), { passed: 14, failed: 2, skipped: 4 });
});

/** Runs `.ci/run`'s script with an npm that says what it was given, and ends like the given ones. */
function ci(outcomes: Readonly<Record<'equipped' | 'bare', string>>, equipped = true) {
  using directory = new TemporaryDirectory();
  writeFileSync(
    directory.file('npm'),
    `#!/bin/sh
echo "npm $* | cache: $(ls "$XDG_CACHE_HOME" | wc -l) | model: $LIKENESS_MODEL_DIR"
if [ -n "$LIKENESS_REFERENCE_DIR" ]; then ${outcomes.equipped}; else ${outcomes.bare}; fi
`,
  );
  chmodSync(directory.file('npm'), 0o755);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${directory.path}${delimiter}${process.env['PATH']}`,
    XDG_CACHE_HOME: directory.path,
    LIKENESS_REFERENCE_DIR: '/reference',
    LIKENESS_MODEL_DIR: '/reference/models',
  };
  if (!equipped) delete env['LIKENESS_REFERENCE_DIR'];
  const { status, stdout } = spawnSync(process.execPath, ['scripts/ci.mjs'], {
    encoding: 'utf8',
    env,
  });
  return { status, stdout };
}

const SOUND = 'echo "5 passed, 0 failed, 1 skipped"';

test('.ci/run tests with the reference material, then as on a bare machine, and sums up', () => {
  const { status, stdout } = ci({ equipped: 'echo "20 passed, 0 failed, 0 skipped"', bare: SOUND });
  assert.equal(status, 0);
  assert.match(stdout, /^npm test -- \| cache: 1 \| model: \/reference\/models$/m);
  assert.match(stdout, /^npm test -- models cli package browser \| cache: 0 \| model: $/m);
  assert.match(stdout, /^with the reference material +20 passed, 0 failed, 0 skipped$/m);
  assert.match(stdout, /^on a machine that has nothing +5 passed, 0 failed, 1 skipped$/m);
  assert.match(stdout, /\n\n25 passed, 0 failed, 1 skipped\n$/);
});

test('.ci/run fails when either run does, also one that does not come to its end', () => {
  const failing = 'echo "4 passed, 2 failed, 0 skipped"; exit 1';
  for (const [outcomes, last] of [
    [{ equipped: failing, bare: SOUND }, '9 passed, 2 failed, 1 skipped'],
    [{ equipped: SOUND, bare: failing }, '9 passed, 2 failed, 1 skipped'],
    [{ equipped: 'exit 3', bare: SOUND }, '5 passed, 1 failed, 1 skipped'],
    [{ equipped: SOUND, bare: 'kill -9 $$' }, '5 passed, 1 failed, 1 skipped'],
    [{ equipped: SOUND, bare: 'true' }, '5 passed, 1 failed, 1 skipped'],
  ] as const) {
    const { status, stdout } = ci(outcomes);
    assert.equal(status, 1);
    assert.equal(stdout.trimEnd().split('\n').at(-1), last);
  }
});

test('.ci/run repeats at its very end what failed and why, of either run', () => {
  using directory = new TemporaryDirectory();
  const failures = [{ name: 'a score (tests/wasm/score.test.ts)', why: 'expected 3\n\nactual 4' }];
  const layer = { passed: 2, failed: 1, skipped: [], times: [], seconds: 1, failures };
  writeFileSync(directory.file('end'), describeResults(new Map([['wasm', layer]])));
  const { stdout } = ci({ equipped: `cat ${directory.file('end')}; exit 1`, bare: SOUND });
  assert.match(
    stdout,
    /\nwith the reference material:\n✖ wasm: a score \(tests\/wasm\/score\.test\.ts\)\n {4}expected 3\n {4}actual 4\n\nwith the reference material +2 passed, 1 failed, 0 skipped\n/,
  );
  assert.doesNotMatch(stdout, /that has nothing:/);
});

test('without reference material .ci/run runs all tests once, as on a bare machine', () => {
  const { status, stdout } = ci({ equipped: 'exit 1', bare: SOUND }, false);
  assert.equal(status, 0);
  assert.equal(stdout.match(/^npm test -- \| cache: 0 \| model: $/gm)?.length, 1);
  assert.match(stdout, /\n\n5 passed, 0 failed, 1 skipped\n$/);
});
