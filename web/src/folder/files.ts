/**
 * Ways in: chosen files, chosen folders, and whatever is dropped. Only handles are kept, never contents. What has been
 * moved to a folder of spare files is passed over.
 */
import { SPARE_FOLDER } from './move.ts';

/** A file and where it lies below what was chosen. */
export interface FoundFile {
  readonly file: File;
  /** With `/` between folders. */
  readonly path: string;
  /** Where the browser may ask for it again; missing where it only has the file. */
  readonly place?: FilePlace;
}

/** A file below a directory that was chosen. */
export interface FilePlace {
  readonly directory: FileSystemDirectoryHandle;
  /** Below the directory. */
  readonly path: string;
}

const IMAGE_NAME = /\.(jpe?g|png|gif|bmp|webp|avif|heic|heif|tiff?|jxl|ico|svg)$/iu;

/** Whether a file is to be tried: by its type, or by its name where the system knows no type. */
export function looksLikeImage(file: File): boolean {
  return file.type.startsWith('image/') || IMAGE_NAME.test(file.name);
}

/** What a file input holds. Files that were chosen one by one are all tried. */
export function fromInput(input: HTMLInputElement): FoundFile[] {
  const all = [...(input.files ?? [])];
  const files = input.webkitdirectory
    ? all.filter((file) => looksLikeImage(file) && !isSpare(file.webkitRelativePath))
    : all;
  return files.map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** Whether a path below a chosen folder leads through one of spare files. */
function isSpare(path: string): boolean {
  return path.split('/').slice(1, -1).includes(SPARE_FOLDER);
}

/** Images of a folder and the folders in it, in the order of their names. */
export async function fromDirectory(directory: FileSystemDirectoryHandle): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const walk = async (folder: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
    const handles: FileSystemHandle[] = [];
    const listing = folder as unknown as { values(): AsyncIterable<FileSystemHandle> };
    for await (const handle of listing.values()) handles.push(handle);
    handles.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const handle of handles) {
      const path = prefix + handle.name;
      if (handle.kind === 'file') {
        const file = await (handle as FileSystemFileHandle).getFile();
        if (looksLikeImage(file)) found.push(inDirectory(directory, path, file));
      } else if (handle.name !== SPARE_FOLDER) {
        await walk(handle as FileSystemDirectoryHandle, `${path}/`);
      }
    }
  };
  await walk(directory, '');
  return found;
}

/** A file of a chosen directory. */
export function inDirectory(
  directory: FileSystemDirectoryHandle,
  path: string,
  file: File,
): FoundFile {
  return { file, path: `${directory.name}/${path}`, place: { directory, path } };
}

/**
 * Everything that was dropped, folders included. To be called while the event is handled: the browser
 * empties the list afterwards.
 */
export async function fromDrop(transfer: DataTransfer): Promise<FoundFile[]> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: FoundFile[] = [];
  for (const { entry, file } of entries) {
    if (entry?.isDirectory) found.push(...(await fromEntry(entry, entry.name)));
    else if (file !== null) found.push({ file, path: file.name });
  }
  return found;
}

async function fromEntry(entry: FileSystemEntry, path: string): Promise<FoundFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return looksLikeImage(file) ? [{ file, path }] : [];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FoundFile[] = [];
  for (;;) {
    // A reader hands out at most 100 entries a call, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    for (const child of some) {
      if (child.isDirectory && child.name === SPARE_FOLDER) continue;
      found.push(...(await fromEntry(child, `${path}/${child.name}`)));
    }
  }
}
