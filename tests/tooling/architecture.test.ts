/** Who may load whom: `npm run lint` fails where that is broken. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { complaintsAbout, readRooms } from '../../scripts/lib/rooms.mjs';
import { SourceTree } from '../support/source-tree.js';

/** What the check prints in a copy of the project; nothing where all is well. */
function check(tree: SourceTree): string {
  const source = `
    import { checkArchitecture } from './scripts/lib/checks.mjs';
    try { checkArchitecture(); } catch (error) { console.log(error.message); }`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', source],
    { cwd: tree.path, encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  return stdout;
}

test('lint fails where a folder loads what it must not', () => {
  using tree = new SourceTree();
  assert.equal(check(tree), '');
  const broken = (path: string, line: string, complaint: RegExp): void => {
    const mend = tree.append(path, `${line}\n`);
    assert.match(check(tree), complaint);
    mend();
  };
  broken(
    'wasm/src/browser/canvas.ts',
    "import { readFileSync } from 'node:fs';",
    /browser\/canvas\.ts: browser must not load node:/,
  );
  broken('core/src/error.cpp', '#include "../wasm/bindings.hpp"', /core\/src\/error\.cpp: core /);
  broken(
    'web/src/dom.ts',
    "import { Core } from '../../wasm/src/binding/core.ts';",
    /web\/src\/dom\.ts: the page /,
  );
  broken(
    'wasm/src/models/manifest.ts',
    "export { createLikeness } from '../api/likeness.js';",
    /models must not load api/,
  );
  broken(
    'wasm/src/browser/read-model.ts',
    "export const page = fetch('./index.html');",
    /browser\/read-model\.ts: the package's own files are fetched by #assets\/fetch/,
  );
  assert.equal(check(tree), '');
});

test('what is loaded on demand counts, types and the folder itself do not', () => {
  const rooms = readRooms(readFileSync('wasm/README.md', 'utf8'));
  const complain = (path: string, text: string) => complaintsAbout(path, text, rooms);
  assert.deepEqual(complain('api/pool.ts', "const x = await import('../cli/main.js');"), [
    'api must not load cli',
  ]);
  assert.deepEqual(complain('api/pool.ts', "import type { X } from '../cli/main.js';"), []);
  assert.deepEqual(complain('api/pool.ts', "type X = typeof import('onnxruntime-web');"), []);
  assert.deepEqual(complain('api/pool.ts', "const x = await import('onnxruntime-web');"), [
    'api must not load onnxruntime-web',
  ]);
  assert.deepEqual(complain('api/pool.ts', "import { a } from './ladder.js';"), []);
  assert.deepEqual(complain('api/pool.ts', "import { a } from '../errors.js';"), []);
  assert.deepEqual(complain('engine/engine.ts', "import { coreUrl } from '#assets/core';"), [
    'engine must not load #assets',
  ]);
  assert.deepEqual(complain('cellar/wine.ts', ''), [
    'cellar/ is not in the table of wasm/README.md',
  ]);
});

test('what runs outside of pages does not compile with a document, what runs in browsers not with process', () => {
  using tree = new SourceTree();
  const compile = (project: string): string[] => {
    const args = ['--no-install', 'tsc', '-p', `wasm/${project}`, '--pretty', 'false'];
    const { stdout } = spawnSync('npx', args, { cwd: tree.path, encoding: 'utf8' });
    return stdout.split('\n').filter((line) => line !== '');
  };
  for (const folder of [
    'engine/engine',
    'node/port',
    'cli/main',
    'models/entry',
    'browser/serve-worker',
  ]) {
    tree.append(`wasm/src/${folder}.ts`, 'document.title;\n');
  }
  const errors = compile('tsconfig.worker.json');
  assert.equal(errors.length, 5, errors.join('\n'));
  assert.ok(errors.every((line) => line.includes("Cannot find name 'document'")));
  tree.append('wasm/src/api/pool.ts', 'process.exit();\n');
  const [error = '', ...others] = compile('tsconfig.browser.json');
  assert.match(error, /^wasm\/src\/api\/pool\.ts.*Cannot find name 'process'/);
  assert.deepEqual(others, []);
});
