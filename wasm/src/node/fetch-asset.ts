import { fileURLToPath } from 'node:url';
import type { Assets } from '../assets.js';
import { fetchAsset as fetchFromServer } from '../files/fetch-asset.js';
import { readBytes } from './read-bytes.js';

/** From this machine, or from a server. */
export const fetchAsset: Assets['fetchAsset'] = async (url, signal) => {
  if (!url.startsWith('file:')) return fetchFromServer(url, signal);
  return readBytes(fileURLToPath(url), signal);
};
