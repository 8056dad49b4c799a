import { asLikenessError, LikenessError, throwIfAborted } from '../errors.js';
import type { Limits } from '../types.js';
import { okResponse, readBody } from './bytes.js';

/**
 * The bytes behind an http, https, data or blob URL.
 * @throws LikenessError `fetch-failed`, `image-too-large`, `aborted`
 */
export async function readUrl(
  url: string,
  limits: Limits,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    const response = await okResponse(fetch(url, { signal: signal ?? null }));
    const bytes = await readBody(response, limits.maxFileBytes);
    if (bytes !== undefined) return bytes;
  } catch (error) {
    throwIfAborted(signal);
    throw asLikenessError(error, 'fetch-failed', `${url} could not be fetched`);
  }
  throw new LikenessError(
    'image-too-large',
    `${url} has more than ${limits.maxFileBytes} bytes (limits.maxFileBytes).`,
  );
}
