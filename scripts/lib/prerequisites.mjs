/** The programs and libraries that building and testing need, and how they get here. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findBrowser } from './browser.mjs';
import { rooted } from './files.mjs';
import { hasCommand, run, StepError, say, succeeds } from './process.mjs';

/**
 * @typedef {object} Prerequisite
 * @property {string} name Debian package
 * @property {() => boolean} present whether it, or its like from elsewhere, is here
 * @property {boolean} [fetched] whether CMake fetches it by itself where it is missing
 */

/** The interpreter of Debian's own Python packages, whatever else comes first on the PATH. */
export const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** @type {readonly Prerequisite[]} */
const FOR_BUILDING = [
  { name: 'emscripten', present: () => hasCommand('emcc') },
  { name: 'cmake', present: () => hasCommand('cmake') },
  { name: 'ninja-build', present: () => hasCommand('ninja') },
  { name: 'libxxhash-dev', present: () => findsHeader('xxhash.h'), fetched: true },
  { name: 'libsimde-dev', present: () => findsHeader('wasm/simd128.h', 'simde'), fetched: true },
  { name: 'libstb-dev', present: () => findsHeader('stb_image.h', 'stb'), fetched: true },
];

/** @type {readonly Prerequisite[]} */
const FOR_RECIPES = [
  { name: 'python3-pil', present: () => succeeds(PYTHON, ['-c', 'import PIL']) },
  { name: 'python3-numpy', present: () => succeeds(PYTHON, ['-c', 'import numpy']) },
];

/** What draws the pictures of the benchmark of copies. @type {readonly Prerequisite[]} */
const FOR_DRAWING = [
  ...FOR_RECIPES,
  { name: 'python3-segno', present: () => succeeds(PYTHON, ['-c', 'import segno']) },
  { name: 'fonts-dejavu-core', present: hasDejaVu },
  { name: 'chromium', present: () => findBrowser() !== undefined },
];

/** @type {readonly Prerequisite[]} */
const FOR_FUZZING = [
  { name: 'clang', present: () => hasCommand('clang++') },
  { name: 'libclang-rt-dev', present: hasFuzzer },
  { name: 'llvm', present: () => hasCommand('llvm-cov') && hasCommand('llvm-profdata') },
];

/** @type {readonly Prerequisite[]} */
const FOR_NATIVE_TESTS = [
  { name: 'g++', present: () => hasCommand('c++') },
  {
    name: 'catch2',
    present: () => findsHeader('catch2/catch.hpp;catch2/catch_all.hpp'),
    fetched: true,
  },
];

/** @type {readonly Prerequisite[]} */
const FOR_TESTING = [
  ...FOR_NATIVE_TESTS,
  { name: 'clang-format', present: () => hasCommand('clang-format') },
  { name: 'clang-tidy', present: () => hasCommand('clang-tidy') },
  { name: 'libavif-bin', present: () => hasCommand('avifenc') },
  { name: 'firefox-esr', present: () => hasCommand('firefox-esr') || hasCommand('firefox') },
  ...FOR_FUZZING,
  ...FOR_DRAWING,
];

/** @type {readonly Prerequisite[]} */
const FOR_ARM64 = [
  { name: 'g++-aarch64-linux-gnu', present: () => hasCommand('aarch64-linux-gnu-g++') },
  { name: 'qemu-user', present: () => hasCommand('qemu-aarch64') },
];

/** @type {readonly Prerequisite[]} */
const FOR_TRAINING = [
  ...['torch', 'torchvision', 'onnx'].map((module) => ({
    name: `python3-${module}`,
    // Looked for and not imported: that takes seconds.
    present: () =>
      succeeds(PYTHON, ['-c', `from importlib.util import find_spec; find_spec("${module}").name`]),
  })),
  {
    // Debian's PyTorch makes do with the reference BLAS, whose matrix products take ten times as long.
    name: 'libopenblas0',
    present: () =>
      succeeds(PYTHON, ['-c', 'from ctypes.util import find_library as f; f("openblas").strip()']),
  },
];

const PREREQUISITES = {
  build: FOR_BUILDING,
  test: [...FOR_BUILDING, ...FOR_TESTING],
  native: [...FOR_BUILDING.filter(({ name }) => name !== 'emscripten'), ...FOR_NATIVE_TESTS],
  arm64: FOR_ARM64,
  fuzzing: [
    ...FOR_BUILDING.filter(({ name }) => name !== 'emscripten'),
    ...FOR_NATIVE_TESTS,
    ...FOR_FUZZING,
  ],
  recipes: FOR_RECIPES,
  copies: [
    ...FOR_BUILDING,
    ...FOR_DRAWING,
    { name: 'python3-opencv', present: () => succeeds(PYTHON, ['-c', 'import cv2']) },
  ],
  training: [...FOR_RECIPES, ...FOR_TRAINING],
};

