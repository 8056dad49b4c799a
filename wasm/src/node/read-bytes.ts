import { readFile } from 'node:fs/promises';
import { inThisRealm } from '../realms.js';

/** The bytes of a file. Test runners load Node's modules in another realm than the package. */
export async function readBytes(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  return inThisRealm(await readFile(path, { signal }));
}
