/** Models in a browser: fetched, and kept. */
import { fetchAsset } from '#assets/fetch';
import type { AssetSupply } from '../api/host.js';
import type { Fetched } from '../assets.js';
import type { ModelFile, ModelSupply } from '../engine/environment.js';
import { LikenessError, messageOf, throwIfAborted } from '../errors.js';
import { okResponse, readPackedBody } from '../files/bytes.js';
import { urlFrom } from '../files/url-from.js';
import { embeddedModelUrl } from '../models/embedded.js';
import type { ModelEntry } from '../models/manifest.js';
import { verifyModel } from '../models/verify.js';
import type { LoadProgress } from '../types.js';
import { ModelCache } from './model-cache.js';

/** A file made by `models fetch` may be larger than the ones that the manifest knows, not by much. */
const SIZE_LENIENCY = 1.25;

/** See HostEnvironment.readModel. */
export async function readModel(
  { model, cache }: AssetSupply,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal | undefined,
): Promise<ModelFile> {
  const { entry, file } = model;
  const [{ bytes: total } = { bytes: 0 }] = entry.accepted;
  const report = (loaded: number): void =>
    onProgress({ phase: 'model', loaded: Math.min(loaded, total), total });
  report(0);
  const found =
    file !== undefined && 'bytes' in file
      ? await verifyModel(entry, file.bytes, 'The file given', async () => undefined)
      : await readThroughCache(model, cache, report, signal);
  throwIfAborted(signal);
  report(total);
  return found;
}

/** What is fetched is checked before it is kept, and what was kept before it is used. */
async function readThroughCache(
  model: ModelSupply,
  cache: boolean,
  report: (loaded: number) => void,
  signal: AbortSignal | undefined,
): Promise<ModelFile> {
  const kept = cache ? await ModelCache.open() : undefined;
  const hit = await kept?.find(model.entry.accepted);
  throwIfAborted(signal);
  if (hit !== undefined) return hit;
  const fetched = await fetchVerified(model, report, signal);
  const known = model.entry.accepted.some(({ sha256 }) => sha256 === fetched.sha256);
  if (known) await kept?.keep(fetched);
  return fetched;
}

async function fetchVerified(
  { entry, baseUrl, file }: ModelSupply,
  report: (loaded: number) => void,
  signal: AbortSignal | undefined,
): Promise<ModelFile> {
  const embedded = embeddedModelUrl(entry.id)?.href;
  const own = file !== undefined && 'url' in file ? file.url : undefined;
  const url = own ?? embedded ?? urlFrom(`${entry.id}.onnx`, baseUrl);
  if (url === undefined) {
    throw new LikenessError(
      'model-load-failed',
      `Nothing says where ${entry.id} is here. Pass it as modelBinary, or its address as modelUrl.`,
    );
  }
  const bytes = await fetchModel(url, entry, cureFor(entry, own, embedded), report, signal);
  return verifyModel(entry, bytes, url, () => fetchRecord(url, signal));
}

function cureFor(
  { id, sources }: ModelEntry,
  own: string | undefined,
  embedded: string | undefined,
) {
  if (own !== undefined && sources.length === 0)
    return 'Serve the file at that address, with CORS headers if it is foreign.';
  if (embedded !== undefined) return 'It is part of the package: serve it at that address.';
  return `Get it with "npx image-likeness models fetch ${id}" and serve it at that address.`;
}

async function fetchModel(
  url: string,
  { accepted }: ModelEntry,
  cure: string,
  report: (loaded: number) => void,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const limit = Math.max(...accepted.map(({ bytes }) => bytes)) * SIZE_LENIENCY;
  try {
    const fetched = await okResponse(fetchAsset(url, signal));
    if (isPage(fetched)) throw new Error('the server sent a page instead');
    const bytes = await readPackedBody(fetched, limit, report);
    if (bytes === undefined) throw new Error('it is larger than any known file of this model');
    return bytes;
  } catch (error) {
    throwIfAborted(signal);
    throw new LikenessError(
      'model-load-failed',
      `There is no usable model at ${url} (${messageOf(error)}). ${cure}`,
      { cause: error },
    );
  }
}

function isPage(fetched: Fetched): boolean {
  const type = fetched instanceof Response ? fetched.headers.get('content-type') : '';
  return type?.startsWith('text/html') ?? false;
}

/** The record that `models fetch` writes beside a file it made itself, or undefined. */
async function fetchRecord(model: string, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    const record = `${model.replace(/\.gz$/, '')}.json`;
    const fetched = await okResponse(fetchAsset(record, signal));
    return fetched instanceof Response ? await fetched.json() : undefined;
  } catch {
    throwIfAborted(signal);
    return undefined;
  }
}
