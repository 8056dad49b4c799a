/**
 * The self-contained file's entry point: the package, and what its own worker runs. The build bundles
 * it, with everything it needs, into `likeness.standalone.js`.
 */
import { createLikeness as create } from '../api/likeness.js';
import type { Likeness, LikenessOptions } from '../types.js';

export * from '../index.js';

/** As in the package. Threads would each need a script of their own: workers take their place. */
export function createLikeness({
  threads = 1,
  ...options
}: LikenessOptions = {}): Promise<Likeness> {
  return create(threads > 1 ? { workers: threads, ...options } : { threads, ...options });
}

/** What the worker of this file runs; of no use elsewhere. */
export function runWorker(): void {
  void import('../worker.js');
}
