import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { EngineEnvironment } from '../engine/environment.js';
import { LikenessError, messageOf } from '../errors.js';
import { readUrl } from '../files/read-url.js';

/** What the engine needs of Node. */
export const engineEnvironment: EngineEnvironment = {
  canvasReadback: 'unavailable',
  canvas: undefined,
  readUrl: (url, limits, signal) =>
    url.startsWith('file:') ? readFileUrl(url) : readUrl(url, limits, signal),
};

async function readFileUrl(url: string): Promise<Uint8Array> {
  try {
    return await readFile(fileURLToPath(url));
  } catch (error) {
    throw new LikenessError('fetch-failed', `${url} could not be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
