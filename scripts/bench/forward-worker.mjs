/**
 * One form of a network in a worker thread: says when it is loaded, then answers `pass` and `load` with
 * the ms that one forward pass, or making another session, took.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';

const SIDE = 224;

/** @type {{ bytes: Uint8Array, batch: number }} */
const { bytes, batch } = workerData;
env.wasm.numThreads = 1;
env.logLevel = 'error';
const values = Float32Array.from({ length: batch * 3 * SIDE * SIDE }, (_, i) => Math.sin(i));
const input = new Tensor('float32', values, [batch, 3, SIDE, SIDE]);
const session = await open();

async function open() {
  return InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
}

async function pass() {
  const { features } = await session.run({ input });
  features?.dispose();
}

parentPort?.on('message', async (/** @type {'load' | 'pass'} */ request) => {
  const start = performance.now();
  if (request === 'pass') await pass();
  const other = request === 'load' ? await open() : undefined;
  const took = performance.now() - start;
  await other?.release();
  parentPort?.postMessage(took);
});
await pass();
parentPort?.postMessage(0);
