/** What changes concern, what clang-tidy looks at, and what it says. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
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

const SOURCES = readdirSync('core', { encoding: 'utf8', recursive: true })
  .filter((path) => path.endsWith('.cpp'))
  .map((path) => `core/${path}`);

/** As CMake would write them. */
function writeCommands(tree: SourceTree, sources: readonly string[]): void {
  const commands = sources.map((source) => ({
    directory: tree.path,
    command: `c++ -std=c++20 -Wshadow -o ${source}.o -c ${tree.file(source)}`,
    file: tree.file(source),
  }));
  mkdirSync(tree.file('build/native'), { recursive: true });
  tree.write('build/native/compile_commands.json', JSON.stringify(commands));
}

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
  // Says which sources are in the texts that it is given.
  tree.program(
    'clang-tidy',
    'for text; do :; done; sed -n "s|^// core/|core/|p" "$text" >&2; exit 1',
  );
  writeCommands(tree, SOURCES);
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
  const everything = /on all (\d+) C\+\+ sources\n[\s\S]*^core\/src\/decode\.cpp$/m;
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
  writeCommands(tree, [...SOURCES, 'core/src/fresh.cpp']);
  const some = tidied();
  for (const name of ['nearest', 'error', 'fresh']) {
    assert.match(some, new RegExp(`^core/src/${name}\\.cpp$`, 'm'));
  }
  assert.doesNotMatch(some, /resample\.cpp/);

  tree.write('.clang-tidy', 'Checks: "*"\n');
  assert.match(tidied(), everything);
});

test('sources are checked as one text, and what is said of it is told of them', () => {
  using tree = new SourceTree();
  const checks =
    'clang-analyzer-core.NullDereference,modernize-use-nullptr,misc-unused-alias-decls';
  tree.write('.clang-tidy', `Checks: '-*,${checks}'\nWarningsAsErrors: '*'\n`);
  const sources = {
    'core/src/one.cpp': 'namespace {\nint own = 1;\n}\nint one(int x) { return x + own; }\n',
    'core/src/two.cpp':
      'int* two() { return 0; }\nint three(int own) { int* none = nullptr; return *none + own; }\n',
    'core/src/registration/three.cpp':
      '#include "own.hpp"\nnamespace {\nint own = here;\n}\nint four() { return own; }\n',
    'core/src/registration/four.cpp':
      '#include "own.hpp"\nnamespace { namespace alias = likeness; }\nint five() { return here; }\n',
  };
  tree.write(
    'core/src/registration/own.hpp',
    '#pragma once\nnamespace likeness {}\nconstexpr int here = 3;\n',
  );
  for (const [path, text] of Object.entries(sources)) tree.write(path, text);
  writeCommands(tree, Object.keys(sources));
  const script = `
    import { runMain } from './scripts/lib/process.mjs';
    import { tidy } from './scripts/lib/tidy.mjs';
    await runMain(() => tidy(${JSON.stringify(Object.keys(sources))}, 'build/native'));`;
  const check = () =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: tree.path,
      encoding: 'utf8',
    });
  const { status, stderr } = check();
  assert.equal(status, 1);
  const told = [...stderr.matchAll(/^(core\S+): error: .*\[([\w.-]+)/gm)].map(
    ([, place, name]) => `${place} ${name}`,
  );
  assert.deepEqual(told.sort(), [
    'core/src/registration/four.cpp:2:23 misc-unused-alias-decls',
    'core/src/two.cpp:1:21 modernize-use-nullptr',
    'core/src/two.cpp:2:50 clang-analyzer-core.NullDereference',
  ]);
  tree.write('core/src/two.cpp', '');
  tree.write('core/src/registration/four.cpp', '');
  assert.deepEqual([check().status, check().stderr], [0, '']);
});
