/** The steps from sources to dist/. Each one does nothing when its output is up to date. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import {
  bundleLibraries,
  bundleNodeWorker,
  bundleReviewProgram,
  bundleStandalone,
  checkSizes,
  RUNTIME_WASM,
  STANDALONE,
} from './bundle.mjs';
import { isStale, rooted } from './files.mjs';
import { listSiteModels } from './models.mjs';
import { packFiles } from './packed-files.mjs';
import { patch } from './patch.mjs';
import { run, say } from './process.mjs';
import { buildSingleFile, SINGLE_FILE } from './single-file.mjs';

/** Debian keeps the Node modules that its Emscripten needs here, out of sight of other Nodes. */
const DEBIAN_NODE_MODULES = '/usr/share/nodejs';

/** Debian's Emscripten caches system libraries here, where only root can write. */
const DEBIAN_EMSCRIPTEN_CACHE = '/usr/share/emscripten/cache';

/** Declarations that no source compiles to. */
const HAND_WRITTEN_TYPES = [
  'build-info.d.ts',
  'likeness-core.wasm.d.ts',
  'mobilenetv2-lite.onnx.d.ts',
  'element/react.d.ts',
  'element/vue.d.ts',
];

/** The model that travels inside the package; see wasm/src/model-url.ts. */
const EMBEDDED_MODEL = 'mobilenetv2-lite.onnx';

/**
 * Installs the npm packages of a folder's package-lock.json, unless exactly these are installed
 * already.
 * @param {string} [folder] of the repository
 */
export async function installPackages(folder = '.') {
  const lock = await readFile(rooted(folder, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  const stamp = rooted(folder, 'node_modules', '.installed-lock');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === hash) return;
  say(folder === '.' ? 'installing npm packages' : `installing npm packages in ${folder}`);
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'], {
    cwd: rooted(folder),
    cure: 'check that the npm registry can be reached, then run the same command again.',
  });
  await writeFile(stamp, hash);
}

/**
 * Installs what only tests and measurements need. Modules are looked for in the folders above the one
 * that asks, so links lead from where tests are compiled to and from scripts/ to tests/node_modules, and
 * from there to the package itself.
 */
export async function installTestPackages() {
  await installPackages('tests');
  await link('build/node_modules', 'tests/node_modules');
  await link('scripts/node_modules', 'tests/node_modules');
  await link('tests/node_modules/image-likeness', '.');
}

/**
 * @param {string} path where the link is to be
 * @param {string} target the folder that it leads to
 */
async function link(path, target) {
  if (existsSync(rooted(path))) return;
  const folder = dirname(rooted(path));
  await mkdir(folder, { recursive: true });
  await symlink(relative(folder, rooted(target)), rooted(path), 'junction');
}

/**
 * core/ and wasm/bindings.cpp to build/PRESET/wasm/likeness-core.{js,wasm}.
 * @param {'wasm' | 'wasm-debug'} [preset]
 * @param {import('./process.mjs').RunOptions} [options]
 */
export async function buildWasm(preset = 'wasm', options = {}) {
  const all = { ...options, cwd: rooted(), env: emscriptenEnvironment() };
  if (await mustConfigure(rooted('build', preset))) {
    say('configuring the WebAssembly build');
    await run('emcmake', ['cmake', '--preset', preset], all);
  }
  say('building the core for WebAssembly');
  await run('cmake', ['--build', '--preset', preset], all);
}

/**
 * Whether CMake has to configure a build folder first. What was configured for other sources, before the
 * clone was moved or copied, is removed: `cmake --build` (3.25.1) prints "CMake Error: The current
 * CMakeCache.txt directory … is different", builds the other sources all the same, and exits with 0.
 * @param {string} folder
 * @param {string} sources the folder with the main CMakeLists.txt
 */
export async function mustConfigure(folder, sources = rooted()) {
  if (!existsSync(join(folder, 'build.ninja'))) return true;
  const cache = await readFile(join(folder, 'CMakeCache.txt'), 'utf8').catch(() => '');
  const [, home = ''] = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(cache) ?? [];
  if (existsSync(home) && (await realpath(home)) === (await realpath(sources))) return false;
  await rm(folder, { recursive: true });
  return true;
}

