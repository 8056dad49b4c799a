/** Where Node finds models: directories on this machine, searched by hash. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelUrl } from '#assets/model';
import type { ModelFile } from '../engine/environment.js';
import { LikenessError } from '../errors.js';
import { BESIDE_THE_SCRIPTS } from '../files/own-files.js';
import { isEmbedded } from '../models/embedded.js';
import type { ModelEntry } from '../models/manifest.js';
import { verifyModel } from '../models/verify.js';
import { readBytes } from './read-bytes.js';
import { homeDirectory, variable } from './surroundings.js';

/** A model found on this machine. */
export interface LocatedModel extends ModelFile {
  readonly path: string;
}

/** Name of a model's file wherever this project writes it. */
export function modelFileName(entry: ModelEntry): string {
  return `${entry.id}.onnx`;
}

/** Name of the record beside a file that `models fetch` made itself. */
export function recordFileName(entry: ModelEntry): string {
  return `${modelFileName(entry)}.json`;
}

/** Where fetched models are kept: as `cacheDirectory`. */
export function modelCacheDirectory(): string | undefined {
  return cacheDirectory('models');
}

/**
 * A folder of this project's in the user's cache directory (XDG Base Directory Specification); undefined where
 * the user has neither that nor a home.
 */
export function cacheDirectory(name: string): string | undefined {
  const home = homeDirectory();
  const cache = variable('XDG_CACHE_HOME') ?? (home && join(home, '.cache'));
  return cache && join(cache, 'likeness', name);
}

/** The directories that are searched, first match wins; the package's own comes last. */
export function modelDirectories(first?: string): string[] {
  const chosen = variable('LIKENESS_MODEL_DIR');
  const directories = [first, chosen, modelCacheDirectory(), ownDirectory()];
  return directories.filter((path): path is string => Boolean(path));
}

/** Undefined where scripts have no address: in CommonJS bundles. */
function ownDirectory(): string | undefined {
  try {
    return fileURLToPath(new URL('.', modelUrl()));
  } catch {
    return undefined;
  }
}

/**
 * Looks for a model by hash; in each directory first under its own name, then under any name whose
 * size fits.
 * @param suits which of the files that are the model are meant, by their bytes; any, unless given
 * @throws LikenessError `model-hash-mismatch` when a file bears the model's name but is not it and
 *   none of the directories holds it
 */
export async function locateModel(
  entry: ModelEntry,
  directories: readonly string[],
  suits: (bytes: Uint8Array) => boolean = () => true,
): Promise<LocatedModel | undefined> {
  let mismatch: LikenessError | undefined;
  for (const directory of directories) {
    for (const path of await candidates(entry, directory)) {
      try {
        const record = (): Promise<unknown> => readRecord(`${path}.json`);
        const bytes = await readIfAllowed(path);
        if (bytes === undefined) continue;
        const model = await verifyModel(entry, bytes, path, record);
        if (suits(model.bytes)) return { path, ...model };
      } catch (error) {
        if (!(error instanceof LikenessError)) throw error;
        if (path.endsWith(modelFileName(entry))) mismatch ??= error;
      }
    }
  }
  if (mismatch !== undefined) throw mismatch;
  return undefined;
}

/**
 * The same, where there is no doing without it.
 * @throws LikenessError `model-load-failed` with what to do; `model-hash-mismatch` as above
 */
export async function requireModel(
  entry: ModelEntry,
  directories: readonly string[],
): Promise<LocatedModel> {
  const found = await locateModel(entry, directories);
  if (found !== undefined) return found;
  const cure = isEmbedded(entry.id)
    ? `It is part of this package. ${BESIDE_THE_SCRIPTS}`
    : `Get it with: npx image-likeness models fetch ${entry.id}`;
  throw new LikenessError(
    'model-load-failed',
    `The model ${entry.id} is not on this machine (searched: ${directories.join(', ')}). ${cure}`,
  );
}

/** Files that may be the model: the one with its name, and those of a size that is accepted. */
async function candidates(entry: ModelEntry, directory: string): Promise<string[]> {
  const sizes = new Set(entry.accepted.map(({ bytes }) => bytes));
  const named: string[] = [];
  const sized: string[] = [];
  for (const name of await namesIn(directory)) {
    const path = join(directory, name);
    if (name === modelFileName(entry)) named.push(path);
    else if (name.endsWith('.onnx') && sizes.has(await sizeOf(path))) sized.push(path);
  }
  return [...named, ...sized];
}

/** NaN for what is gone or may not be seen. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return Number.NaN;
  }
}

/** Undefined for what can't be read: the model may be elsewhere. */
async function readIfAllowed(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readBytes(path);
  } catch {
    return undefined;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch {
    return [];
  }
}

async function readRecord(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
