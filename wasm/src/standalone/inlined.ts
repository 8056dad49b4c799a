/** The package's files as parts of its script, in the place of `#assets/core`, `model` and `fetch`. */
import type { Assets } from '../assets.js';
import { fetchAsset as fetchFromServer } from '../files/fetch-asset.js';
import { core, model } from './data.js';

/** What addresses of inlined files begin with; no network ever sees them. */
const SCHEME = 'inlined:';

/** The files whose addresses were asked for: a bundle has no others. */
const files = new Map<string, string>();

export const coreUrl: Assets['coreUrl'] = () => addressOf('likeness-core.wasm', core);

export const modelUrl: Assets['modelUrl'] = () => addressOf('mobilenetv2-lite.onnx', model);

/** Inlined files are answered from inside, everything else goes its usual way. */
export const fetchAsset: Assets['fetchAsset'] = async (url, signal) => {
  if (!url.startsWith(SCHEME)) return fetchFromServer(url, signal);
  signal?.throwIfAborted();
  const data = files.get(url);
  return data === undefined ? new Response(null, { status: 404 }) : bytesOf(data);
};

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

function addressOf(name: string, data: string): URL {
  const address = new URL(`${SCHEME}${name}`);
  files.set(address.href, data);
  return address;
}
