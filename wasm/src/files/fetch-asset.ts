import type { Assets } from '../assets.js';

/** From a server. */
export const fetchAsset: Assets['fetchAsset'] = (url, signal) =>
  fetch(url, { signal: signal ?? null });
