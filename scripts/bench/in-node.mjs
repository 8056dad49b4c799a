/** Everything that is measured in one run of Node: our WebAssembly, our native build, Pillow. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { configureNative } from '../lib/build.mjs';
import { rooted } from '../lib/files.mjs';
import { FULL_MODEL, PLACED_MODELS } from '../lib/models.mjs';
import { PYTHON } from '../lib/prerequisites.mjs';
import { run, say } from '../lib/process.mjs';
import { LARGE, paintPicture } from './picture.mjs';
import { takeTurns } from './rounds.mjs';

/** The model that is part of the package. */
const LITE_MODEL = 'mobilenetv2-lite';

const PIXELS = rooted('build/bench/picture.rgba');

/**
 * @typedef {object} NodeResults
 * @property {Record<string, number[]>} figures one value a round
 * @property {string[]} ran peers
 * @property {Record<string, string>} failures why a peer did not run
 */

/**
 * @param {{ rounds: number, skipped: ReadonlySet<string> }} options
 * @returns {Promise<NodeResults>}
 */
export async function measureInNode({ rounds, skipped }) {
  say('Node: WebAssembly, native and Pillow, taking turns');
  const data = paintPicture(LARGE, 1);
  mkdirSync(rooted('build/bench'), { recursive: true });
  writeFileSync(PIXELS, data);
  const contestants = [await createOwn(data)];
  const ran = [];
  /** @type {Record<string, string>} */
  const failures = {};
  /** @type {Program[]} */
  const programs = [];
  for (const [name, start] of Object.entries({ native: startNative, pillow: startPillow })) {
    if (skipped.has(name)) continue;
    try {
      const program = await start();
      programs.push(program);
      await program.turn();
      contestants.push(program);
      ran.push(name);
    } catch (error) {
      failures[name] = String(error);
    }
  }
  try {
    return { figures: await takeTurns(contestants, rounds, say), ran, failures };
  } finally {
    for (const program of programs) program.end();
  }
}

/**
 * @param {Uint8ClampedArray} data
 * @returns {Promise<import('./rounds.mjs').Contestant>}
 */
async function createOwn(data) {
  // Not at the top: they load the package, which may not be built yet.
  /** @type {typeof import('../../dist/package/binding/module.js')} */
  const { startModule } = await import(rooted('dist/package/binding/module.js'));
  /** @type {typeof import('./passes.mjs')} */
  const { openPasses } = await import('./passes.mjs');
  const { measurePreprocessing } = await import('./preprocessing.mjs');
  const { loadRuntime } = await import(rooted('dist/package/node/engine-environment.js'));
  /** @type {typeof import('../../dist/package/models/manifest.js')} */
  const { findModel } = await import(rooted('dist/package/models/manifest.js'));
  const entry = findModel(FULL_MODEL);
  const wasm = readFileSync(rooted('dist/package/likeness-core.wasm'));
  const compiled = await WebAssembly.compile(wasm);
  const module = await startModule(compiled);
  const fullModel = readFileSync(rooted(PLACED_MODELS, `${FULL_MODEL}.onnx`));
  const full = await openPasses(compiled, loadRuntime, entry, fullModel);
  const liteModel = readFileSync(rooted('dist/package', `${LITE_MODEL}.onnx`));
  const lite = await openPasses(compiled, loadRuntime, findModel(LITE_MODEL), liteModel);
  return {
    async turn() {
      const picture = { data, ...LARGE };
      const alone = measurePreprocessing(module, entry, picture, false);
      const whole = measurePreprocessing(module, entry, picture, true);
      const passes = { full: await full.turn(), lite: await lite.turn() };
      return {
        'Node: 12 MP RGBA to tensor, with the copy': alone.withCopy,
        'Node: 12 MP RGBA to tensor, without the copy': alone.withoutCopy,
        'Node: 12 MP RGBA to tensor and fingerprint, with the copy': whole.withCopy,
        'Node: forward pass': passes.full.core,
        'Node: ONNX Runtime Web, forward pass': passes.full.runtime,
        'Node: lite: forward pass': passes.lite.core,
        'Node: lite: ONNX Runtime Web, forward pass': passes.lite.runtime,
      };
    },
  };
}

/** A program that holds the picture, measures once for each line it reads, and answers in JSON. */
class Program {
  #child;
  #answers;

  /**
   * @param {string} command
   * @param {readonly string[]} args
   */
  constructor(command, args) {
    const size = [PIXELS, String(LARGE.width), String(LARGE.height)];
    this.#child = spawn(command, [...args, ...size], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.on('error', () => undefined);
    this.#child.stdin.on('error', () => undefined);
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** @returns {Promise<Record<string, number>>} */
  async turn() {
    this.#child.stdin.write('\n');
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('the program ended');
    return JSON.parse(value);
  }

  end() {
    this.#child.stdin.end();
  }
}

async function startNative() {
  await configureNative('native');
  const build = ['--build', '--preset', 'native', '--target', 'preprocess_turns'];
  await run('cmake', build, { cwd: rooted() });
  return new Program(rooted('build/native/tests/native/preprocess_turns'), []);
}

async function startPillow() {
  execFileSync(PYTHON, ['-c', 'import PIL, numpy']);
  return new Program(PYTHON, [rooted('scripts/bench/pillow.py')]);
}
