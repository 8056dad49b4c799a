/** Single tests, as they are run again and again while something is being made. */
import { watch } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { buildNative, installPackages } from './build.mjs';
import { rooted } from './files.mjs';
import { runLayers } from './layers.mjs';
import { build, foldersOf, needsOf } from './needs.mjs';
import { runTestFiles } from './node-tests.mjs';
import { ensurePrerequisites } from './prerequisites.mjs';
import { exitCodeOf, StepError, say } from './process.mjs';

/** @typedef {import('./results.mjs').Result} Result */

/** Editors write several files at once, or one in steps: so long nothing more may come, in ms. */
const PAUSE = 100;

/** Files that people edit; others may be left by what runs. */
const EDITED = /\.(?:[cm]?[jt]s|[ch]pp|cmake|css|html|json|py|txt)$/;

const NATIVE_TESTS = 'build/native/tests/native/likeness_tests';

/**
 * Builds what they need, and runs them.
 * @param {Pick<import('./selection.mjs').Selection, 'files' | 'patterns'>} selection
 * @param {number} silence seconds after which a file that says nothing is ended
 */
export async function runSingleTests({ files, patterns }, silence) {
  /** @type {Map<string, import('./layers.mjs').Layer>} */
  const layers = new Map();
  if (files.length > 0) {
    await build(needsOf(files));
    const compiled = files.map((file) => rooted('build', file.replace(/\.ts$/, '.js')));
    layers.set('files', { run: () => runTestFiles(compiled, silence) });
  }
  if (patterns.length > 0) layers.set('native', { run: () => runNativeTests(patterns) });
  return runLayers(layers);
}

/**
 * The folders in which an edit may change how they come out.
 * @param {Pick<import('./selection.mjs').Selection, 'files' | 'patterns'>} selection
 */
export function watchedFor({ files, patterns }) {
  return foldersOf(files, patterns.length > 0 ? [...needsOf(files), 'native'] : needsOf(files));
}

/**
 * Has a task done now and after every edit in some folders, until this process ends.
 * @param {() => readonly string[]} folders
 * @param {() => Promise<void>} task
 */
export async function repeatOnEdits(folders, task) {
  for (;;) {
    // Watched before it begins, so that an edit meanwhile counts.
    const edit = nextEdit(folders());
    await task();
    say('waiting for an edit (Ctrl+C ends it)');
    await edit;
    await wait(PAUSE);
  }
}

/**
 * @param {readonly string[]} folders
 * @returns {Promise<void>}
 */
function nextEdit(folders) {
  return new Promise((resolve) => {
    const watchers = folders.map((folder) =>
      watch(rooted(folder), (_event, name) => {
        if (!EDITED.test(name ?? '')) return;
        for (const watcher of watchers) watcher.close();
        resolve();
      }),
    );
  });
}

/**
 * Native tests by their names or tags, without the programs beside them.
 * @param {readonly string[]} patterns
 * @returns {Promise<Result>}
 */
async function runNativeTests(patterns) {
  await ensurePrerequisites('native');
  await installPackages();
  await buildNative('native', ['likeness_tests']);
  let output = '';
  const args = ['--durations', 'yes', patterns.map(nativeSpec).join(',')];
  const code = await exitCodeOf(rooted(NATIVE_TESTS), args, {
    cwd: rooted(),
    hear: (text) => {
      output += text;
    },
  });
  const counts = readNativeCounts(output);
  if (counts === undefined) {
    throw new StepError(
      `No native test is called or tagged ${patterns.join(' or ')}.`,
      `see their names: ${NATIVE_TESTS} --list-tests`,
    );
  }
  return { ...counts, failed: code === 0 ? 0 : Math.max(counts.failed, 1), skipped: [], times: [] };
}

/**
 * As Catch2 reads it: the names that match, or what has the tag.
 * @param {string} pattern
 */
function nativeSpec(pattern) {
  return pattern.includes('[') ? pattern : `${pattern},[${pattern.replaceAll('*', '')}]`;
}

/**
 * @param {string} output of Catch2
 * @returns {{ passed: number, failed: number } | undefined} undefined where no test ran
 */
export function readNativeCounts(output) {
  const all = /^All tests passed \(.*\bin (\d+) test cases?\)/m.exec(output);
  if (all !== null) return { passed: Number(all[1]), failed: 0 };
  const some = /^test cases: +(\d+) \|(?: +(\d+) passed \|)?/m.exec(output);
  if (some === null) return undefined;
  const passed = Number(some[2] ?? 0);
  return { passed, failed: Number(some[1]) - passed };
}
