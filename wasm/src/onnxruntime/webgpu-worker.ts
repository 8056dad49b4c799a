/** Entry point of a worker with ONNX Runtime Web's build for graphics cards. */
import { serveWorker } from '../browser/serve-worker.js';
import type { OnnxRuntimeModule } from '../engine/environment.js';

serveWorker(async () => (await import('onnxruntime-web/webgpu')) as OnnxRuntimeModule);
