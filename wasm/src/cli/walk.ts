import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { reasonOf, usageError } from './io.js';
import { fsPath, textOf } from './text.js';

/** A file to read. */
export interface FoundFile {
  /** A text as in text.ts, like the other paths here. */
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
  const roots = await Promise.all(paths.map(lookAt));
  const teller = new Teller(report, roots);
  for (const root of roots) {
    for await (const file of filesBelow(root, excluded, teller)) {
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

/** Tells once of what is found several times, and does not call passed over what is named itself. */
class Teller {
  readonly #told = new Set<string>();
  readonly #named: ReadonlySet<string>;

  constructor(
    private readonly report: WalkReport,
    roots: readonly Root[],
  ) {
    this.#named = new Set(roots.flatMap(({ real, own }) => [real, own]));
  }

  skip({ path, real }: Found, reason: string): void {
    this.#once(real, () => this.report.skip(path, reason));
  }

  skipLink(link: Found): void {
    if (!this.#named.has(link.real)) this.skip(link, 'symbolic link, not followed');
  }

  leaveOut({ path, real }: Found): void {
    if (!this.#named.has(real)) this.#once(real, () => this.report.leaveOut(path));
  }

  #once(real: string, tell: () => void): void {
    if (this.#told.has(real)) return;
    this.#told.add(real);
    tell();
  }
}

type Found = Pick<FoundFile, 'path' | 'real'>;

/** A path of the command line. */
interface Root {
  readonly number: number;
  readonly path: string;
  readonly real: string;
  /** Where the path itself is, a link that isn't followed: an absolute path with no other link in it. */
  readonly own: string;
  readonly folder: boolean;
}

async function lookAt(path: string, number: number): Promise<Root> {
  try {
    const [real, above, found] = await Promise.all([
      realpath(path, 'buffer'),
      realpath(dirname(path), 'buffer'),
      stat(path),
    ]);
    const own = join(textOf(above), basename(path));
    return { number, path, real: textOf(real), own, folder: found.isDirectory() };
  } catch (error) {
    const hint = path.includes('\ufffd')
      ? ' A name that is not UTF-8 can not be given here: name the folder that it is in.'
      : '';
    throw usageError(`Can't read ${path}: ${reasonOf(error)}.${hint}`);
  }
}

async function* filesBelow(
  { number: root, path, real, folder }: Root,
  excluded: (relative: string) => boolean,
  teller: Teller,
): AsyncGenerator<FoundFile, void, undefined> {
  if (folder) yield* filesIn({ root, path, real, prefix: '' }, excluded, teller);
  else if (!excluded(path.replaceAll('\\', '/'))) {
    const file = await identified({ root, path, real, relative: path, named: true }, teller);
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
  teller: Teller,
): AsyncGenerator<FoundFile, void, undefined> {
  const { root } = folder;
  for (const { kind, name } of await entriesOf(folder, teller)) {
    const path = join(folder.path, name);
    const real = join(folder.real, name);
    const relative = `${folder.prefix}${name}`;
    const found = { path, real };
    if (excluded(relative)) continue;
    if (kind.isDirectory()) {
      if (isOutOfSight(name)) teller.leaveOut(found);
      else yield* filesIn({ root, ...found, prefix: `${relative}/` }, excluded, teller);
    } else if (kind.isFile()) {
      const file = await identified({ root, ...found, relative, named: false }, teller);
      if (file !== undefined) yield file;
    } else if (kind.isSymbolicLink()) teller.skipLink(found);
    else teller.skip(found, 'no file');
  }
}

/** What stands in a text for bytes that are no UTF-8. */
const REPLACED = '\ufffd';

/** Something in a folder. */
interface Entry {
  readonly kind: Pick<Dirent, 'isDirectory' | 'isFile' | 'isSymbolicLink'>;
  readonly name: string;
}

/** What is in a folder, by name: by code units, whatever the user's language. */
async function entriesOf(folder: Folder, teller: Teller): Promise<Entry[]> {
  try {
    const found = await readdir(fsPath(folder.path), { withFileTypes: true });
    const entries: Entry[] = found
      .filter(({ name }) => !name.includes(REPLACED))
      .map((entry) => ({ kind: entry, name: entry.name }));
    if (entries.length < found.length) entries.push(...(await oddEntriesOf(folder)));
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    teller.skip(folder, `unreadable: ${reasonOf(error)}`);
    return [];
  }
}

/** What is in a folder under names that may be no UTF-8. */
async function oddEntriesOf(folder: Folder): Promise<Entry[]> {
  const entries: Entry[] = [];
  // Without `withFileTypes`: Bun 1.4 forgets the types where names are asked for as bytes.
  for (const bytes of await readdir(fsPath(folder.path), { encoding: 'buffer' })) {
    if (!bytes.toString().includes(REPLACED)) continue;
    const name = textOf(bytes);
    entries.push({ kind: await lstat(fsPath(join(folder.path, name))), name });
  }
  return entries;
}

/** With what tells the file from others; undefined, and reported, where it has gone. */
async function identified(
  file: Pick<FoundFile, 'root' | 'path' | 'relative' | 'named' | 'real'>,
  teller: Teller,
): Promise<FoundFile | undefined> {
  try {
    const { dev, ino, nlink } = await stat(fsPath(file.path), { bigint: true });
    const link = file.named && (await lstat(file.path)).isSymbolicLink();
    // Some file systems have no numbers.
    const inode = ino === 0n ? file.real : `${dev}:${ino}`;
    return { ...file, inode, names: Number(nlink), link };
  } catch (error) {
    teller.skip(file, `unreadable: ${reasonOf(error)}`);
    return undefined;
  }
}
