/**
 * The trash of the system. Where that is a folder, a file is renamed into it, beside a small file that says where it
 * was: a rename copies nothing and deletes nothing, and the trash of another file system is out of its reach. Paths
 * are texts as in text.ts.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, extname, isAbsolute, join, parse, relative } from 'node:path';
import { promisify } from 'node:util';
import { bytesOf, fsPath, percentEncoded } from '../text.js';

/** Where a file is in the trash. */
export interface TrashPlace {
  readonly file: string;
  /** The file that says where it was; missing where the system keeps that elsewhere. */
  readonly info?: string;
}

/**
 * Moves a file to the trash.
 * @param path an absolute one
 * @param note told where the file will be before it is moved. Where the system alone knows that, told nothing before
 *   and the place afterwards
 * @throws Error with the reason why it was not moved
 */
export async function moveToTrash(
  path: string,
  note: (place?: TrashPlace) => Promise<void>,
): Promise<void> {
  if (process.platform === 'darwin') {
    await note();
    return note({ file: await recycledByFinder(path) });
  }
  const place =
    process.platform === 'win32' ? await placeInRecycleBin(path) : await placeInTrash(path);
  try {
    await note(place);
    await rename(fsPath(path), fsPath(place.file));
  } catch (error) {
    await forget(place);
    throw error;
  }
}

/**
 * Moves a file out of the trash.
 * @throws Error where there is something at the path, or the system refuses
 */
export async function moveFromTrash(place: TrashPlace, path: string): Promise<void> {
  if (await exists(path)) throw new Error('something else is there now');
  await mkdir(fsPath(dirname(path)), { recursive: true });
  await rename(fsPath(place.file), fsPath(path));
  await forget(place);
}

/** Removes what says where a file was that is not in the trash. */
export async function forget({ info }: TrashPlace): Promise<void> {
  if (info !== undefined) await removeFile(info);
}

/** Removes a file, if it is there. Node's `rm` does not find every name that is no UTF-8. */
export async function removeFile(path: string): Promise<void> {
  if (await exists(path)) await unlink(fsPath(path));
}

/** Whether there is anything at a path: also a link that leads nowhere. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(fsPath(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

// The Trash specification of freedesktop.org, version 1.0: Linux and other Unixes.

/** The most bytes of a name. */
const LONGEST_NAME = 255;

const LONGEST_ENDING = 32;

const INFO_ENDING = '.trashinfo';

/** A trash folder. */
interface Trash {
  readonly folder: string;
  /** The folder that paths in it start from. */
  readonly base: string;
}

