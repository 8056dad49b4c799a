import { coreUrl } from '#assets/core';
import { fetchAsset } from '#assets/fetch';
import { assertCompiles } from '../compile-wasm.js';
import type { CoreFile, CoreSource } from '../engine/environment.js';
import { asLikenessError, LikenessError, messageOf, throwIfAborted } from '../errors.js';
import { kindOf } from '../realms.js';
import { assertWasm, okResponse, readPackedBody } from './bytes.js';
import { BESIDE_THE_SCRIPTS, WITHOUT_ADDRESS } from './own-files.js';

/** Far more than the core will ever have; what is larger is something else. */
const MOST_BYTES = 16 * 1024 * 1024;

/** See HostEnvironment.readCore. */
export async function readCore(
  source: CoreSource | undefined,
  signal: AbortSignal | undefined,
): Promise<CoreFile> {
  if (source === undefined) return readOwn(signal);
  if ('module' in source) return checkedModule(source.module);
  if ('url' in source) return fetchCore(source.url, signal);
  assertWasm(source.bytes, 'wasmBinary');
  return source.bytes;
}

async function readOwn(signal: AbortSignal | undefined): Promise<Uint8Array> {
  const address = ownAddress();
  try {
    if (address !== undefined) return await fetchCore(address, signal);
  } catch (error) {
    throwIfAborted(signal);
    await assertCompiles();
    const reason = messageOf(error).replace(/\.?$/, '.');
    throw new LikenessError('wasm-load-failed', `${reason} ${BESIDE_THE_SCRIPTS}`, {
      cause: error,
    });
  }
  // Where nothing may be compiled, there is no use in finding the file.
  await assertCompiles();
  throw new LikenessError('wasm-load-failed', WITHOUT_ADDRESS);
}

/** Undefined where scripts have none. */
function ownAddress(): string | undefined {
  try {
    return coreUrl().href;
  } catch {
    return undefined;
  }
}

async function fetchCore(address: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const fetched = await okResponse(fetchAsset(address, signal));
    const bytes = await readPackedBody(fetched, MOST_BYTES);
    if (bytes === undefined) throw new Error(`it has more than ${MOST_BYTES} bytes`);
    assertWasm(bytes, address);
    return bytes;
  } catch (error) {
    throwIfAborted(signal);
    throw asLikenessError(error, 'wasm-load-failed', `${address} could not be loaded`);
  }
}

function checkedModule(module: WebAssembly.Module): WebAssembly.Module {
  if (kindOf(module) === 'WebAssembly.Module') return module;
  throw new LikenessError(
    'invalid-argument',
    'wasmModule must be a WebAssembly.Module. Pass bytes as wasmBinary, an address as wasmUrl.',
  );
}
