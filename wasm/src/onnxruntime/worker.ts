/** Entry point of a worker with ONNX Runtime Web's build for the processor. */
import { serveWorker } from '../browser/serve-worker.js';

serveWorker(() => import('onnxruntime-web/wasm'));
