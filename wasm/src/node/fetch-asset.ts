import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Assets } from '../assets.js';
import { fetchAsset as fetchFromServer } from '../files/fetch-asset.js';

/** From this machine, or from a server. */
export const fetchAsset: Assets['fetchAsset'] = async (url, signal) => {
  if (!url.startsWith('file:')) return fetchFromServer(url, signal);
  return new Response(await readFile(fileURLToPath(url), { signal: signal ?? undefined }));
};
