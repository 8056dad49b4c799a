/** Downloads that survive interruptions: resumed, retried, and checked before they count. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { LikenessError, messageOf, throwIfAborted } from '../../errors.js';

/** A file that is known before it is downloaded. */
export interface Download {
  /** Mirrors, tried in this order. */
  readonly urls: readonly string[];
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** How a download behaves. */
export interface DownloadOptions {
  readonly onProgress?: (loaded: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** Tries a mirror; 3 unless told otherwise. */
  readonly tries?: number;
  /** Milliseconds before the second try, doubled after each; 500 unless told otherwise. */
  readonly backoff?: number;
}

/** HTTP status: the server sends the part that was asked for. */
const PARTIAL_CONTENT = 206;

/** HTTP status: the part that was asked for lies outside the file. */
const RANGE_NOT_SATISFIABLE = 416;

/**
 * Downloads a file. What has arrived is kept beside it as `.part`, so that the next try, or the
 * next run, goes on where this one stopped. Only a file of the right length and hash gets the name.
 * @throws LikenessError `fetch-failed` when no mirror has it, `model-hash-mismatch` when all that
 *   came was something else, `aborted`
 */
export async function downloadFile(
  file: Download,
  path: string,
  options: DownloadOptions = {},
): Promise<void> {
  const { tries = 3, backoff = 500, signal } = options;
  await mkdir(dirname(path), { recursive: true });
  const failures: LikenessError[] = [];
  for (const url of file.urls) {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      throwIfAborted(signal);
      if (attempt > 0) await delay(backoff * 2 ** (attempt - 1));
      try {
        await downloadOnce(file, url, `${path}.part`, options);
        await rename(`${path}.part`, path);
        return;
      } catch (error) {
        throwIfAborted(signal);
        const failure = error instanceof LikenessError ? error : failed(url, messageOf(error));
        failures.push(failure);
        if (failure.code === 'model-hash-mismatch') break;
      }
    }
  }
  const mismatch = failures.find(({ code }) => code === 'model-hash-mismatch');
  throw mismatch ?? failures.at(-1) ?? failed(path, 'it has no mirror');
}

async function downloadOnce(
  file: Download,
  url: string,
  part: string,
  { onProgress, signal }: DownloadOptions,
): Promise<void> {
  const have = await sizeOf(part);
  if (have < file.bytes) {
    const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
    const response = await fetch(url, { headers, signal: signal ?? null });
    if (response.status === RANGE_NOT_SATISFIABLE) await rm(part, { force: true });
    if (!response.ok || response.body === null) throw failed(url, `status ${response.status}`);
    const resumed = response.status === PARTIAL_CONTENT;
    let loaded = resumed ? have : 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        loaded += chunk.byteLength;
        if (loaded > file.bytes) return done(wrongFile(url, `more than ${file.bytes} bytes`));
        onProgress?.(loaded, file.bytes);
        done(null, chunk);
      },
    });
    await pipeline(
      Readable.fromWeb(response.body as import('node:stream/web').ReadableStream),
      meter,
      createWriteStream(part, { flags: resumed ? 'a' : 'w' }),
    ).catch(async (error: unknown) => {
      if (error instanceof LikenessError) await rm(part, { force: true });
      throw error;
    });
    if (loaded < file.bytes) throw failed(url, `it ended after ${loaded} of ${file.bytes} bytes`);
  }
  const hash = await sha256OfFile(part);
  if (hash === file.sha256) return;
  await rm(part, { force: true });
  throw wrongFile(url, `SHA-256 ${hash}, not ${file.sha256}`);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function failed(url: string, reason: string): LikenessError {
  return new LikenessError('fetch-failed', `${url} could not be downloaded: ${reason}.`);
}

function wrongFile(url: string, difference: string): LikenessError {
  return new LikenessError(
    'model-hash-mismatch',
    `${url} sent another file than the manifest names (${difference}). It was thrown away.`,
  );
}
