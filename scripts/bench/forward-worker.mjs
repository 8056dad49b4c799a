/**
 * One form of a network in a process of its own, forked by weights.mjs: the first message says which, the
 * answer that it is loaded; then each `pass` and `load` is answered with the ms that one forward pass, or
 * making another session, took. A process, because ONNX Runtime Web starts no threads in Node's workers.
 */
import { readFileSync } from 'node:fs';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { freeSides } from '../../dist/package/models/free-sides.js';
import { unpackWeights } from '../../dist/package/models/unpack.js';

const SIDE = 224;

/** @typedef {import('./weights.mjs').Form} Form */

/** @type {(() => Promise<InferenceSession>) | undefined} */
let open;
/** @type {(() => Promise<void>) | undefined} */
let pass;

/** @param {Form} form */
async function start({ path, batch = 1, threads = 1, optimised = true, fixed = false }) {
  env.wasm.numThreads = threads;
  env.logLevel = 'error';
  const bytes = readFileSync(path);
  open = () => {
    const graph = unpackWeights(bytes);
    return InferenceSession.create(fixed ? graph : freeSides(graph, ['input', 'features']), {
      executionProviders: ['wasm'],
      graphOptimizationLevel: optimised ? 'all' : 'disabled',
    });
  };
  const values = Float32Array.from({ length: batch * 3 * SIDE * SIDE }, (_, i) => Math.sin(i));
  const input = new Tensor('float32', values, [batch, 3, SIDE, SIDE]);
  const session = await open();
  pass = async () => {
    const { features } = await session.run({ input });
    features?.dispose();
  };
  await pass();
}

/** @param {'load' | 'pass' | Form} request */
async function answer(request) {
  const begun = performance.now();
  if (typeof request === 'object') await start(request);
  if (request === 'pass') await pass?.();
  const other = request === 'load' ? await open?.() : undefined;
  const took = performance.now() - begun;
  await other?.release();
  process.send?.(took);
}

process.on('message', (request) => answer(/** @type {'load' | 'pass' | Form} */ (request)));
