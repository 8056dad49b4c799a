/** What `npm test` is asked for by name: layers, files of Node tests, native tests by pattern. */
import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { filesUnder, ROOT, rooted } from './files.mjs';
import { StepError } from './process.mjs';

/**
 * @typedef {object} Selection
 * @property {string[]} layers
 * @property {string[]} files from the repository's root
 * @property {string[]} patterns of native tests, as Catch2 reads them
 */

/**
 * Whatever is no layer and no file stands for native tests, where `native` stands before it.
 * @param {readonly string[]} words of the command line
 * @param {readonly string[]} layers those there are
 * @returns {Selection}
 */
export function readSelection(words, layers) {
  /** @type {Selection} */
  const selection = { layers: [], files: [], patterns: [] };
  for (const word of words) {
    if (layers.includes(word)) selection.layers.push(word);
    else if (isPath(word)) selection.files.push(testFile(word));
    else if (words[0] === 'native') selection.patterns.push(word);
    else throw unknownLayer(word, layers);
  }
  if (selection.patterns.length > 0) {
    selection.layers = selection.layers.filter((layer) => layer !== 'native');
  }
  if (selection.layers.length > 0 && selection.files.length + selection.patterns.length > 0) {
    throw new StepError(
      'Layers and single tests were asked for together.',
      'run one after the other: a layer builds everything, a single test what it needs.',
    );
  }
  return selection;
}

/** @param {string} word */
function isPath(word) {
  return word.includes('/') || /\.[cm]?[jt]s$/.test(word);
}

/**
 * @param {string} path as it was typed, in the folder where `npm` was started
 */
function testFile(path) {
  const places = [resolve(process.env['INIT_CWD'] ?? '.', path), rooted(path)];
  const file = places.find((place) => place.startsWith(ROOT) && existsSync(place));
  if (file?.endsWith('.test.ts')) return relative(ROOT, file);
  const folder = existsSync(rooted(dirname(path))) ? dirname(path) : 'tests';
  const others = filesUnder(folder, ['.ts']).filter((name) =>
    /^tests\/\w+\/[\w.-]+\.test\.ts$/.test(name),
  );
  throw new StepError(
    `There is no test file ${path}.`,
    `choose from:\n    ${others.join('\n    ')}`,
  );
}

/**
 * @param {string} word
 * @param {readonly string[]} layers
 */
function unknownLayer(word, layers) {
  return new StepError(
    `There is no test layer ${word}.`,
    `choose from: ${layers.join(', ')}; or name a file (tests/wasm/formats.test.ts), or native tests (native "resample*").`,
  );
}
