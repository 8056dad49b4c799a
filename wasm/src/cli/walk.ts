import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.js';
import { usageError } from './io.js';

/** A file to read. */
export interface FoundFile {
  readonly path: string;
  /** Below the folder that was named, with slashes; the path as it is where the file itself was named. */
  readonly relative: string;
  /** Whether it was named itself, and not only a folder that it is in. */
  readonly named: boolean;
}

/**
 * The files that paths stand for: files as they are named, folders with all that is in them, in the
 * order of their names.
 * @param skip told of what is neither file nor folder, and of folders that can't be read
 * @throws LikenessError `invalid-argument` for a path that isn't there
 */
export async function* filesOf(
  paths: readonly string[],
  skip: (path: string, reason: string) => void,
): AsyncGenerator<FoundFile, void, undefined> {
  for (const path of paths) {
    const folder = await stat(path).then(
      (found) => found.isDirectory(),
      (error: unknown) => {
        throw usageError(`Can't read ${path}: ${messageOf(error)}.`);
      },
    );
    if (folder) yield* filesIn(path, '', skip);
    else yield { path, relative: path, named: true };
  }
}

async function* filesIn(
  folder: string,
  prefix: string,
  skip: (path: string, reason: string) => void,
): AsyncGenerator<FoundFile, void, undefined> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    skip(folder, `unreadable: ${messageOf(error)}`);
    return;
  }
  // By code units, whatever the user's language.
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const relative = `${prefix}${entry.name}`;
    if (entry.isDirectory()) yield* filesIn(path, `${relative}/`, skip);
    else if (entry.isFile()) yield { path, relative, named: false };
    else if (entry.isSymbolicLink()) skip(path, 'symbolic link, not followed');
    else skip(path, 'no file');
  }
}
