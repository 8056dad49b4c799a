#!/bin/sh
# TypeScript 7.0: `tsc --watch` never sees edits of a project in a folder near the root, and never tells of an edit
# that comes while it compiles. "Found 0 errors. Watching for file changes." stays on the screen.
#
# 1. Sources that lie three folders deep or less, as in /app/src or /home/me/project, are not watched: no edit of
#    theirs is ever seen, and nothing is said about it. (`/workspace` in a container is such a place.)
# 2. Elsewhere, a file that is written between its reading and the end of the first compilation is checked in its old
#    text, and its new one waits for the next edit of any file: whoever starts the watch and goes on writing is told
#    that wrong code is right.
# TypeScript 5.9.3 tells of all these edits.
#
# What helps: a watcher of one's own that runs tsc anew, or once more where it is running.
#
# Seen: TypeScript 7.0.2, Node 20.20.2, Linux, as root and as another user; beside 5.9.3.
# Needs: node, npm, a /tmp that may be written to. No network but the npm registry. Takes two minutes. Exits with 1
# when TypeScript 7.0.2 tells of the edits of 1, or of all of 2, or when 5.9.3 misses one.
set -eu
work=$(mktemp -d /tmp/watch.XXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund typescript-7@npm:typescript@7.0.2 typescript-5@npm:typescript@5.9.3
cat >trial.mjs <<'JS'
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a watch may take to tell of an edit, in milliseconds. */
const PATIENCE = 8000;
const RIGHT = 'export const one: number = 1;\n';
const WRONG = "export const one: number = 'one';\n";

/** Makes a project of one module that is edited, and `others`. */
function makeProject(folder, others) {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < others; i += 1) {
    const lines = Array.from({ length: 60 }, (_, k) => `export const f${k} = (a: number): number => a + ${k};\n`);
    writeFileSync(`${folder}/m${i}.ts`, lines.join(''));
  }
  const compilerOptions = { noEmit: true, strict: true, types: [] };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  writeFileSync(`${folder}/one.ts`, RIGHT);
}

/** Starts a watch. */
function watch(compiler, folder) {
  const { bin } = JSON.parse(readFileSync(`node_modules/${compiler}/package.json`, 'utf8'));
  const args = [`node_modules/${compiler}/${bin.tsc}`, '-p', folder, '--watch', '--preserveWatchOutput'];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more) => (text += more));
  const prints = async (pattern, patience) => {
    const end = performance.now() + patience;
    while (performance.now() < end && !pattern.test(text)) await pause(20);
    return pattern.test(text);
  };
  return {
    compiled: () => prints(/Found \d+ error/, 300_000),
    tells: () => prints(/TS2322/, PATIENCE),
    end: () => process.kill(-child.pid, 'SIGKILL'),
  };
}

/** Whether an edit in a quiet moment is told. */
async function quietEdit(compiler, folder) {
  makeProject(folder, 0);
  const watching = watch(compiler, folder);
  await watching.compiled();
  await pause(1000);
  writeFileSync(`${folder}/one.ts`, WRONG);
  const told = await watching.tells();
  watching.end();
  console.log(`${compiler}, ${folder}: an edit in a quiet moment is ${told ? 'told' : 'not told'}`);
  return told;
}

/** Of three edits while the first compilation runs: how many are told, and how many after one more edit. */
async function earlyEdits(compiler, folder) {
  makeProject(folder, 2000);
  const start = performance.now();
  const first = watch(compiler, folder);
  await first.compiled();
  first.end();
  const whole = performance.now() - start;
  let told = 0;
  let later = 0;
  for (const part of [0.4, 0.55, 0.7]) {
    writeFileSync(`${folder}/one.ts`, RIGHT);
    const watching = watch(compiler, folder);
    await pause(part * whole);
    writeFileSync(`${folder}/one.ts`, WRONG);
    await watching.compiled();
    if (await watching.tells()) told += 1;
    writeFileSync(`${folder}/m0.ts`, 'export {};\n');
    if (await watching.tells()) later += 1;
    watching.end();
  }
  console.log(`${compiler}, ${folder}: ${told} of 3 early edits are told, ${later} after one more edit`);
  return { told, later };
}

const near = `${process.cwd()}/near`;
const far = `${process.cwd()}/far/from/the/root`;
const quiet7 = [await quietEdit('typescript-7', near), await quietEdit('typescript-7', far)];
const quiet5 = [await quietEdit('typescript-5', near), await quietEdit('typescript-5', far)];
const early7 = await earlyEdits('typescript-7', far);
const early5 = await earlyEdits('typescript-5', far);
const asSeen =
  !quiet7[0] && quiet7[1] && quiet5.every(Boolean) && early7.told < 3 && early7.later === 3 && early5.told === 3;
process.exitCode = asSeen ? 0 : 1;
JS
node trial.mjs
