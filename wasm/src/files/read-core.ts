import { coreUrl } from '#assets/core';
import { fetchAsset } from '#assets/fetch';
import type { ByteSource } from '../engine/environment.js';
import { asLikenessError, throwIfAborted } from '../errors.js';
import { assertWasm, okResponse, readPackedBody } from './bytes.js';

/** Far more than the core will ever have; what is larger is something else. */
const MOST_BYTES = 16 * 1024 * 1024;

/** See HostEnvironment.readCore. */
export async function readCore(
  source: ByteSource | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (source !== undefined && 'bytes' in source) {
    assertWasm(source.bytes, 'wasmBinary');
    return source.bytes;
  }
  const address = source?.url ?? coreUrl().href;
  try {
    const response = await okResponse(fetchAsset(address, signal));
    const bytes = await readPackedBody(response, MOST_BYTES);
    if (bytes === undefined) throw new Error(`it has more than ${MOST_BYTES} bytes`);
    assertWasm(bytes, address);
    return bytes;
  } catch (error) {
    throwIfAborted(signal);
    throw asLikenessError(error, 'wasm-load-failed', `${address} could not be loaded`);
  }
}
