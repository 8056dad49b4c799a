/**
 * One form of a network in a process of its own, forked by weights.mjs: the first message says which, the
 * answer that it is loaded; then each `pass` and `load` is answered with the ms that one forward pass, or
 * loading it once more, took. A process, because ONNX Runtime Web starts no threads in Node's workers.
 */
import { readFileSync } from 'node:fs';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { CoreNetwork } from '../../dist/package/binding/core-network.js';
import { freeSides } from '../../dist/package/models/free-sides.js';
import { unpackWeights } from '../../dist/package/models/unpack.js';
import { weightsOf } from '../../dist/package/models/weights.js';

const SIDE = 224;

/** @typedef {import('./weights.mjs').Form} Form */

/**
 * A loaded network, however it is computed.
 * @typedef {object} Opened
 * @property {() => Promise<void>} pass one forward pass
 * @property {() => Promise<void>} release
 */

/** @type {(() => Promise<Opened>) | undefined} */
let open;
/** @type {Opened | undefined} */
let opened;

/** @param {Form} form */
async function start(form) {
  const { path, core = false, batch = 1 } = form;
  const bytes = readFileSync(path);
  const values = Float32Array.from({ length: batch * 3 * SIDE * SIDE }, (_, i) => Math.sin(i));
  const input = { data: values, dims: [batch, 3, SIDE, SIDE] };
  open = core ? await openerOfCore(bytes, input) : openerOfRuntime(bytes, input, form);
  opened = await open();
  await opened.pass();
}

/**
 * @param {Uint8Array} bytes
 * @param {import('../../dist/package/index.js').Tensor} input
 */
async function openerOfCore(bytes, input) {
  const wasm = new URL('../../dist/package/likeness-core.wasm', import.meta.url);
  const compiled = await WebAssembly.compile(readFileSync(wasm));
  return async () => {
    const network = await CoreNetwork.open(compiled, weightsOf(bytes));
    return {
      pass: async () => void (await network.run(input)),
      release: () => network.release(),
    };
  };
}

/**
 * @param {Uint8Array} bytes
 * @param {import('../../dist/package/index.js').Tensor} input
 * @param {Form} form
 */
function openerOfRuntime(bytes, { data, dims }, { threads = 1, optimised = true, fixed = false }) {
  env.wasm.numThreads = threads;
  env.logLevel = 'error';
  const input = new Tensor('float32', data, dims);
  return async () => {
    const graph = unpackWeights(bytes);
    const names = ['input', 'features'];
    const session = await InferenceSession.create(fixed ? graph : freeSides(graph, names), {
      executionProviders: ['wasm'],
      graphOptimizationLevel: optimised ? 'all' : 'disabled',
    });
    const pass = async () => {
      const { features } = await session.run({ input });
      features?.dispose();
    };
    return { pass, release: () => session.release() };
  };
}

/** @param {'load' | 'pass' | Form} request */
async function answer(request) {
  const begun = performance.now();
  if (typeof request === 'object') await start(request);
  if (request === 'pass') await opened?.pass();
  const other = request === 'load' ? await open?.() : undefined;
  const took = performance.now() - begun;
  await other?.release();
  process.send?.(took);
}

process.on('message', (request) => answer(/** @type {'load' | 'pass' | Form} */ (request)));
