import type { ModelFile } from '../engine/environment.js';
import { LikenessError } from '../errors.js';
import { sha256 } from '../files/bytes.js';
import type { ModelEntry } from './manifest.js';

/**
 * Lets a model through only when its SHA-256 is one that the manifest accepts, or the one that
 * `models fetch` recorded when it made the file from a source whose hash it had checked.
 * @param address where the bytes come from, for the message
 * @param readRecord reads the record beside the file; asked only when the manifest has no match
 * @throws LikenessError `model-hash-mismatch`
 */
export async function verifyModel(
  entry: ModelEntry,
  bytes: Uint8Array,
  address: string,
  readRecord: () => Promise<unknown>,
): Promise<ModelFile> {
  const hash = await sha256(bytes);
  if (entry.accepted.some((accepted) => accepted.sha256 === hash)) return { bytes, sha256: hash };
  const record = await readRecord();
  if (isRecordOf(record, entry, hash)) return { bytes, sha256: hash };
  throw new LikenessError(
    'model-hash-mismatch',
    `${address} is not a known ${entry.id} model (SHA-256 ${hash}). Fetch it again: npx image-likeness models fetch ${entry.id}`,
  );
}

/** The record must name a source that the manifest knows. */
function isRecordOf(record: unknown, entry: ModelEntry, hash: string): boolean {
  if (typeof record !== 'object' || record === null) return false;
  const { sha256: recorded, source } = record as {
    sha256?: unknown;
    source?: { sha256?: unknown };
  };
  return recorded === hash && entry.sources.some((known) => known.sha256 === source?.sha256);
}
