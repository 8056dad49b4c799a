/** What must hold of the sources, whatever the tests say. */
import { readFileSync } from 'node:fs';
import { affectedBy } from './changes.mjs';
import { filesUnder, rooted } from './files.mjs';
import { checkLicences, checkNotices } from './licences.mjs';
import { run, StepError, say } from './process.mjs';
import { brokenRooms } from './rooms.mjs';
import { tidy } from './tidy.mjs';

/** C++ files of our own. */
export function cppFiles() {
  return ['core', 'wasm', 'examples', 'tests/native', 'tests/fuzz'].flatMap((directory) =>
    filesUnder(directory, ['.cpp', '.hpp']),
  );
}

/** Formatting of every file that a formatter knows. */
export async function checkFormat() {
  say('checking the format');
  const cure = 'run: npm run format';
  await run('clang-format', ['--dry-run', '--Werror', ...cppFiles()], { cwd: rooted(), cure });
  await run('npx', ['--no-install', 'biome', 'format', '.'], { cwd: rooted(), cure });
}

/** Linters and the type checker. */
export async function checkLint() {
  say('linting');
  await run('npx', ['--no-install', 'biome', 'lint', '--error-on-warnings', '.'], {
    cwd: rooted(),
  });
  for (const project of [
    'scripts/tsconfig.json',
    'scripts/bench/browser/tsconfig.json',
    'web/tsconfig.json',
    'wasm/tsconfig.browser.json',
    'wasm/tsconfig.worker.json',
  ]) {
    await run('npx', ['--no-install', 'tsc', '-p', project], { cwd: rooted() });
  }
  checkArchitecture();
  checkLicences();
  checkNotices();
  checkPins();
}

/** What decides how every file is checked. */
const TIDY_SETTINGS = /(?:^|\/)(?:\.clang-tidy|CMakeLists\.txt|CMakePresets\.json)$|\.cmake$/;

/**
 * clang-tidy over the native sources; needs the compile commands of the native build.
 * @param {readonly string[]} [changed] checks only what these files make a difference to; all unless given
 * @param {import('./process.mjs').RunOptions} [options]
 */
export async function checkTidy(changed, options = {}) {
  const all = cppFiles().filter((file) => /^(?:core|tests\/native)\/.*\.cpp$/.test(file));
  const everything = changed === undefined || changed.some((file) => TIDY_SETTINGS.test(file));
  const affected = everything ? all : affectedBy(cppFiles(), changed);
  const sources = all.filter((file) => affected.includes(file));
  say(`running clang-tidy on ${tidyScope(sources, all)}`);
  if (sources.length === 0) return;
  await tidy(sources, 'build/native', options);
}

/**
 * @param {readonly string[]} sources
 * @param {readonly string[]} all
 */
function tidyScope(sources, all) {
  if (sources.length === all.length) return `all ${all.length} C++ sources`;
  const names = sources.length === 0 ? '' : `: ${sources.join(', ')}`;
  return `${sources.length} of ${all.length} C++ sources, those that changes concern${names}`;
}

/** Actions of the workflows are named by commit: a tag can be moved. */
function checkPins() {
  const loose = filesUnder('.github/workflows', ['.yml']).flatMap((file) =>
    readFileSync(rooted(file), 'utf8')
      .split('\n')
      .filter((line) => /\buses:/.test(line) && !/@[0-9a-f]{40} # v\d/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  if (loose.length === 0) return;
  throw new StepError(
    `Actions that are not pinned:\n  ${loose.join('\n  ')}`,
    'write the commit after the @, and the version in a comment behind it.',
  );
}

/** What fetches something else than the package's own files, and the module that fetches these. */
const FETCHING = [
  'wasm/src/files/fetch-asset.ts',
  'wasm/src/files/read-url.ts',
  'wasm/src/cli/models/download.ts',
];

/**
 * Arrows never point back: core knows nobody, each folder of the package loads what wasm/README.md says,
 * the page knows the package by its public name.
 */
export function checkArchitecture() {
  /** @type {readonly { readonly files: readonly string[], readonly never: RegExp, readonly why: string }[]} */
  const rules = [
    {
      files: filesUnder('core', ['.cpp', '.hpp']),
      never: /#include\s*<emscripten|#include\s*"(?:\.\.\/)*wasm/,
      why: 'core knows neither Emscripten nor wasm/',
    },
    {
      files: filesUnder('wasm', ['.cpp', '.hpp']).filter((file) => file !== 'wasm/bindings.cpp'),
      never: /#include\s*<emscripten/,
      why: 'only wasm/bindings.cpp includes Emscripten',
    },
    {
      files: filesUnder('wasm/src', ['.ts']).filter((file) => !FETCHING.includes(file)),
      never: /\bfetch\(/,
      why: "the package's own files are fetched by #assets/fetch",
    },
    {
      files: filesUnder('web', ['.ts']),
      never: /(?:from |import\()['"](?:(?:\.\.\/)+(?:wasm|dist|core)|onnxruntime-web)/,
      why: 'the page imports the package by its public name',
    },
  ];
  const broken = rules.flatMap(({ files, never, why }) =>
    files
      .filter((file) => never.test(readFileSync(rooted(file), 'utf8')))
      .map((file) => `${file}: ${why}`),
  );
  broken.push(...brokenRooms());
  if (broken.length === 0) return;
  throw new StepError(
    `The architecture is broken:\n  ${broken.join('\n  ')}`,
    'move the code, or what it needs, to the folder that may; wasm/README.md has the table.',
  );
}
