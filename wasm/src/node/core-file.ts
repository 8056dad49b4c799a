import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { coreUrl } from '../core-url.js';
import { asLikenessError, throwIfAborted } from '../errors.js';
import { readCoreFile as fetchCoreFile, readCoreBody } from '../files/core-file.js';

/**
 * The bytes of `likeness-core.wasm`, from this machine or fetched.
 * @param url where it is, if not beside the package's own scripts
 * @throws LikenessError `wasm-load-failed`, `aborted`
 */
export async function readCoreFile(
  url: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  throwIfAborted(signal);
  const address = url ?? coreUrl().href;
  if (!address.startsWith('file:')) return fetchCoreFile(address, signal);
  const path = fileURLToPath(address);
  try {
    return await readCoreBody(new Response(await readFile(path)), path);
  } catch (error) {
    throw asLikenessError(error, 'wasm-load-failed', `${path} could not be read`);
  }
}
