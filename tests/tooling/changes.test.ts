/** What changes concern, and what clang-tidy looks at. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { affectedBy } from '../../scripts/lib/changes.mjs';
import { SourceTree } from '../support/source-tree.js';

const FILES: Readonly<Record<string, string>> = {
  'core/include/likeness/a.hpp': '',
  'core/src/b.hpp': '#include "likeness/a.hpp"\n',
  'core/src/b.cpp': '  #  include "b.hpp"\n',
  'core/src/deep/c.cpp': '#include "../b.hpp"\n',
  'core/src/other/b.hpp': '',
  'core/src/d.cpp': '#include "other/b.hpp"\n#include <vector>\n',
};

test('a change concerns whoever includes it, directly or not', () => {
  const affected = (...changed: string[]) =>
    affectedBy(Object.keys(FILES), changed, (file) => FILES[file] ?? '');
  assert.deepEqual(affected('core/include/likeness/a.hpp'), [
    'core/include/likeness/a.hpp',
    'core/src/b.hpp',
    'core/src/b.cpp',
    'core/src/deep/c.cpp',
  ]);
  assert.deepEqual(affected('core/src/d.cpp', 'README.md'), ['core/src/d.cpp']);
  assert.deepEqual(affected(), []);
});

test('clang-tidy looks at what changed since main, and at everything where that is unknown', () => {
  using tree = new SourceTree();
  tree.program('run-clang-tidy', 'echo "tidy: $*" >&2');
  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
    assert.equal(spawnSync('git', [...identity, ...args], { cwd: tree.path }).status, 0);
  };
  const tidied = (): string => {
    const source = `
      import { changedFiles } from './scripts/lib/changes.mjs';
      import { checkTidy } from './scripts/lib/checks.mjs';
      await checkTidy(changedFiles());`;
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
      cwd: tree.path,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${tree.file('programs')}:${process.env['PATH']}` },
    });
    return stderr;
  };
  const everything = /on all (\d+) C\+\+ sources\ntidy: .*core\/src\/decode\.cpp/;
  assert.match(tidied(), everything);
  git('init', '--quiet', '--initial-branch=main');
  tree.write('.gitignore', 'node_modules\nprograms\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'All');
  assert.match(tidied(), /on 0 of \d+ C\+\+ sources, those that changes concern\n$/);

  git('checkout', '--quiet', '-b', 'work');
  tree.append('core/src/error.cpp', '\n');
  git('commit', '--quiet', '--all', '--message', 'Committed on the branch');
  tree.append('core/src/dot.hpp', '\n');
  tree.write('core/src/fresh.cpp', '#include <vector>\n');
  const some = tidied();
  assert.match(some, /^tidy: -quiet -p build\/native .*core\/src\/nearest\.cpp/m);
  assert.match(some, /^tidy: .*core\/src\/error\.cpp/m);
  assert.match(some, /^tidy: .*core\/src\/fresh\.cpp/m);
  assert.doesNotMatch(some, /resample\.cpp/);

  tree.write('.clang-tidy', 'Checks: "*"\n');
  assert.match(tidied(), everything);
});
