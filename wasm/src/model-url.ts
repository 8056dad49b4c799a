import type { Assets } from './assets.js';

/** Where the model that travels inside the package is; see core-url.ts. */
export const modelUrl: Assets['modelUrl'] = () =>
  new URL('./mobilenetv2-lite.onnx', import.meta.url);
