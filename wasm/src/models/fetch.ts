import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LikenessError } from '../errors.js';
import { type DownloadOptions, downloadFile } from './download.js';
import {
  locateModel,
  modelCacheDirectory,
  modelDirectories,
  modelFileName,
  recordFileName,
} from './locate.js';
import type { ModelEntry, ModelSource } from './manifest.js';
import { cutClassifier, readOnnx, writeOnnx } from './onnx.js';

/** Where `fetchModel` found or made the model. */
export interface FetchedModel {
  readonly path: string;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Whether it had to be downloaded. */
  readonly downloaded: boolean;
}

/**
 * Puts a model into a directory: from this machine when it is there (by hash), else downloaded and
 * made ready. The file appears under its name only when it is whole and checked; whatever had the
 * name before stays until then.
 * @param directory where to put it; the user's cache unless told otherwise
 * @throws LikenessError `fetch-failed`, `model-hash-mismatch`, `model-load-failed`, `aborted`
 */
export async function fetchModel(
  entry: ModelEntry,
  directory: string = modelCacheDirectory(),
  options: DownloadOptions = {},
): Promise<FetchedModel> {
  const here = await placeModel(entry, directory);
  if (here !== undefined) return here;
  const target = join(resolve(directory), modelFileName(entry));
  const [source] = entry.sources;
  if (source === undefined) {
    throw new LikenessError('fetch-failed', `The manifest names no source for ${entry.id}.`);
  }
  const sourcePath = join(modelCacheDirectory(), `${source.sha256}.source`);
  await downloadFile(source, sourcePath, options);
  const bytes = writeOnnx(cutClassifier(readOnnx(await readFile(sourcePath)), entry));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await writeModel(entry, target, bytes, sha256, source);
  await rm(sourcePath);
  return { path: target, sha256, downloaded: true };
}

/**
 * Puts a model into a directory when it is on this machine (by hash); nothing is downloaded.
 * @returns undefined when it isn't
 */
export async function placeModel(
  entry: ModelEntry,
  directory: string,
): Promise<FetchedModel | undefined> {
  const target = join(resolve(directory), modelFileName(entry));
  const found = await findOnThisMachine(entry, directory);
  if (found === undefined) return undefined;
  if (found.path !== target) await copyModel(found.path, target);
  return { path: target, sha256: found.sha256, downloaded: false };
}

/** A file that is not what its name says is no reason to stop: it is replaced. */
async function findOnThisMachine(entry: ModelEntry, directory: string) {
  try {
    return await locateModel(entry, modelDirectories(resolve(directory)));
  } catch (error) {
    if (error instanceof LikenessError && error.code === 'model-hash-mismatch') return undefined;
    throw error;
  }
}

async function writeModel(
  entry: ModelEntry,
  target: string,
  bytes: Uint8Array,
  sha256: string,
  source: ModelSource,
): Promise<void> {
  const record = { sha256, bytes: bytes.byteLength, source: { sha256: source.sha256 } };
  const recordPath = join(dirname(target), recordFileName(entry));
  await writeAtomically(recordPath, `${JSON.stringify(record, null, 2)}\n`);
  await writeAtomically(target, bytes);
}

async function copyModel(from: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  try {
    await copyFile(`${from}.json`, `${target}.json`);
  } catch {
    // Files that the manifest knows by hash have no record.
  }
  const partial = `${target}.${randomUUID()}`;
  await copyFile(from, partial);
  await rename(partial, target);
}

async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}`;
  await writeFile(partial, content);
  await rename(partial, path);
}
