/** The scripts behind `npm start` and `npm test`: what they say when something is missing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { mustConfigure } from '../../scripts/lib/build.mjs';
import { coalesced } from '../../scripts/lib/edits.mjs';
import { SourceTree } from '../support/source-tree.js';
import { TemporaryDirectory } from '../support/temporary.js';

/** Runs a script with a PATH that holds only the given programs. */
function runWith(
  programs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
) {
  using directory = new TemporaryDirectory();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(directory.file(name), `#!/bin/sh\n${script}\n`);
    chmodSync(directory.file(name), 0o755);
  }
  const source = `
    import { ensurePrerequisites } from './scripts/lib/prerequisites.mjs';
    import { runMain } from './scripts/lib/process.mjs';
    process.getuid = () => ${environment['UID_OF_TEST'] ?? 1000};
    await runMain(() => ensurePrerequisites('build'));`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', source],
    { encoding: 'utf8', env: { ...process.env, ...environment, PATH: directory.path } },
  );
  return { status, stderr };
}

test('every command starts where no package is installed, and asks for what it needs', () => {
  using tree = new SourceTree();
  rmSync(tree.file('node_modules'));
  tree.copyBuilt('tools/package-lock.json');
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  for (const [name, command] of Object.entries(scripts)) {
    // No program is found: nothing can be installed.
    const { status, stderr } = spawnSync(process.execPath, command.split(' ').slice(1), {
      cwd: tree.path,
      encoding: 'utf8',
      env: { PATH: tree.file('programs') },
    });
    assert.equal(status, 1, name);
    assert.match(stderr, /What to do: /, `${name}: ${stderr}`);
  }
});

test('files of the package that scripts ask for are there', () => {
  let asked = 0;
  for (const folder of ['scripts', 'scripts/lib', 'scripts/bench', 'scripts/bench/browser']) {
    for (const script of readdirSync(folder).filter((name) => name.endsWith('.mjs'))) {
      const source = readFileSync(`${folder}/${script}`, 'utf8');
      for (const [file] of source.matchAll(/dist\/package\/[\w/-]+\.js/g)) {
        assert.ok(existsSync(file), `${script} asks for ${file}`);
        asked += 1;
      }
    }
  }
  assert.ok(asked > 10, `${asked} files`);
});

test('a build folder of other sources, as in a clone that was moved, is made anew', async () => {
  using directory = new TemporaryDirectory();
  const folder = directory.file('build');
  const configuredFor = async (home: string) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/build.ninja`, '');
    writeFileSync(`${folder}/CMakeCache.txt`, `CMAKE_HOME_DIRECTORY:INTERNAL=${home}\n`);
    return mustConfigure(folder, process.cwd());
  };
  assert.equal(await mustConfigure(folder, process.cwd()), true);
  assert.equal(await configuredFor(process.cwd()), false);
  const link = directory.file('link');
  symlinkSync(process.cwd(), link);
  assert.equal(await configuredFor(link), false, 'the same sources by another path');
  assert.ok(existsSync(folder));
  for (const other of [directory.path, directory.file('gone')]) {
    assert.equal(await configuredFor(other), true, other);
    assert.equal(existsSync(folder), false, other);
  }
});

const shell = { sh: 'exec /bin/sh "$@"' };

test('a user without privileges is told exactly what to run', () => {
  const { status, stderr } = runWith({ ...shell, 'apt-get': 'exit 0', sudo: 'exit 1' });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /run: sudo apt-get update && sudo apt-get install .*emscripten cmake ninja-build/,
  );
});

test('with passwordless sudo the command is printed, then run', () => {
  const { status, stderr } = runWith({
    ...shell,
    'apt-get': 'exit 0',
    sudo: '[ "$2" = true ] || echo "ran $*" >&2',
  });
  assert.equal(status, 0);
  assert.match(stderr, /running: sudo -n apt-get install .*emscripten[^\n]*\nran -n apt-get inst/);
});

test('an installation that fails is not passed over', () => {
  const { status, stderr } = runWith({ ...shell, 'apt-get': 'exit 100' }, { UID_OF_TEST: '0' });
  assert.equal(status, 1);
  assert.match(stderr, /"apt-get update -qq[^"]*" failed with exit code 100/);
});

test('without apt, the missing programs are named, and nothing that CMake fetches', () => {
  const { status, stderr } = runWith(shell);
  assert.equal(status, 1);
  assert.match(stderr, /Missing: emscripten, cmake, ninja-build \(names/);
});

test('nothing is run when nothing is missing', () => {
  const programs = { ...shell, emcc: 'exit 0', cmake: 'exit 0', ninja: 'exit 0' };
  const { status, stderr } = runWith({ ...programs, 'apt-get': 'echo called >&2' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
});

test('a port that is none is refused before anything is built', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/start.mjs'], {
    encoding: 'utf8',
    env: { ...process.env, PORT: 'eighty' },
  });
  assert.equal(status, 1);
  assert.match(stderr, /PORT=eighty is no port/);
});

test('what only tests need is not installed for building', () => {
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  const installed = Object.keys(read('package-lock.json').packages);
  const needed = Object.keys(read('tests/package.json').dependencies);
  assert.ok(needed.length > 0);
  for (const name of needed) assert.ok(!installed.includes(`node_modules/${name}`), name);
});

test('what is asked for again while it runs is done once more, and no more often', async () => {
  const begun: (() => void)[] = [];
  const ask = coalesced(() => new Promise((end) => void begun.push(end)));
  const done = ask();
  await Promise.all([ask(), ask(), ask()]);
  assert.equal(begun.length, 1);
  begun[0]?.();
  await Promise.resolve();
  assert.equal(begun.length, 2);
  begun[1]?.();
  await done;
  assert.equal(begun.length, 2);
  void ask();
  assert.equal(begun.length, 3);
});
