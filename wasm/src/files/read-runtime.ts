import { fetchAsset } from '#assets/fetch';
import { buildInfo } from '../build-info.js';
import type { ByteSource } from '../engine/environment.js';
import { asLikenessError, throwIfAborted } from '../errors.js';
import type { LoadProgress } from '../types.js';
import { assertRuntime, okResponse, readPackedBody } from './bytes.js';

/** See HostEnvironment.readRuntime. */
export async function readRuntime(
  source: ByteSource,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const total = buildInfo.runtime.bytes;
  const report = (loaded: number): void => onProgress({ phase: 'runtime', loaded, total });
  if ('bytes' in source) {
    await assertRuntime(source.bytes, 'runtimeBinary');
    report(total);
    return source.bytes;
  }
  const { url } = source;
  report(0);
  try {
    const fetched = await okResponse(fetchAsset(url, signal));
    const bytes = await readPackedBody(fetched, total, report);
    if (bytes === undefined) throw new Error(`it has more than ${total} bytes`);
    await assertRuntime(bytes, url);
    return bytes;
  } catch (error) {
    throwIfAborted(signal);
    throw asLikenessError(error, 'wasm-load-failed', `${url} could not be loaded`);
  }
}
