import type { Assets } from './assets.js';

/** ONNX Runtime finds its .wasm by itself, with every bundler's help. */
export const runtimeUrl: Assets['runtimeUrl'] = () => undefined;
