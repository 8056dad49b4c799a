import { coreUrl } from '../core-url.js';
import { asLikenessError, throwIfAborted } from '../errors.js';
import { assertWasm, fetchOk, readPackedBody } from './bytes.js';

/** Far more than the core will ever have; what is larger is something else. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The bytes of `likeness-core.wasm`, fetched, and decompressed where it is a gzip file.
 * @param url where it is, if not beside the package's own scripts
 * @throws LikenessError `wasm-load-failed`, `aborted`
 */
export async function readCoreFile(
  url: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const address = url ?? coreUrl().href;
  try {
    return await readCoreBody(await fetchOk(address, signal), address);
  } catch (error) {
    throwIfAborted(signal);
    throw asLikenessError(error, 'wasm-load-failed', `${address} could not be loaded`);
  }
}

/**
 * What the response holds: the core, as it is or compressed with gzip.
 * @throws LikenessError `wasm-load-failed`
 */
export async function readCoreBody(response: Response, address: string): Promise<Uint8Array> {
  const bytes = await readPackedBody(response, MOST_BYTES);
  if (bytes === undefined) throw new Error(`it has more than ${MOST_BYTES} bytes`);
  assertWasm(bytes, address);
  return bytes;
}
