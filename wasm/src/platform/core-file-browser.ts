import { coreUrl } from '../core-url.js';
import { asLikenessError, throwIfAborted } from '../errors.js';
import { assertWasm } from './bytes.js';

/**
 * The bytes of `likeness-core.wasm`, fetched.
 * @param url where it is, if not beside the package's own scripts
 * @throws LikenessError `wasm-load-failed`, `aborted`
 */
export async function readCoreFile(
  url: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const address = url ?? coreUrl().href;
  try {
    const response = await fetch(address, { signal: signal ?? null });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    assertWasm(bytes, address);
    return bytes;
  } catch (error) {
    throwIfAborted(signal);
    throw asLikenessError(error, 'wasm-load-failed', `${address} could not be loaded`);
  }
}
