/** Where Node finds models: directories on this machine, searched by hash. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelUrl } from '#assets/model';
import type { ModelFile } from '../engine/environment.js';
import { LikenessError } from '../errors.js';
import type { ModelEntry } from '../models/manifest.js';
import { verifyModel } from '../models/verify.js';

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

/** Where fetched models are kept: the user's cache directory (XDG Base Directory Specification). */
export function modelCacheDirectory(): string {
  return cacheDirectory('models');
}

/** A folder of this project's in the user's cache directory. */
export function cacheDirectory(name: string): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'likeness', name);
}

/** The directories that are searched, first match wins; the package's own comes last. */
export function modelDirectories(first?: string): string[] {
  const chosen = process.env['LIKENESS_MODEL_DIR'];
  const own = fileURLToPath(new URL('.', modelUrl()));
  const directories = [first, chosen, modelCacheDirectory(), own];
  return directories.filter((path): path is string => Boolean(path));
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
        const model = await verifyModel(entry, await readFile(path), path, record);
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
  throw new LikenessError(
    'model-load-failed',
    `The model ${entry.id} is not on this machine (searched: ${directories.join(', ')}). Get it with: npx image-likeness models fetch ${entry.id}`,
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
    else if (name.endsWith('.onnx') && sizes.has((await stat(path)).size)) sized.push(path);
  }
  return [...named, ...sized];
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
