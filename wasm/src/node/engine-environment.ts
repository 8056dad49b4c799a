import { fileURLToPath } from 'node:url';
import { buildInfo } from '../build-info.js';
import type { EngineEnvironment, OnnxRuntimeModule } from '../engine/environment.js';
import { LikenessError, messageOf } from '../errors.js';
import { readUrl } from '../files/read-url.js';
import { decoders } from './decoders.js';
import { readBytes } from './read-bytes.js';

/** What the engine needs of Node. */
export async function createEngineEnvironment(): Promise<EngineEnvironment> {
  return engineEnvironment;
}

const engineEnvironment: EngineEnvironment = {
  loadRuntime,
  canvasReadback: 'unavailable',
  canvas: undefined,
  decoders,
  readUrl: (url, limits, signal) =>
    url.startsWith('file:') ? readFileUrl(url) : readUrl(url, limits, signal),
};

/** Named where bundlers don't look: ONNX Runtime Web is what an application installs, or doesn't. */
const ONNX_RUNTIME = 'onnxruntime-web';

/** ONNX Runtime Web from node_modules. Node has neither WebGPU nor WebNN: that is asked before. */
export async function loadRuntime(): Promise<OnnxRuntimeModule> {
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ `${ONNX_RUNTIME}/wasm`);
  } catch (error) {
    throw new LikenessError(
      'backend-failed',
      `ONNX Runtime Web could not be loaded (${messageOf(error)}). Install it: npm install ${ONNX_RUNTIME}@${buildInfo.runtime.version}`,
      { cause: error },
    );
  }
}

async function readFileUrl(url: string): Promise<Uint8Array> {
  try {
    return await readBytes(fileURLToPath(url));
  } catch (error) {
    throw new LikenessError('fetch-failed', `${url} could not be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
