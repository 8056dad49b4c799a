/**
 * One form of a network in a worker thread: says how many ms loading took, then answers every message
 * with the ms of one forward pass.
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
const options = /** @type {const} */ ({
  executionProviders: ['wasm'],
  graphOptimizationLevel: 'all',
});
// The first session also starts ONNX Runtime: what is measured is the second.
await (await InferenceSession.create(bytes, options)).release();
const start = performance.now();
const session = await InferenceSession.create(bytes, options);
parentPort?.postMessage(performance.now() - start);
parentPort?.on('message', async () => {
  const called = performance.now();
  const { features } = await session.run({ input });
  features?.dispose();
  parentPort?.postMessage(performance.now() - called);
});
