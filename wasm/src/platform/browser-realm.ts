import { asLikenessError, LikenessError, messageOf, throwIfAborted } from '../errors.js';
import { embeddedModelUrl } from '../models/embedded.js';
import { verifyModel } from '../models/verify.js';
import type { ModelFile, ModelSearch, Realm } from '../realm.js';
import type { LoadProgress } from '../types.js';
import { assertWasm, readBody } from './bytes.js';
import { canvasDecoder, probeCanvasReadback } from './canvas.js';
import { readUrl } from './read-url.js';

/** What the engine needs of the browser's worker that it runs in. */
export async function createBrowserRealm(): Promise<Realm> {
  const canvasReadback = await probeCanvasReadback();
  const canvas = canvasReadback === 'unavailable' ? undefined : canvasDecoder;
  return { canvasReadback, canvas, readCoreWasm, readModel, readUrl };
}

/** A file made by `models fetch` may be larger than the ones that the manifest knows, not by much. */
const SIZE_LENIENCY = 1.25;

async function readCoreWasm(signal: AbortSignal | undefined): Promise<Uint8Array> {
  const url = new URL('../likeness-core.wasm', import.meta.url);
  try {
    const response = await fetch(url, { signal: signal ?? null });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    assertWasm(bytes, url.href);
    return bytes;
  } catch (error) {
    throwIfAborted(signal);
    throw asLikenessError(error, 'wasm-load-failed', `${url.href} could not be loaded`);
  }
}

async function readModel(
  { entry, baseUrl }: ModelSearch,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal | undefined,
): Promise<ModelFile> {
  const embedded = embeddedModelUrl(entry.id);
  const url = embedded ?? new URL(`${entry.id}.onnx`, baseUrl);
  const cure =
    embedded === undefined
      ? `Get it with "npm run models -- fetch ${entry.id}" and serve it at that address.`
      : 'It is part of the package: serve it at that address.';
  const total = Math.max(...entry.accepted.map(({ bytes }) => bytes));
  onProgress({ phase: 'model', loaded: 0, total });
  const bytes = await fetchModel(url, cure, total, signal, (loaded) =>
    onProgress({ phase: 'model', loaded: Math.min(loaded, total), total }),
  );
  return verifyModel(entry, bytes, url.href, () => fetchRecord(url, signal));
}

async function fetchModel(
  url: URL,
  cure: string,
  expected: number,
  signal: AbortSignal | undefined,
  onLoaded: (bytes: number) => void,
): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { signal: signal ?? null });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('text/html')) throw new Error('the server sent a page instead');
    const bytes = await readBody(response, expected * SIZE_LENIENCY, onLoaded);
    if (bytes === undefined) throw new Error('it is larger than any known file of this model');
    return bytes;
  } catch (error) {
    throwIfAborted(signal);
    throw new LikenessError(
      'model-load-failed',
      `There is no usable model at ${url.href} (${messageOf(error)}). ${cure}`,
      { cause: error },
    );
  }
}

/** The record that `models fetch` writes beside a file it made itself, or undefined. */
async function fetchRecord(model: URL, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    const response = await fetch(`${model.href}.json`, { signal: signal ?? null });
    return response.ok ? await response.json() : undefined;
  } catch {
    throwIfAborted(signal);
    return undefined;
  }
}
