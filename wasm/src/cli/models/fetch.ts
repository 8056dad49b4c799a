import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LikenessError } from '../../errors.js';
import type { ModelEntry, ModelSource, WeightBits } from '../../models/manifest.js';
import {
  locateModel,
  modelCacheDirectory,
  modelDirectories,
  modelFileName,
  recordFileName,
} from '../../node/locate.js';
import { usageError } from '../io.js';
import { type DownloadOptions, downloadFile } from './download.js';
import { cutClassifier, type OnnxModel, readOnnx, writeOnnx } from './onnx.js';
import { packWeights, weightBitsOf } from './pack.js';

/** Where `fetchModel` found or made the model. */
export interface FetchedModel {
  readonly path: string;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Whether it had to be downloaded. */
  readonly downloaded: boolean;
}

/** How a model is fetched. */
export interface FetchOptions extends DownloadOptions {
  /** Bits of its weights, 32 for float32; as the manifest says unless given. */
  readonly weightBits?: WeightBits | 32 | undefined;
}

/**
 * Puts a model into a directory: from this machine when it is there (by hash), else downloaded and
 * made ready. The file appears under its name only when it is whole and checked; whatever had the
 * name before stays until then.
 * @param directory where to put it; the user's cache unless told otherwise
 * @throws LikenessError `fetch-failed`, `model-hash-mismatch`, `model-load-failed`, `aborted`;
 *   `invalid-argument` where no directory is given and the user has none
 */
export async function fetchModel(
  entry: ModelEntry,
  directory: string | undefined = modelCacheDirectory(),
  options: FetchOptions = {},
): Promise<FetchedModel> {
  if (directory === undefined) {
    throw usageError('There is no home directory to put the model in. Name a folder: --out DIR.');
  }
  const { weightBits = defaultBits(entry) } = options;
  const here = await placeModel(entry, directory, weightBits);
  if (here !== undefined) return here;
  const target = join(resolve(directory), modelFileName(entry));
  const [source] = entry.sources;
  if (source === undefined) {
    throw new LikenessError('fetch-failed', `The manifest names no source for ${entry.id}.`);
  }
  const sourcePath = join(modelCacheDirectory() ?? directory, `${source.sha256}.source`);
  await downloadFile(source, sourcePath, options);
  const cut = cutClassifier(readOnnx(await readFile(sourcePath)), entry);
  const sha256 = await writeModel(entry, target, pack(cut, weightBits), source);
  await rm(sourcePath);
  return { path: target, sha256, downloaded: true };
}

/**
 * Puts a model into a directory when it is on this machine (by hash), packed there if need be; nothing
 * is downloaded.
 * @param weightBits as in FetchOptions
 * @returns undefined when it isn't
 */
export async function placeModel(
  entry: ModelEntry,
  directory: string,
  weightBits: WeightBits | 32 | undefined = defaultBits(entry),
): Promise<FetchedModel | undefined> {
  const target = join(resolve(directory), modelFileName(entry));
  const found = await findOnThisMachine(entry, directory, weightBits);
  if (found !== undefined) {
    if (found.path !== target) await copyModel(found.path, target);
    return { path: target, sha256: found.sha256, downloaded: false };
  }
  const [source] = entry.sources;
  if (source === undefined || weightBits === undefined || weightBits === 32) return undefined;
  const exact = await findOnThisMachine(entry, directory, 32);
  if (exact === undefined) return undefined;
  const packed = pack(readOnnx(exact.bytes), weightBits);
  return {
    path: target,
    sha256: await writeModel(entry, target, packed, source),
    downloaded: false,
  };
}

function defaultBits({ sources: [source] }: ModelEntry): WeightBits | undefined {
  return source?.weightBits;
}

function pack(model: OnnxModel, weightBits: WeightBits | 32 | undefined): Uint8Array {
  const asIs = weightBits === undefined || weightBits === 32;
  return writeOnnx(asIs ? model : packWeights(model, weightBits));
}

/** A file that is not what its name says is no reason to stop: it is replaced. */
async function findOnThisMachine(
  entry: ModelEntry,
  directory: string,
  weightBits: WeightBits | 32 | undefined,
) {
  const suits = (bytes: Uint8Array): boolean =>
    weightBits === undefined || weightBitsOf(readOnnx(bytes)) === weightBits;
  try {
    return await locateModel(entry, modelDirectories(resolve(directory)), suits);
  } catch (error) {
    if (error instanceof LikenessError && error.code === 'model-hash-mismatch') return undefined;
    throw error;
  }
}

/** Resolves to the SHA-256. */
async function writeModel(
  entry: ModelEntry,
  target: string,
  bytes: Uint8Array,
  source: ModelSource,
): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const record = { sha256, bytes: bytes.byteLength, source: { sha256: source.sha256 } };
  const recordPath = join(dirname(target), recordFileName(entry));
  await writeAtomically(recordPath, `${JSON.stringify(record, null, 2)}\n`);
  await writeAtomically(target, bytes);
  return sha256;
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
