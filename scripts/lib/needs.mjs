/** What has to be built before single tests can run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  buildHarness,
  buildNative,
  buildPackage,
  buildPage,
  buildWasm,
  compileTests,
  installPackages,
  installTestPackages,
} from './build.mjs';
import { rooted } from './files.mjs';
import { placeFullModel, removeFullModel } from './models.mjs';
import { ensurePrerequisites } from './prerequisites.mjs';

/** @typedef {'package' | 'page' | 'harness' | 'native' | 'modules' | 'tools'} Need */

/**
 * What a file says that needs something built.
 * @type {readonly (readonly [RegExp, readonly Need[]])[]}
 */
const SIGNS = [
  [/image-likeness|dist\/package|build\/wasm/, ['package']],
  [/dist\/site|dist\/likeness\.html/, ['package', 'page']],
  [/build\/harness/, ['package', 'harness']],
  [/build\/native/, ['native']],
  [/tests\/package/, ['tools']],
];

/**
 * The folders that each is built from.
 * @type {Readonly<Record<Need, readonly string[]>>}
 */
const SOURCES = {
  package: ['wasm', 'core', 'models'],
  page: ['web'],
  harness: ['tests/browser/harness'],
  native: ['core', 'models', 'examples', 'tests/native'],
  modules: [],
  tools: [],
};

const IMPORT = /(?:from|import) '(\.[^']+)'/g;

/**
 * What test files, or what they import, speak of: that has to be there. So no list must be kept.
 * @param {readonly string[]} files from the repository's root
 * @returns {ReadonlySet<Need>}
 */
export function needsOf(files) {
  const texts = [...withImports(files)].map((file) => `${file}\n${textOf(file)}`);
  const found = [...SIGNS, modulesSign()].filter(([sign]) => texts.some((text) => sign.test(text)));
  return new Set(found.flatMap(([, needs]) => needs));
}

/** @returns {readonly [RegExp, readonly Need[]]} the packages that are for tests only, by name */
function modulesSign() {
  const { dependencies } = JSON.parse(textOf('tests/package.json'));
  return [new RegExp(`'(?:${Object.keys(dependencies).join('|')})['/]`), ['modules']];
}

/**
 * @param {readonly string[]} files
 * @returns {ReadonlySet<string>} the files, and all of the tests and scripts that they import
 */
function withImports(files) {
  const found = new Set(files);
  for (const file of found) {
    for (const [, path = ''] of textOf(file).matchAll(IMPORT)) {
      const imported = join(dirname(file), path);
      const source = [imported.replace(/\.js$/, '.ts'), imported].find((name) =>
        existsSync(rooted(name)),
      );
      if (source !== undefined) found.add(source);
    }
  }
  return found;
}

/**
 * What a file says; nothing where it is gone, as it may be for a moment while it is saved.
 * @param {string} file from the repository's root
 */
function textOf(file) {
  return existsSync(rooted(file)) ? readFileSync(rooted(file), 'utf8') : '';
}

/**
 * Builds that, and no more.
 * @param {ReadonlySet<Need>} needs
 */
export async function build(needs) {
  const whole = needs.has('page') || needs.has('harness') || needs.has('native');
  if (needs.size > 0) await ensurePrerequisites(whole ? 'test' : 'build');
  await installPackages();
  if (needs.has('package')) {
    await buildWasm();
    await buildPackage();
  }
  if (needs.has('page')) {
    await buildPage();
    if (!(await placeFullModel())) await removeFullModel();
  }
  if (needs.has('native')) await buildNative('native');
  if (needs.has('modules')) await installTestPackages();
  if (needs.has('tools')) await installPackages('tests/package');
  await compileTests(['--noCheck']);
  if (needs.has('harness')) await buildHarness();
}

/**
 * The folders in which an edit may change how test files come out.
 * @param {readonly string[]} files from the repository's root
 * @param {Iterable<Need>} needs
 * @returns {readonly string[]}
 */
export function foldersOf(files, needs) {
  const sources = [...needs].flatMap((need) => SOURCES[need]).flatMap(withFolders);
  return [...new Set([...[...withImports(files)].map(dirname), ...sources])];
}

/**
 * @param {string} folder
 * @returns {string[]} it, and all below it
 */
function withFolders(folder) {
  const entries = readdirSync(rooted(folder), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== 'node_modules');
  return [folder, ...folders.flatMap(({ name }) => withFolders(join(folder, name)))];
}
