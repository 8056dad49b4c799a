import { readCoreFile } from '#core-file';
import type { ByteSource } from '../engine/environment.js';
import { assertWasm } from './bytes.js';

/** See HostEnvironment.readCore. */
export async function readCore(
  source: ByteSource | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (source !== undefined && 'bytes' in source) {
    assertWasm(source.bytes, 'wasmBinary');
    return source.bytes;
  }
  return readCoreFile(source?.url, signal);
}
