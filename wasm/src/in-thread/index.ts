/**
 * The package for places that start no workers: service workers, shared workers, servers at the edge. It is the
 * main entry with another `createLikeness`, which computes in the thread that calls it. Importing it has no side
 * effect.
 * @packageDocumentation
 */
import { createEngineEnvironment } from '#engine-environment';
import { host } from '#host';
import type { HostEnvironment } from '../api/host.js';
import { startLikeness } from '../api/likeness.js';
import { startHere } from '../engine/in-thread.js';
import type { Likeness, LikenessOptions } from '../types.js';

export * from '../index.js';

/** Options of `createLikeness` but for those that are about workers. */
export type InThreadOptions = Omit<LikenessOptions, 'workers' | 'workerFactory' | 'threads'>;

/** The host without workers. */
const inThread: HostEnvironment = {
  ...host,
  fewestWorkers: 0,
  hasThreads: () => false,
  share: (bytes) => bytes,
  launch: async (config, assets, _placement, signal) =>
    startHere(await createEngineEnvironment(), config, await assets, signal),
};

/**
 * Loads a model and makes everything ready for the first answer, all in this thread. The network is the core's;
 * in Node it may also be ONNX Runtime Web.
 * @throws LikenessError as `createLikeness` of the main entry
 */
export function createLikeness(options: InThreadOptions = {}): Promise<Likeness> {
  return startLikeness({ ...options, workers: 0 }, inThread);
}
