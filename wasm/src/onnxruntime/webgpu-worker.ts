/** Entry point of a worker with ONNX Runtime Web's builds for the processor and for graphics cards. */
import { serveWorker } from '../browser/serve-worker.js';
import type { OnnxRuntimeModule } from '../engine/environment.js';

serveWorker(async (backend) =>
  backend === 'wasm'
    ? import('onnxruntime-web/wasm')
    : ((await import('onnxruntime-web/webgpu')) as OnnxRuntimeModule),
);
