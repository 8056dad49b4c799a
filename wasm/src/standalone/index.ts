/**
 * The self-contained file's entry point: the package, and what its own worker runs. The build bundles
 * it, with everything it needs, into `likeness.standalone.js`.
 */
import { createLikeness as create } from '../api/likeness.js';
import { createLikeness as createHere } from '../in-thread/index.js';
import type { Likeness, LikenessOptions } from '../types.js';

export * from '../index.js';

/**
 * As in the package. Threads would each need a script of their own: workers take their place. Outside of pages
 * and their workers (in Node, Bun, Deno, a service worker) the engine runs in this thread.
 */
export function createLikeness({
  threads = 1,
  ...options
}: LikenessOptions = {}): Promise<Likeness> {
  if (!canStartWorkers()) return createHere(options);
  return create(threads > 1 ? { workers: threads, ...options } : { threads, ...options });
}

/** Bun and Deno have workers, but this file may be a part of another one, which a worker would have no use for. */
function canStartWorkers(): boolean {
  const onServer = 'process' in globalThis && typeof document === 'undefined';
  return typeof Worker !== 'undefined' && !onServer;
}

/** What the worker of this file runs; of no use elsewhere. */
export function runWorker(): void {
  void import('../worker.js');
}
