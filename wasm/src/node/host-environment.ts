import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { HostEnvironment, PooledEngine } from '../api/host.js';
import { startRemoteEngine } from '../bridge/remote-engine.js';
import { Engine } from '../engine/engine.js';
import { readCore } from '../files/read-core.js';
import { readRuntime } from '../files/read-runtime.js';
import { urlFrom } from '../files/url-from.js';
import { engineEnvironment } from './engine-environment.js';
import { nodePort } from './port.js';
import { readModel } from './read-model.js';

/** Node: one engine in this thread, or as many as are asked for in worker threads. */
export const host: HostEnvironment = {
  fewestWorkers: 0,
  findsRuntime: true,
  takesWorkerFactory: false,
  defaultWorkers: () => 0,
  // ONNX Runtime Web fetches its own script to start threads, and Node fetches no files.
  hasThreads: () => false,
  cores: availableParallelism,
  readCore,
  readModel,
  readRuntime,
  share: (bytes, workers) => (workers > 0 ? inSharedMemory(bytes) : bytes),
  async launch(config, assets, { workers }, signal) {
    if (workers === 0) {
      return inProcess(await Engine.create(engineEnvironment, config, assets, signal));
    }
    return startRemoteEngine(nodePort(spawnWorker()), config, assets, signal);
  },
  prepareDrawable: async () => undefined,
  resolveModelBase: (base) => (base === undefined ? undefined : toUrl(base)),
  resolveUrl: toUrl,
  resolveImageUrl: (text) => urlFrom(text),
};

/** Flags of the process are inherited, except where `--input-type` would stop the worker's script. */
function spawnWorker(): Worker {
  const unfit = process.execArgv.some((flag) => flag.startsWith('--input-type'));
  return new Worker(new URL('./worker.js', import.meta.url), unfit ? { execArgv: [] } : {});
}

/** An engine in this thread can't be lost: whatever ended it would end the caller as well. */
function inProcess(engine: Engine): PooledEngine {
  return Object.assign(engine, { onLost: () => undefined });
}

function inSharedMemory(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}

/** A path, or a URL as text or object. */
function toUrl(address: string | URL): string {
  if (address instanceof URL) return address.href;
  return /^(?:https?|file):/.test(address) ? address : pathToFileURL(address).href;
}
