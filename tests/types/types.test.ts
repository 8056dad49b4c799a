/**
 * The package's types as its users see them: snippets that must compile, with lines in them that must
 * not (`@ts-expect-error`), against the installed tarball. The package's own declarations are checked
 * too.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { installPackage } from '../support/installed.js';

const { project } = installPackage();
const snippets = join(project, 'types');
rmSync(snippets, { recursive: true, force: true });
cpSync('tests/types/snippets', snippets, { recursive: true });
// What React's and Vue's users have installed, for the snippets alone.
const tools = resolve('tests/package/node_modules');
for (const name of ['react', 'vue']) {
  const target = join(project, 'node_modules', name);
  rmSync(target, { recursive: true, force: true });
  symlinkSync(join(tools, name === 'react' ? '@types/react' : name), target);
}

const fromHere = createRequire(resolve('package.json'));
const fromTools = createRequire(resolve('tests/package/package.json'));

/** Runs a TypeScript compiler over the snippets. */
function check(compiler: string, options: readonly string[]): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, '-p', join(snippets, 'tsconfig.json'), '--pretty', 'false', ...options],
    { encoding: 'utf8', cwd: project },
  );
  return stdout + stderr;
}

const today = join(dirname(fromHere.resolve('typescript/package.json')), 'bin/tsc');
const older = join(dirname(fromTools.resolve('typescript/package.json')), 'bin/tsc');
const forBundlers = ['--module', 'esnext', '--moduleResolution', 'bundler'];

test('there are snippets', () => {
  assert.ok(readdirSync(snippets).filter((file) => /\.tsx?$/.test(file)).length >= 4);
});

test('for Node: what must compile does, and what must not does not', () => {
  assert.equal(check(today, []), '');
});

test('for bundlers: the same', () => {
  assert.equal(check(today, forBundlers), '');
});

test('with a TypeScript two major versions older: the same', () => {
  assert.match(
    spawnSync(process.execPath, [older, '--version'], { encoding: 'utf8' }).stdout,
    / 5\./,
  );
  assert.equal(check(older, forBundlers), '');
});