/**
 * Whether CMake finds a header on this machine.
 * @param {string} names one of these, with semicolons between them
 * @param {string} [folder] of the system's folders for headers, in which it may lie
 */
function findsHeader(names, folder = '') {
  const script = rooted('cmake/FindHeader.cmake');
  return succeeds('cmake', [`-DNAMES=${names}`, `-DFOLDER=${folder}`, '-P', script]);
}

/** Whether Pillow finds the fonts by their names. */
function hasDejaVu() {
  return succeeds(PYTHON, [
    '-c',
    'from PIL import ImageFont; ImageFont.truetype("DejaVuSerif.ttf")',
  ]);
}

/** Whether Clang finds libFuzzer's library. */
function hasFuzzer() {
  const input = 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) {}';
  const args = ['-fsanitize=fuzzer', '-w', '-x', 'c++', '-', '-o', '/dev/null'];
  return spawnSync('clang++', args, { input }).status === 0;
}

/** What the names of Debian packages follow. */
const INSTALL = ['apt-get', 'install', '--yes', '--no-install-recommends'];

/** Another installation may be under way on this machine (unattended upgrades): wait for its end. */
const WAIT = ['-o', 'DPkg::Lock::Timeout=300'];

/** @typedef {keyof typeof PREREQUISITES} Purpose */

/**
 * Installs what is missing through apt, or says exactly what to run. What CMake fetches itself is installed
 * where apt can do it: that takes less time, and works without a way to GitHub.
 * @param {Purpose} purpose
 */
export async function ensurePrerequisites(purpose) {
  await Promise.all(ensureInTurn([purpose]));
}

/**
 * The same for several purposes, one after the other, so that work on the first can begin while the rest is being
 * installed. What only the user can install is named at once, for all of them.
 * @param {readonly Purpose[]} purposes
 * @returns {Promise<void>[]} for each purpose, kept when it and those before it have all they need
 */
export function ensureInTurn(purposes) {
  const hasApt = hasCommand('apt-get');
  /** @type {Set<string>} */
  const known = new Set();
  const missing = purposes.map((purpose) =>
    PREREQUISITES[purpose]
      .filter(({ name }) => !known.has(name) && known.add(name))
      .filter(({ present, fetched = false }) => (hasApt || !fetched) && !present())
      .map(({ name }) => name),
  );
  const installer = installerOf(missing.flat(), hasApt);
  let earlier = installer.then(() => {});
  return missing.map((names) => {
    earlier = Promise.all([installer, earlier]).then(([install]) => install(names));
    // Whoever awaits it hears of a failure; nobody may have begun to when it comes.
    earlier.catch(() => {});
    return earlier;
  });
}

/**
 * How packages are installed on this machine; apt's lists are fetched first.
 * @param {readonly string[]} missing all that will be asked for
 * @param {boolean} hasApt
 * @returns {Promise<(names: readonly string[]) => Promise<void>>}
 */
async function installerOf(missing, hasApt) {
  if (missing.length === 0) return async () => {};
  if (!hasApt) {
    throw new StepError(
      `Missing: ${missing.join(', ')} (names of Debian packages), and there is no apt here.`,
      'install them with the package manager of this system; Emscripten from https://emscripten.org/docs/getting_started.',
    );
  }
  const privilege = privilegePrefix();
  if (privilege === undefined) {
    const install = [...INSTALL, ...missing].join(' ');
    throw new StepError(
      `Missing: ${missing.join(', ')}, and this user may not install packages.`,
      `run: sudo apt-get update && sudo ${install}`,
    );
  }
  await runPrivileged([...privilege, 'apt-get', 'update', '-qq', ...WAIT]);
  return async (names) => {
    if (names.length > 0) await runPrivileged([...privilege, ...INSTALL, ...names, ...WAIT]);
  };
}

/** What to put before a command so that root runs it; undefined where that can't be. */
function privilegePrefix() {
  if (process.getuid?.() === 0) return [];
  return succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
}

/** @param {readonly string[]} commandLine */
async function runPrivileged([command = '', ...args]) {
  say(`running: ${[command, ...args].join(' ')}`);
  await run(command, args, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
}