async function placeInTrash(path: string): Promise<TrashPlace> {
  const { folder, base } = await trashOf(path);
  await makePrivate(join(folder, 'info'));
  await makePrivate(join(folder, 'files'));
  const from = base === '/' ? path : relative(base, path);
  const content = `[Trash Info]\nPath=${percentEncoded(from)}\nDeletionDate=${localTime(new Date())}\n`;
  const ending = shortened(extname(path), LONGEST_ENDING);
  const stem = shortened(
    parse(path).name,
    LONGEST_NAME - Buffer.byteLength(`${ending}.9999999${INFO_ENDING}`),
  );
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${stem}${ending}` : `${stem}.${number}${ending}`;
    const place = {
      file: join(folder, 'files', name),
      info: join(folder, 'info', `${name}${INFO_ENDING}`),
    };
    // Who makes the information has the name.
    if (!(await exists(place.file)) && (await createFile(place.info, content))) return place;
  }
}

/** That of the home folder for what is on the same file system, else one at the top of the file's own. */
async function trashOf(path: string): Promise<Trash> {
  const { XDG_DATA_HOME: named = '' } = process.env;
  const data = isAbsolute(named) ? named : join(homedir(), '.local/share');
  const { dev } = await stat(fsPath(dirname(path)));
  await mkdir(data, { recursive: true, mode: 0o700 });
  if ((await stat(data)).dev === dev) return { folder: join(data, 'Trash'), base: '/' };
  const top = await topOf(dirname(path), dev);
  const user = `${process.getuid?.()}`;
  const shared = join(top, '.Trash', user);
  if (await isShared(dirname(shared))) {
    try {
      await makePrivate(shared);
      return { folder: shared, base: top };
    } catch {
      // The specification goes on with the other one.
    }
  }
  const folder = join(top, `.Trash-${user}`);
  await makePrivate(folder);
  return { folder, base: top };
}

/** The uppermost folder of a file system. */
async function topOf(folder: string, dev: number): Promise<string> {
  const above = dirname(folder);
  if (above === folder || (await stat(fsPath(above))).dev !== dev) return folder;
  return topOf(above, dev);
}

/** Whether a folder is one in which each user may have a trash: no link, and nobody can remove what is another's. */
async function isShared(folder: string): Promise<boolean> {
  if (!(await exists(folder))) return false;
  const found = await lstat(fsPath(folder));
  return found.isDirectory() && (found.mode & 0o1000) !== 0;
}

/** Makes a folder that only its owner can read, unless it is there: but then it must be the user's own. */
async function makePrivate(folder: string): Promise<void> {
  await mkdir(fsPath(folder), { recursive: true, mode: 0o700 });
  const found = await lstat(fsPath(folder));
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Error(`${folder} is no trash folder of yours`);
  }
}

/** The first characters of a name, at most so many bytes. */
function shortened(name: string, bytes: number): string {
  let short = name;
  while (bytesOf(short).length > bytes) short = [...short].slice(0, -1).join('');
  return short;
}

/** As 2026-01-31T18:05:09, without a zone. */
function localTime(time: Date): string {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length);
}

// The Recycle Bin of Windows 10 and later: $R… is the file, $I… says where it was.

const INFO_VERSION = 2n;

/** From 1601 to 1970, in steps of 100 ns. */
const EPOCH = 116_444_736_000_000_000n;

async function placeInRecycleBin(path: string): Promise<TrashPlace> {
  const folder = join(parse(path).root, '$Recycle.Bin', await userId());
  if (!(await exists(folder))) throw new Error('this drive has no Recycle Bin of yours');
  const { size } = await stat(path);
  const content = recycleInfo(path, size, Date.now());
  for (;;) {
    const name = `${randomBytes(3).toString('hex').toUpperCase()}${extname(path)}`;
    const place = { file: join(folder, `$R${name}`), info: join(folder, `$I${name}`) };
    if (!(await exists(place.file)) && (await createFile(place.info, content))) return place;
  }
}

/** The content of a `$I` file. @param time milliseconds since 1970 */
export function recycleInfo(path: string, size: number, time: number): Buffer {
  const name = Buffer.from(`${path}\0`, 'utf16le');
  const header = Buffer.alloc(28);
  header.writeBigInt64LE(INFO_VERSION, 0);
  header.writeBigInt64LE(BigInt(size), 8);
  header.writeBigInt64LE(BigInt(time) * 10_000n + EPOCH, 16);
  header.writeInt32LE(path.length + 1, 24);
  return Buffer.concat([header, name]);
}

/** The user's security identifier. */
async function userId(): Promise<string> {
  const { stdout } = await promisify(execFile)('whoami', ['/user', '/fo', 'csv', '/nh']);
  const [id] = /S-1-[\d-]+/.exec(stdout) ?? [];
  if (id === undefined) throw new Error('whoami does not tell who you are');
  return id;
}

// The Trash of macOS, by the call that Finder makes: other programs can't look into its folder.

const RECYCLE = `function run([path]) {
  const [place, failure] = [Ref(), Ref()];
  const file = $.NSURL.fileURLWithPath(path);
  const manager = $.NSFileManager.defaultManager;
  if (manager.trashItemAtURLResultingItemURLError(file, place, failure)) return place[0].path.js;
  throw new Error(failure[0].localizedDescription.js);
}`;

/** @returns where the file is now */
async function recycledByFinder(path: string): Promise<string> {
  const args = ['-l', 'JavaScript', '-e', RECYCLE, path];
  try {
    const { stdout } = await promisify(execFile)('osascript', args);
    return stdout.replace(/\n$/, '');
  } catch (error) {
    const { stderr = '', message } = error as Error & { readonly stderr?: string };
    throw new Error(stderr.trim() || message);
  }
}

/** Makes a file that is not there yet. @returns whether that was so */
async function createFile(path: string, content: string | Buffer): Promise<boolean> {
  try {
    const file = await open(fsPath(path), 'wx', 0o600);
    await file.writeFile(content);
    await file.sync();
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
