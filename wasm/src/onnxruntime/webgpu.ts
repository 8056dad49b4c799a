/**
 * ONNX Runtime Web for browsers, with its build for graphics cards, which has 26.8 MB.
 * @module onnxruntime/webgpu
 */
import type { OnnxRuntime } from '../types.js';

/** For the option `runtime`: the backends `wasm`, `webgpu` and `webnn`. */
export const onnxRuntime: OnnxRuntime = {
  spawnWorker: () => new Worker(new URL('./webgpu-worker.js', import.meta.url), { type: 'module' }),
};
