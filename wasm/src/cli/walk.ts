import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, usageError } from './io.js';

/** A file to read. */
export interface FoundFile {
  readonly path: string;
  /** Which of the paths that were named it was found by, from 0. */
  readonly root: number;
  /** Below the folder that was named, with slashes; the path as it is where the file itself was named. */
  readonly relative: string;
  /** Whether it was named itself, and not only a folder that it is in. */
  readonly named: boolean;
  /** Where it is: an absolute path with no symbolic link in it. */
  readonly real: string;
  /** Its device and its number there. All hard links of a file have the same. */
  readonly inode: string;
  /** How many names the file has, wherever they are; more than one: they are hard links of each other. */
  readonly names: number;
  /** Whether the path is a symbolic link: without it the file is still there. */
  readonly link: boolean;
}

/** Told of what is not read. */
export interface WalkReport {
  /** What is neither file nor folder, and what can't be read or named. */
  skip(path: string, reason: string): void;
  /** Hidden, trash and thumbnail folders. */
  leaveOut(folder: string): void;
}

/**
 * The files that paths stand for: files as they are named, folders with all that is in them, in the
 * order of their names. A file comes once, by the first of its names, however often it is named and
 * whatever links lead to it; but hard links are files of their own here: see `sameFile`.
 * Hidden, trash and thumbnail folders are entered only if they are named themselves.
 * @param excluded says of a path below a named folder, or of a named file's path, whether to pass over it
 * @throws LikenessError `invalid-argument` for a path that isn't there, before any file comes
 */
export async function* filesOf(
  paths: readonly string[],
  excluded: (relative: string) => boolean,
  report: WalkReport,
): AsyncGenerator<FoundFile, void, undefined> {
  const seen = new Set<string>();
  for (const root of await Promise.all(paths.map(lookAt))) {
    for await (const file of filesBelow(root, excluded, report)) {
      // The number alone decides where a file has one name only: a folder may be mounted twice.
      if (seen.has(file.real) || (file.names === 1 && seen.has(file.inode))) continue;
      seen.add(file.real).add(file.inode);
      yield file;
    }
  }
}

/** Whether two are one file, under whatever names. */
export function sameFile(a: FoundFile, b: FoundFile): boolean {
  return a.real === b.real || a.inode === b.inode;
}

/** Whether a folder or file of this name is hidden, or a folder of what was thrown away, or of thumbnails. */
export function isOutOfSight(name: string): boolean {
  return name.startsWith('.') || /^(?:[#@]recycle|\$recycle\.bin|@eadir)$/i.test(name);
}

/** A path of the command line. */
interface Root {
  readonly number: number;
  readonly path: string;
  readonly real: string;
  readonly folder: boolean;
}

async function lookAt(path: string, number: number): Promise<Root> {
  try {
    const [real, found] = await Promise.all([realpath(path), stat(path)]);
    return { number, path, real, folder: found.isDirectory() };
  } catch (error) {
    const hint = path.includes('\ufffd') ? ' A name that is not UTF-8 can not be used.' : '';
    throw usageError(`Can't read ${path}: ${reasonOf(error)}.${hint}`);
  }
}

async function* filesBelow(
  { number: root, path, real, folder }: Root,
  excluded: (relative: string) => boolean,
  report: WalkReport,
): AsyncGenerator<FoundFile, void, undefined> {
  if (folder) yield* filesIn({ root, path, real, prefix: '' }, excluded, report);
  else if (!excluded(path.replaceAll('\\', '/'))) {
    const file = await identified({ root, path, real, relative: path, named: true }, report);
    if (file !== undefined) yield file;
  }
}

interface Folder {
  readonly root: number;
  readonly path: string;
  readonly real: string;
  /** Of the relative paths of what is in it. */
  readonly prefix: string;
}

async function* filesIn(
  folder: Folder,
  excluded: (relative: string) => boolean,
  report: WalkReport,
): AsyncGenerator<FoundFile, void, undefined> {
  const { root } = folder;
  for (const { entry, name } of await entriesOf(folder.path, report)) {
    const path = join(folder.path, name);
    const real = join(folder.real, name);
    const relative = `${folder.prefix}${name}`;
    if (excluded(relative)) continue;
    if (entry.isDirectory()) {
      if (isOutOfSight(name)) report.leaveOut(path);
      else yield* filesIn({ root, path, real, prefix: `${relative}/` }, excluded, report);
    } else if (entry.isFile()) {
      const file = await identified({ root, path, real, relative, named: false }, report);
      if (file !== undefined) yield file;
    } else if (entry.isSymbolicLink()) report.skip(path, 'symbolic link, not followed');
    else report.skip(path, 'no file');
  }
}

interface Entry {
  readonly entry: Dirent<Buffer>;
  readonly name: string;
}

/** What is in a folder, by name: by code units, whatever the user's language. */
async function entriesOf(folder: string, report: WalkReport): Promise<Entry[]> {
  let found: Dirent<Buffer>[];
  try {
    // As bytes: a name may be no UTF-8, and as text it would be that of no file.
    found = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    report.skip(folder, `unreadable: ${reasonOf(error)}`);
    return [];
  }
  const entries: Entry[] = [];
  for (const entry of found) {
    const name = entry.name.toString();
    if (entry.name.equals(Buffer.from(name))) entries.push({ entry, name });
    else report.skip(join(folder, escapedBytes(entry.name)), 'name is not UTF-8, rename it');
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A name of whatever bytes: ASCII as it is, other bytes as \xE9. */
function escapedBytes(name: Buffer): string {
  const escaped = (byte: number): string => `\\x${byte.toString(16).toUpperCase()}`;
  return Array.from(name, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : escaped(byte))).join(
    '',
  );
}

/** With what tells the file from others; undefined, and reported, where it has gone. */
async function identified(
  file: Pick<FoundFile, 'root' | 'path' | 'relative' | 'named' | 'real'>,
  report: WalkReport,
): Promise<FoundFile | undefined> {
  try {
    const { dev, ino, nlink } = await stat(file.path, { bigint: true });
    const link = file.named && (await lstat(file.path)).isSymbolicLink();
    // Some file systems have no numbers.
    const inode = ino === 0n ? file.real : `${dev}:${ino}`;
    return { ...file, inode, names: Number(nlink), link };
  } catch (error) {
    report.skip(file.path, `unreadable: ${reasonOf(error)}`);
    return undefined;
  }
}
