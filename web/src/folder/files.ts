/** Ways in: chosen files, chosen folders, and whatever is dropped. Only handles are kept, never contents. */

/** A file and where it lies below what was chosen. */
export interface FoundFile {
  readonly file: File;
  /** With `/` between folders. */
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
  const files = input.webkitdirectory ? all.filter(looksLikeImage) : all;
  return files.map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** Images of a folder and the folders in it, in the order of their names. */
export async function fromDirectory(
  directory: FileSystemDirectoryHandle,
  prefix = directory.name,
): Promise<FoundFile[]> {
  const handles: FileSystemHandle[] = [];
  const listing = directory as unknown as { values(): AsyncIterable<FileSystemHandle> };
  for await (const handle of listing.values()) handles.push(handle);
  handles.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: FoundFile[] = [];
  for (const handle of handles) {
    const path = `${prefix}/${handle.name}`;
    if (handle.kind === 'directory') {
      found.push(...(await fromDirectory(handle as FileSystemDirectoryHandle, path)));
    } else {
      const file = await (handle as FileSystemFileHandle).getFile();
      if (looksLikeImage(file)) found.push({ file, path });
    }
  }
  return found;
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
    for (const child of some) found.push(...(await fromEntry(child, `${path}/${child.name}`)));
  }
}
