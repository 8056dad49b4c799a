/** Files below a directory, by their paths: names with `/` between them. Nothing here writes over a file. */

/** The part of a FileSystemDirectoryHandle that is used. */
export interface Directory {
  readonly name: string;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileHandle>;
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<Directory>;
  /** Removes a file, or a directory that is empty. */
  removeEntry(name: string): Promise<void>;
  values(): AsyncIterable<{ readonly kind: 'file' | 'directory'; readonly name: string }>;
}

/** The part of a FileSystemFileHandle that is used. */
export interface FileHandle {
  readonly name: string;
  getFile(): Promise<File>;
  createWritable(): Promise<FileWriter>;
}

/** The part of a FileSystemWritableFileStream that is used: what is written is there when it is closed, and not before. */
export interface FileWriter {
  write(data: Uint8Array<ArrayBuffer> | string): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

/** A file that is there already; it is left as it is. */
export class OccupiedError extends Error {
  override readonly name = 'OccupiedError';
}

/** The directory that a path lies in, and the last name of the path. */
async function parentOf(
  directory: Directory,
  path: string,
  create: boolean,
): Promise<{ readonly parent: Directory; readonly name: string }> {
  const names = path.split('/');
  const name = names.pop() ?? '';
  let parent = directory;
  for (const folder of names) parent = await parent.getDirectoryHandle(folder, { create });
  return { parent, name };
}

/** @returns undefined where there is no such file */
export async function findFile(directory: Directory, path: string): Promise<File | undefined> {
  try {
    const { parent, name } = await parentOf(directory, path, false);
    return await (await parent.getFileHandle(name)).getFile();
  } catch (error) {
    if (isNamed(error, 'NotFoundError') || isNamed(error, 'TypeMismatchError')) return undefined;
    throw error;
  }
}

/** Whether there is a file or a directory at a path. */
async function isTaken(directory: Directory, path: string): Promise<boolean> {
  try {
    const { parent, name } = await parentOf(directory, path, false);
    await parent.getFileHandle(name);
    return true;
  } catch (error) {
    if (isNamed(error, 'NotFoundError')) return false;
    if (isNamed(error, 'TypeMismatchError')) return true;
    throw error;
  }
}

/** The path itself, or `name (2).jpg` and so on, where there is nothing yet. */
export async function freePath(directory: Directory, path: string): Promise<string> {
  const [, stem = path, extension = ''] = /^(.*?[^/])(\.[^./]*)?$/u.exec(path) ?? [];
  let free = path;
  for (let copy = 2; await isTaken(directory, free); copy += 1)
    free = `${stem} (${copy})${extension}`;
  return free;
}

/**
 * Writes a new file and reads it back, byte for byte.
 * @throws OccupiedError where there is something; what the browser throws where there is no room or no permission. Then
 *   there is no file.
 */
export async function writeNew(
  directory: Directory,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  if (await isTaken(directory, path))
    throw new OccupiedError(`There is a file at ${path} already.`);
  const { parent, name } = await parentOf(directory, path, true);
  const handle = await parent.getFileHandle(name, { create: true });
  if ((await handle.getFile()).size > 0)
    throw new OccupiedError(`There is a file at ${path} already.`);
  try {
    await writeTo(handle, bytes);
    const written = new Uint8Array(await (await handle.getFile()).arrayBuffer());
    if (!areEqual(written, bytes)) throw new Error(`${path} reads otherwise than it was written.`);
  } catch (error) {
    // Whatever is there was made a moment ago, here; the bytes are still where they come from.
    await parent.removeEntry(name).catch(() => {});
    throw error;
  }
}

/** Gives a file its content: all of it, or none where that fails. */
export async function writeTo(
  handle: FileHandle,
  content: Uint8Array<ArrayBuffer> | string,
): Promise<void> {
  const writer = await handle.createWritable();
  try {
    await writer.write(content);
  } catch (error) {
    await writer.abort().catch(() => {});
    throw error;
  }
  await writer.close();
}

export async function removeFile(directory: Directory, path: string): Promise<void> {
  const { parent, name } = await parentOf(directory, path, false);
  await parent.removeEntry(name);
}

/** Removes the directories that a path lies in, from the innermost on, as far as they are empty. */
export async function removeEmptyParents(directory: Directory, path: string): Promise<void> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    try {
      await removeFile(directory, path.slice(0, end));
    } catch {
      // It holds something, or has gone.
      return;
    }
  }
}

export function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
