/**
 * Moves spare files into a folder inside the chosen one, and brings them back. A file is removed only after its bytes
 * were read back, and found to be the same, from where they were copied to: no crash and no full disk loses one.
 */
import {
  areEqual,
  type Directory,
  findFile,
  freePath,
  OccupiedError,
  removeEmptyParents,
  removeFile,
  writeNew,
} from './directory.ts';
import { findLog, type MoveEntry, MoveLog } from './move-log.ts';

/** Name of the folder that spare files are moved to. It is not read with the folder that it lies in. */
export const SPARE_FOLDER = 'likeness-spare';

/** A file as it was when it was looked at. */
export interface KnownFile {
  readonly directory: Directory;
  /** Below the directory. */
  readonly path: string;
  readonly bytes: number;
  readonly modified: number;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
}

/** A file that goes, and the one that stays for it. */
export interface SpareFile {
  readonly spare: KnownFile;
  readonly keeper: KnownFile;
}

/** Why a file was left where it is. */
export type LeftBecause =
  /** It has gone, or is no longer what it was. */
  | 'changed'
  /** The one that stays for it has gone, or is no longer what it was. */
  | 'keeper-changed'
  /** Where it comes from there is another file by now. */
  | 'occupied'
  /** The browser said no: see the message. */
  | 'failed';

export interface LeftFile {
  readonly path: string;
  readonly because: LeftBecause;
  /** What the browser said; empty unless it failed. */
  readonly message: string;
}

/** What has become of files. */
export interface MoveReport {
  /** Paths, below the chosen folder, of those that were moved or brought back. */
  readonly done: readonly string[];
  readonly left: readonly LeftFile[];
  /** Why it ended before all were looked at: the log could not be written. */
  readonly failure?: unknown;
}

