/** The steps from sources to dist/. Each one does nothing when its output is up to date. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isStale, rooted } from './files.mjs';
import { run, say } from './process.mjs';

/** Debian keeps the Node modules that its Emscripten needs here, out of sight of other Nodes. */
const DEBIAN_NODE_MODULES = '/usr/share/nodejs';

/** Debian's Emscripten caches system libraries here, where only root can write. */
const DEBIAN_EMSCRIPTEN_CACHE = '/usr/share/emscripten/cache';

/** The model that travels inside the package; see wasm/src/models/embedded.ts. */
const EMBEDDED_MODEL = 'mobilenetv2-lite.onnx';

/** Installs the npm packages of package-lock.json, unless exactly these are installed already. */
export async function installPackages() {
  const lock = await readFile(rooted('package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  const stamp = rooted('node_modules', '.installed-lock');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === hash) return;
  say('installing npm packages');
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: rooted(),
    cure: 'check that the npm registry can be reached, then run the same command again.',
  });
  await writeFile(stamp, hash);
}

/** core/ and wasm/bindings.cpp to build/wasm/wasm/likeness-core.{js,wasm}. */
export async function buildWasm() {
  const env = emscriptenEnvironment();
  if (!existsSync(rooted('build/wasm/build.ninja'))) {
    say('configuring the WebAssembly build');
    await run('emcmake', ['cmake', '--preset', 'wasm'], { cwd: rooted(), env });
  }
  say('building the core for WebAssembly');
  await run('cmake', ['--build', '--preset', 'wasm'], { cwd: rooted(), env });
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
  const inputs = [...sources, glue, wasm, manifest, embedded, rooted('package.json')];
  const built = rooted('dist/package/built');
  if (!isStale(built, inputs)) return;
  say('building the package');
  await rm(rooted('dist/package'), { recursive: true, force: true });
  await mkdir(rooted('dist/package/models'), { recursive: true });
  await copyFile(glue, rooted('dist/package/likeness-core.js'));
  await copyFile(wasm, rooted('dist/package/likeness-core.wasm'));
  await copyFile(embedded, rooted('dist/package/models', EMBEDDED_MODEL));
  await writeFile(
    rooted('dist/package/models/manifest-data.js'),
    `export default ${JSON.stringify(JSON.parse(await readFile(manifest, 'utf8')))};\n`,
  );
  await run('npx', ['--no-install', 'tsc', '-p', 'wasm/tsconfig.json'], { cwd: rooted() });
  await writeFile(built, '');
}

/** web/ to dist/site/. Models that are there stay. */
export async function buildPage() {
  const inputs = [rooted('web'), rooted('dist/package/built'), rooted('package-lock.json')];
  const built = rooted('build/page-built');
  if (existsSync(rooted('dist/site/index.html')) && !isStale(built, inputs)) return;
  say('building the page');
  await rm(rooted('dist/site/assets'), { recursive: true, force: true });
  await run('npx', ['--no-install', 'vite', 'build', '--config', 'web/vite.config.ts'], {
    cwd: rooted(),
  });
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
 * @param {'native' | 'asan'} preset
 */
export async function configureNative(preset) {
  if (existsSync(rooted('build', preset, 'build.ninja'))) return;
  say(`configuring the ${preset} build`);
  await run('cmake', ['--preset', preset], { cwd: rooted() });
}

/**
 * Builds the native library and its tests.
 * @param {'native' | 'asan'} preset
 */
export async function buildNative(preset) {
  await configureNative(preset);
  say(`building the ${preset} tests`);
  await run('cmake', ['--build', '--preset', preset], { cwd: rooted() });
}

/** tests/**.ts to build/tests/, and the page that holds the package for browser tests. */
export async function buildTests() {
  say('building the tests');
  await rm(rooted('build/tests'), { recursive: true, force: true });
  await run('npx', ['--no-install', 'tsc', '-p', 'tests/tsconfig.json'], { cwd: rooted() });
  const harness = 'tests/browser/harness/vite.config.ts';
  await run('npx', ['--no-install', 'vite', 'build', '--logLevel', 'warn', '--config', harness], {
    cwd: rooted(),
  });
}
