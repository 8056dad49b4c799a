/** What lies beside the page. In the page as one file, web/one-file/beside.ts is in the place of this. */

import type { OnnxRuntime } from 'image-likeness';
import { onnxRuntime } from 'image-likeness/onnxruntime';
import { spawnWorker } from '../delivery/worker.ts';

/** Whether nothing does. */
export const IN_ONE_FILE: boolean = false;

/** Fetches a file by its path from the page. */
export function fetchBeside(path: string): Promise<Response> {
  return fetch(new URL(path, document.baseURI));
}

/** ONNX Runtime Web's build for a backend. */
export async function runtimeFor(backend: string): Promise<OnnxRuntime | undefined> {
  if (backend === 'webgpu' || backend === 'webnn') {
    return (await import('image-likeness/onnxruntime/webgpu')).onnxRuntime;
  }
  return backend === 'core' ? undefined : onnxRuntime;
}

/** Starts a worker for a first answer; undefined where the model answers as soon. */
export function spawnFirstAnswer(): Worker | undefined {
  return spawnWorker();
}