export interface MoveOptions {
  /** Ends it between two files. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each file. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Moves spare files of one chosen folder. It goes on with the next file where one can't be moved, and ends where the
 * log can't be written.
 * @throws what the browser throws where there is no permission
 */
export function moveSpare(
  chosen: Directory,
  files: readonly SpareFile[],
  options: MoveOptions = {},
): Promise<MoveReport> {
  return alone(async () => {
    const spareFolder = await chosen.getDirectoryHandle(SPARE_FOLDER, { create: true });
    const log = await MoveLog.open(spareFolder);
    await settle(chosen, spareFolder, log);
    return each(
      files,
      ({ spare }) => spare.path,
      options,
      (file) => moveOne(chosen, spareFolder, log, file),
    );
  });
}

/**
 * Brings back what was moved, the last one first, also what an earlier visit moved. It writes over nothing.
 * @throws what the browser throws where there is no permission
 */
export function restoreSpare(chosen: Directory, options: MoveOptions = {}): Promise<MoveReport> {
  return alone(async () => {
    const log = await findLog(chosen, SPARE_FOLDER);
    if (log === undefined) return { done: [], left: [] };
    const spareFolder = await chosen.getDirectoryHandle(SPARE_FOLDER);
    await settle(chosen, spareFolder, log);
    const moved = log.entries.filter(({ state }) => state === 'moved').reverse();
    return each(
      moved,
      ({ from }) => from,
      options,
      (entry) => restoreOne(chosen, spareFolder, log, entry),
    );
  });
}

/** What is among the spare files of a chosen folder, by its log. It only reads. */
export async function movedFiles(chosen: Directory): Promise<MoveEntry[]> {
  const log = await findLog(chosen, SPARE_FOLDER);
  const elsewhere = new Set(['left', 'restored', 'missing']);
  return (log?.entries ?? []).filter(({ state }) => !elsewhere.has(state));
}

async function each<T>(
  items: readonly T[],
  pathOf: (item: T) => string,
  { signal, onProgress }: MoveOptions,
  act: (item: T) => Promise<LeftBecause | undefined>,
): Promise<MoveReport> {
  const done: string[] = [];
  const left: LeftFile[] = [];
  for (const [at, item] of items.entries()) {
    if (signal?.aborted) break;
    const path = pathOf(item);
    try {
      const because = await act(item);
      if (because === undefined) done.push(path);
      else left.push({ path, because, message: '' });
    } catch (error) {
      if (error instanceof LogError) return { done, left, failure: error.cause };
      const because = error instanceof OccupiedError ? 'occupied' : 'failed';
      left.push({ path, because, message: because === 'failed' ? messageOf(error) : '' });
    }
    onProgress?.(at + 1, items.length);
  }
  return { done, left };
}

async function moveOne(
  chosen: Directory,
  spareFolder: Directory,
  log: MoveLog,
  { spare, keeper }: SpareFile,
): Promise<LeftBecause | undefined> {
  if ((await readUnchanged(keeper)) === undefined) return 'keeper-changed';
  const bytes = await readUnchanged(spare);
  if (bytes === undefined) return 'changed';
  const { path: from, sha256 } = spare;
  const to = await freePath(spareFolder, from);
  const move = { from, to, bytes: bytes.length, sha256, keeper: keeper.path };
  let entry = await logged(log.begin(move));
  try {
    await writeNew(spareFolder, to, bytes);
  } catch (error) {
    await logged(log.note(entry, 'left'));
    throw error;
  }
  if ((await findKnown(spare)) === undefined) {
    if (await hasGone(chosen, log, entry)) return undefined;
    // Somebody has worked on it meanwhile: what was copied is no longer what it is.
    await removeFile(spareFolder, to);
    await logged(log.note(entry, 'left'));
    return 'changed';
  }
  entry = await logged(log.note(entry, 'removing'));
  try {
    await removeFile(chosen, from);
  } catch (error) {
    if (await hasGone(chosen, log, entry)) return undefined;
    await removeTwin(spareFolder, to, await findFile(chosen, from));
    await logged(log.note(entry, 'left'));
    throw error;
  }
  entry = await logged(log.note(entry, 'moved'));
  if ((await findKnown(keeper)) !== undefined) return undefined;
  // Two paths were one file: a link, or a folder that was chosen twice.
  await restoreOne(chosen, spareFolder, log, entry);
  return 'keeper-changed';
}

/** Whether somebody has taken a file away while it was copied. Then the copy is all there is, and counts as moved. */
async function hasGone(chosen: Directory, log: MoveLog, entry: MoveEntry): Promise<boolean> {
  if ((await findFile(chosen, entry.from)) !== undefined) return false;
  await logged(log.note(entry, 'moved'));
  return true;
}

async function restoreOne(
  chosen: Directory,
  spareFolder: Directory,
  log: MoveLog,
  moved: MoveEntry,
): Promise<LeftBecause | undefined> {
  const { from, to, sha256 } = moved;
  const file = await findFile(spareFolder, to);
  if (file === undefined) {
    await logged(log.note(moved, 'missing'));
    return 'changed';
  }
  const bytes = await bytesOf(file);
  if ((await hashOf(bytes)) !== sha256) return 'changed';
  let entry = await logged(log.note(moved, 'restoring'));
  try {
    await writeNew(chosen, from, bytes);
  } catch (error) {
    await logged(log.note(entry, 'moved'));
    throw error;
  }
  entry = await logged(log.note(entry, 'clearing'));
  await removeFile(spareFolder, to);
  await logged(log.note(entry, 'restored'));
  await removeEmptyParents(spareFolder, to);
  return undefined;
}

/** Looks where the files are that a crash left between two places, and ends what had begun. */
async function settle(chosen: Directory, spareFolder: Directory, log: MoveLog): Promise<void> {
  for (const entry of log.entries) {
    const { state, from, to, bytes } = entry;
    const moving = state === 'copying' || state === 'removing';
    if (!moving && state !== 'restoring' && state !== 'clearing') continue;
    const original = await findFile(chosen, from);
    const spare = await findFile(spareFolder, to);
    const [origin, target] = moving ? [original, spare] : [spare, original];
    const [folder, path] = moving ? [spareFolder, to] : [chosen, from];
    if (origin === undefined) {
      const arrived = moving ? 'moved' : 'restored';
      await log.note(entry, target === undefined ? 'missing' : arrived);
    } else {
      // An empty file is one that was to be filled: it holds nothing that could be lost.
      if (target?.size === 0 && bytes > 0) await removeFile(folder, path);
      else await removeTwin(folder, path, origin);
      await log.note(entry, moving ? 'left' : 'moved');
    }
  }
}

/** Removes a file that holds the same bytes as another one that stays. */
async function removeTwin(
  directory: Directory,
  path: string,
  stays: File | undefined,
): Promise<void> {
  const twin = await findFile(directory, path);
  if (twin === undefined || stays === undefined) return;
  if (areEqual(await bytesOf(twin), await bytesOf(stays))) await removeFile(directory, path);
}

/** A file with the size and the time of the one that was looked at. */
async function findKnown({ directory, path, ...known }: KnownFile): Promise<File | undefined> {
  const file = await findFile(directory, path);
  return file?.size === known.bytes && file.lastModified === known.modified ? file : undefined;
}

/** The bytes of a file that is what it was when it was looked at. */
async function readUnchanged(known: KnownFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = await findKnown(known);
  if (file === undefined) return undefined;
  const bytes = await bytesOf(file);
  return (await hashOf(bytes)) === known.sha256 ? bytes : undefined;
}

async function bytesOf(file: File): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.arrayBuffer());
}

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Where the log can't be written nothing more may happen. */
class LogError extends Error {}

async function logged<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (cause) {
    throw new LogError('The log cannot be written.', { cause });
  }
}

/** Two pages of one browser move one after the other. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  const locks = (globalThis as { navigator?: Partial<Navigator> }).navigator?.locks;
  return locks === undefined ? work() : locks.request(SPARE_FOLDER, work);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
