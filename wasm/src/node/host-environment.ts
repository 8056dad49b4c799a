import { Blob } from 'node:buffer';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { HostEnvironment } from '../api/host.js';
import { startRemoteEngine } from '../bridge/remote-engine.js';
import { asLikenessError } from '../errors.js';
import { readCore } from '../files/read-core.js';
import { readRuntime } from '../files/read-runtime.js';
import { urlFrom } from '../files/url-from.js';
import { nodePort } from './port.js';
import { readModel } from './read-model.js';
import { cores } from './surroundings.js';

/** Node: one engine in this thread, or as many as are asked for in worker threads. */
export const host: HostEnvironment = {
  fewestWorkers: 0,
  findsRuntime: true,
  takesWorkerFactory: false,
  defaultWorkers: () => 0,
  // ONNX Runtime Web fetches its own script to start threads, and Node fetches no files.
  hasThreads: () => false,
  cores,
  readCore,
  readModel,
  readRuntime,
  share: (bytes, workers) => (workers > 0 ? inSharedMemory(bytes) : bytes),
  async launch(config, assets, { workers }, signal) {
    if (workers === 0) {
      // Where worker threads compute, this one does without all of it.
      const { startHere } = await import('../engine/in-thread.js');
      const { createEngineEnvironment } = await import('./engine-environment.js');
      return startHere(await createEngineEnvironment(), config, await assets, signal);
    }
    return startRemoteEngine(nodePort(spawnWorker()), config, assets, signal);
  },
  isPostable: (blob) => blob instanceof Blob,
  prepareDrawable: async () => undefined,
  resolveModelBase: (base) => (base === undefined ? undefined : toUrl(base)),
  resolveUrl: toUrl,
  resolveImageUrl: (text) => urlFrom(text),
};

/** Flags of the process are inherited, except where `--input-type` would stop the worker's script. */
function spawnWorker(): Worker {
  const unfit = process.execArgv.some((flag) => flag.startsWith('--input-type'));
  try {
    return new Worker(new URL('./worker.js', import.meta.url), unfit ? { execArgv: [] } : {});
  } catch (error) {
    throw asLikenessError(
      error,
      'backend-failed',
      'A worker could not be started; leave the option workers out, and the engine runs in this thread',
    );
  }
}

function inSharedMemory(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}

/** A path, or a URL as text or object. */
function toUrl(address: string | URL): string {
  if (typeof address !== 'string') return address.href;
  return /^(?:https?|file):/.test(address) ? address : pathToFileURL(address).href;
}
