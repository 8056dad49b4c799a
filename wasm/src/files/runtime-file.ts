import { buildInfo } from '../build-info.js';
import type { ByteSource } from '../engine/environment.js';
import { asLikenessError, throwIfAborted } from '../errors.js';
import type { LoadProgress } from '../types.js';
import { assertRuntime, readPackedBody } from './bytes.js';

/**
 * ONNX Runtime's .wasm, decompressed where it is a gzip file, hash checked.
 * @param open gives the file behind a URL, or rejects
 * @throws LikenessError `wasm-load-failed`, `aborted`
 */
export async function readRuntimeFrom(
  source: ByteSource,
  open: (url: string, signal: AbortSignal | undefined) => Promise<Response>,
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
    const bytes = await readPackedBody(await open(url, signal), total, report);
    if (bytes === undefined) throw new Error(`it has more than ${total} bytes`);
    await assertRuntime(bytes, url);
    return bytes;
  } catch (error) {
    throwIfAborted(signal);
    throw asLikenessError(error, 'wasm-load-failed', `${url} could not be loaded`);
  }
}
