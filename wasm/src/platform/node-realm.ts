import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { asLikenessError, LikenessError, messageOf, throwIfAborted } from '../errors.js';
import { locateModel, modelDirectories } from '../models/locate.js';
import type { ModelFile, ModelSearch, Realm } from '../realm.js';
import type { LoadProgress } from '../types.js';
import { assertWasm } from './bytes.js';
import { readUrl } from './read-url.js';

/** What the engine needs of Node. */
export const nodeRealm: Realm = {
  canvasReadback: 'unavailable',
  canvas: undefined,
  readCoreWasm,
  readModel,
  readUrl: (url, limits, signal) =>
    url.startsWith('file:') ? readFileUrl(url) : readUrl(url, limits, signal),
};

async function readCoreWasm(): Promise<Uint8Array> {
  const path = fileURLToPath(new URL('../likeness-core.wasm', import.meta.url));
  try {
    const bytes = await readFile(path);
    assertWasm(bytes, path);
    return bytes;
  } catch (error) {
    throw asLikenessError(error, 'wasm-load-failed', `${path} could not be read`);
  }
}

async function readModel(
  { entry, baseUrl }: ModelSearch,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal | undefined,
): Promise<ModelFile> {
  throwIfAborted(signal);
  const directories = modelDirectories(baseUrl && fileURLToPath(baseUrl));
  const found = await locateModel(entry, directories);
  throwIfAborted(signal);
  if (found === undefined) {
    throw new LikenessError(
      'model-load-failed',
      `The model ${entry.id} is not on this machine (searched: ${directories.join(', ')}). Get it with: npm run models -- fetch ${entry.id}`,
    );
  }
  const total = found.bytes.byteLength;
  onProgress({ phase: 'model', loaded: total, total });
  return found;
}

async function readFileUrl(url: string): Promise<Uint8Array> {
  try {
    return await readFile(fileURLToPath(url));
  } catch (error) {
    throw new LikenessError('fetch-failed', `${url} could not be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
