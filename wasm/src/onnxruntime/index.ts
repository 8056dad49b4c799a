/**
 * ONNX Runtime Web for browsers, with its build for the processor: any network, several threads.
 * `npm install onnxruntime-web`, then `createLikeness({ runtime: onnxRuntime })`. Node needs no more than the
 * installation.
 * @module onnxruntime
 */
import type { OnnxRuntime } from '../types.js';

/** For the option `runtime`: the backend `wasm`. */
export const onnxRuntime: OnnxRuntime = {
  spawnWorker: () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
};