/** @returns {Record<string, string>} */
function emscriptenEnvironment() {
  /** @type {Record<string, string>} */
  const env = {};
  if (existsSync(DEBIAN_NODE_MODULES)) env['NODE_PATH'] = DEBIAN_NODE_MODULES;
  if (existsSync(DEBIAN_EMSCRIPTEN_CACHE) && !isWritable(DEBIAN_EMSCRIPTEN_CACHE)) {
    env['EM_CACHE'] = rooted('build/emscripten-cache');
  }
  return env;
}

/** @param {string} path */
function isWritable(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** wasm/src to dist/package/, with the core, the model manifest and the embedded model beside it. */
export async function buildPackage() {
  const glue = rooted('build/wasm/wasm/likeness-core.js');
  const wasm = rooted('build/wasm/wasm/likeness-core.wasm');
  const manifest = rooted('models/manifest.json');
  const sources = [rooted('wasm/src'), rooted('wasm/tsconfig.json'), rooted('tsconfig.base.json')];
  const embedded = rooted('models', EMBEDDED_MODEL);
  const build = [
    'package.json',
    'scripts/lib/build.mjs',
    'package-lock.json',
    'scripts/lib/bundle.mjs',
    'scripts/lib/patch.mjs',
    'scripts/size-budgets.json',
  ].map((path) => rooted(path));
  const inputs = [...sources, glue, wasm, manifest, embedded, ...build];
  const built = rooted('build/package-built');
  const commit = currentCommit();
  const fresh = existsSync(built) && (await readFile(built, 'utf8')) === commit;
  if (fresh && existsSync(rooted(STANDALONE)) && !isStale(built, inputs)) return;
  say('building the package');
  await rm(rooted('dist/package'), { recursive: true, force: true });
  await writeGenerated('dist/package', 'wasm');
  for (const types of HAND_WRITTEN_TYPES) {
    const copy = rooted('dist/package', types);
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(rooted('wasm/src', types), copy);
  }
  await run('npx', ['--no-install', 'tsc', '-p', 'wasm/tsconfig.json'], { cwd: rooted() });
  await bundleLibraries();
  // Here, so that nobody who uses the package has to.
  const { parseManifest } = await import(rooted('dist/package/models/entry.js'));
  parseManifest(JSON.parse(await readFile(manifest, 'utf8')));
  say('bundling the self-contained file');
  await bundleStandalone();
  await bundleReviewProgram();
  await bundleNodeWorker();
  say('weighing the package');
  await checkSizes();
  await writeFile(built, commit);
}

/**
 * Writes what the package has beside what its sources compile to: the core, what it was built from, the
 * model manifest and the embedded model.
 * @param {string} directory of the repository
 * @param {'wasm' | 'wasm-debug'} preset the build that the core is taken from
 */
export async function writeGenerated(directory, preset) {
  const glue = rooted('build', preset, 'wasm/likeness-core.js');
  const wasm = await readFile(rooted('build', preset, 'wasm/likeness-core.wasm'));
  const manifest = JSON.parse(await readFile(rooted('models/manifest.json'), 'utf8'));
  await mkdir(rooted(directory, 'models'), { recursive: true });
  /** @type {Readonly<Record<string, string | Uint8Array>>} */
  const files = {
    'likeness-core.wasm': wasm,
    'likeness-core.js': withoutOwnAddress(await readFile(glue, 'utf8')),
    'build-info.js': await buildInfo(wasm),
    'models/manifest-data.js': `export default ${JSON.stringify(manifest.models)};\n`,
    [EMBEDDED_MODEL]: await readFile(rooted('models', EMBEDDED_MODEL)),
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(rooted(directory, name), content);
  }
}

/**
 * Emscripten's glue asks for its own address while it is imported: Debian's (3.1.6) asks the document, a
 * current one `import.meta`, by which bundlers would look for the .wasm. It has no use for it, since it is
 * handed its .wasm, and importing the package should touch nothing.
 * @param {string} code of the glue
 */
export function withoutOwnAddress(code) {
  if (code.includes('import.meta.url')) return code.replaceAll('import.meta.url', '""');
  return patch({
    file: "Emscripten's likeness-core.js",
    code,
    piece:
      "typeof document !== 'undefined' && document.currentScript ? document.currentScript.src : undefined",
    by: 'undefined',
    times: 1,
  });
}

/**
 * The module that says what the package was built from; wasm/src/build-info.d.ts has its types.
 * @param {Uint8Array} wasm the core
 */
async function buildInfo(wasm) {
  const { version, peerDependencies } = JSON.parse(await readFile(rooted('package.json'), 'utf8'));
  const runtimeFile = await readFile(rooted(RUNTIME_WASM));
  const runtime = {
    version: peerDependencies['onnxruntime-web'],
    sha256: sha256(runtimeFile),
    bytes: runtimeFile.byteLength,
  };
  const info = { version, commit: currentCommit(), wasmSha256: sha256(wasm), runtime };
  return `export const buildInfo = ${JSON.stringify(info)};\n`;
}

/** @param {Uint8Array} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The commit that is checked out, "-dirty" after it where files have changed since. */
function currentCommit() {
  const args = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
  const { status, stdout } = spawnSync('git', args, { cwd: rooted(), encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}

/** web/ to dist/site/ and dist/likeness.html. Models that are there stay. */
export async function buildPage() {
  const inputs = [
    'web',
    'build/package-built',
    'package-lock.json',
    'scripts/lib/packed-files.mjs',
    'scripts/lib/single-file.mjs',
  ].map((path) => rooted(path));
  const built = rooted('build/page-built');
  const outputs = ['dist/site/index.html', 'dist/site/models/index.json', SINGLE_FILE].map((path) =>
    rooted(path),
  );
  if (outputs.every((path) => existsSync(path)) && !isStale(built, inputs)) return;
  say('building the page');
  await packFiles();
  await rm(rooted('dist/site/assets'), { recursive: true, force: true });
  await run('npx', ['--no-install', 'vite', 'build', '--config', 'web/vite.config.ts'], {
    cwd: rooted(),
  });
  say('building the single file');
  await buildSingleFile();
  await listSiteModels();
  await mkdir(rooted('build'), { recursive: true });
  await writeFile(built, '');
}

/** All of dist/, from the npm packages on. */
export async function buildAll() {
  await installPackages();
  await buildWasm();
  await buildPackage();
  await buildPage();
}

/**
 * Configures a native build.
 * @param {'native' | 'arm64' | 'sanitizers'} preset
 * @param {import('./process.mjs').RunOptions} [options]
 */
export async function configureNative(preset, options = {}) {
  if (!(await mustConfigure(rooted('build', preset)))) return;
  say(`configuring the ${preset} build`);
  await run('cmake', ['--preset', preset], { ...options, cwd: rooted() });
}

/**
 * Builds the native library and its tests.
 * @param {'native' | 'arm64' | 'sanitizers'} preset
 * @param {readonly string[]} [targets] all unless given
 * @param {import('./process.mjs').RunOptions} [options]
 */
export async function buildNative(preset, targets = [], options = {}) {
  await configureNative(preset, options);
  say(`building the ${preset} tests`);
  const only = targets.flatMap((target) => ['--target', target]);
  await run('cmake', ['--build', '--preset', preset, ...only], { ...options, cwd: rooted() });
}

/** tests/**.ts to build/tests/, and the page that holds the package for browser tests. */
export async function buildTests() {
  await installTestPackages();
  await installPackages('tests/package');
  await rm(rooted('build/tests'), { recursive: true, force: true });
  await compileTests();
  await buildHarness();
}

/**
 * tests/**.ts to build/tests/.
 * @param {readonly string[]} [options] of tsc: with `--noCheck` nothing need be there but the tests
 */
export async function compileTests(options = []) {
  say('building the tests');
  await run('npx', ['--no-install', 'tsc', '-p', 'tests/tsconfig.json', ...options], {
    cwd: rooted(),
  });
}

/** The page that holds the package for browser tests. */
export async function buildHarness() {
  const harness = 'tests/browser/harness/vite.config.ts';
  await run('npx', ['--no-install', 'vite', 'build', '--logLevel', 'warn', '--config', harness], {
    cwd: rooted(),
  });
}
