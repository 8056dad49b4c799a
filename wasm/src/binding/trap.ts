import { LikenessError, messageOf } from '../errors.js';
import type { CoreModule, Handle } from './wire.js';

/** How C++ (bindings.cpp) and JavaScript engines say that an allocation failed. */
const OUT_OF_MEMORY = /\bout of memory\b|\ballocation failed\b/i;

/**
 * What ended a call into WebAssembly that threw no LikenessError. After it, the instance is in an unknown
 * state.
 * @param what stopped, and what becomes of it
 * @param cure for a lack of memory
 * @returns `out-of-memory` where an allocation failed, `internal` for every other trap
 */
export function trapError(error: unknown, what: string, fate: string, cure: string): LikenessError {
  const reason = messageOf(error);
  return OUT_OF_MEMORY.test(reason)
    ? new LikenessError('out-of-memory', `${what} ran out of memory ${fate}. ${cure}`, {
        cause: error,
      })
    : new LikenessError(
        'internal',
        `${what} stopped at a fault of its own ${fate} (${reason}). Please report this, with the images if you may.`,
        { cause: error },
      );
}

/** What trapped instances had, for as long as one of them is there. */
const abandoned = new WeakMap<CoreModule, readonly Handle[]>();

/**
 * Leaves the C++ objects of an instance that trapped as they are. Embind frees objects that are forgotten,
 * by code of that instance, which must not run any more.
 */
export function abandon(module: CoreModule, handles: readonly Handle[]): void {
  abandoned.set(module, handles);
}
