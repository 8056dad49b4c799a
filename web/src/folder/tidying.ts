import { askFor } from './chosen-folder.ts';
import type { FolderCollection, Item } from './collection.ts';
import { findFile } from './directory.ts';
import { type FoundFile, inDirectory } from './files.ts';
import {
  type KnownFile,
  type LeftFile,
  type MoveReport,
  movedFiles,
  moveSpare,
  restoreSpare,
  type SpareFile,
} from './move.ts';
import type { PlannedMove } from './review.ts';

/** What was done last, for all folders together. */
export interface Tidied {
  readonly kind: 'moved' | 'restored';
  readonly files: number;
  readonly bytes: number;
  /** With the names of their folders. */
  readonly left: readonly LeftFile[];
}

/** What is being done. */
export interface Underway {
  readonly kind: 'moving' | 'restoring';
  readonly done: number;
  readonly total: number;
}

/** Moves what was decided to go, in every folder that was chosen, and brings it back. */
export class Tidying {
  /** Files that have gone, by the numbers of their images. */
  readonly gone = new Set<number>();
  last: Tidied | undefined;
  underway: Underway | undefined;
  /** How many files lie among the spare ones of the chosen folders. */
  spare = 0;
  readonly #directories = new Set<FileSystemDirectoryHandle>();
  #controller: AbortController | undefined;

  /** @param changed told of every change */
  constructor(private readonly changed: () => void) {}

  /**
   * Looks what was moved from a folder that has been chosen.
   * @returns the folder, as it was chosen first
   */
  async open(directory: FileSystemDirectoryHandle): Promise<FileSystemDirectoryHandle> {
    for (const known of this.#directories) {
      if (await known.isSameEntry(directory)) return known;
    }
    this.#directories.add(directory);
    await this.#count();
    return directory;
  }

  /** Which of the planned moves can be made: of files that the browser may ask for again. */
  possible(moves: readonly PlannedMove[], items: readonly Item[]): readonly PlannedMove[] {
    return moves.filter(
      ({ spare, keeper }) =>
        items[spare]?.place !== undefined && items[keeper]?.place !== undefined,
    );
  }

  /**
   * Moves files; to be called while a click is handled, for the browser asks.
   * @throws DOMException `NotAllowedError` where it is not allowed; what the browser says where the log can't be written
   */
  async move(moves: readonly PlannedMove[], { items }: FolderCollection): Promise<void> {
    const planned = this.possible(moves, items);
    const numbers = new Map<string, number>();
    const directories = new Set(
      planned.flatMap(({ spare }) => items[spare]?.place?.directory ?? []),
    );
    for (const directory of directories) this.#directories.add(directory);
    await this.#run(
      'moving',
      planned.length,
      directories,
      async (directory, options) => {
        const files: SpareFile[] = [];
        for (const { spare, keeper } of planned) {
          const [goes, stays] = [knownFile(items[spare]), knownFile(items[keeper])];
          if (goes?.directory !== directory || stays === undefined) continue;
          numbers.set(`${directory.name}/${goes.path}`, spare);
          files.push({ spare: goes, keeper: stays });
        }
        return moveSpare(directory, files, options);
      },
      async (directory, path) => {
        const number = numbers.get(`${directory.name}/${path}`);
        if (number === undefined) return 0;
        this.gone.add(number);
        return items[number]?.file.size ?? 0;
      },
    );
  }

  /**
   * Brings back what was moved, also in an earlier visit; to be called while a click is handled.
   * @returns files that have come back and that the collection does not know
   * @throws as `move`
   */
  async restore(collection: FolderCollection | undefined): Promise<FoundFile[]> {
    const unknown: FoundFile[] = [];
    const items = collection?.items ?? [];
    await this.#run(
      'restoring',
      this.spare,
      this.#directories,
      restoreSpare,
      async (directory, path) => {
        const file = await findFile(directory, path);
        if (file === undefined) return 0;
        const number = items.findIndex(
          ({ place }) => place?.directory === directory && place.path === path,
        );
        if (number < 0) unknown.push(inDirectory(directory, path, file));
        else collection?.replaceFile(number, file);
        this.gone.delete(number);
        return file.size;
      },
    );
    return unknown;
  }

  /** Ends what is under way after the file that is being moved. */
  stop(): void {
    this.#controller?.abort();
  }

  clear(): void {
    this.stop();
    this.gone.clear();
    this.#directories.clear();
    this.last = undefined;
    this.spare = 0;
  }

  async #run(
    kind: Underway['kind'],
    total: number,
    directories: Iterable<FileSystemDirectoryHandle>,
    act: (
      directory: FileSystemDirectoryHandle,
      options: { signal: AbortSignal; onProgress: (done: number) => void },
    ) => Promise<MoveReport>,
    each: (directory: FileSystemDirectoryHandle, path: string) => Promise<number>,
  ): Promise<void> {
    if (this.underway !== undefined) return;
    const controller = new AbortController();
    this.#controller = controller;
    const { signal } = controller;
    const left: LeftFile[] = [];
    let files = 0;
    let bytes = 0;
    const tell = (done: number): void => {
      this.underway = { kind, done, total };
      this.changed();
    };
    tell(0);
    try {
      for (const directory of directories) await askFor(directory, 'readwrite');
      for (const directory of directories) {
        const before = files + left.length;
        const report = await act(directory, { signal, onProgress: (done) => tell(before + done) });
        for (const path of report.done) bytes += await each(directory, path);
        files += report.done.length;
        left.push(
          ...report.left.map((file) => ({ ...file, path: `${directory.name}/${file.path}` })),
        );
        if (report.failure !== undefined) throw report.failure;
      }
    } finally {
      this.underway = undefined;
      const tidied = kind === 'moving' ? 'moved' : 'restored';
      this.last = files + left.length > 0 ? { kind: tidied, files, bytes, left } : undefined;
      await this.#count();
    }
  }

  async #count(): Promise<void> {
    let spare = 0;
    for (const directory of this.#directories) {
      try {
        spare += (await movedFiles(directory)).length;
      } catch {
        // A folder that can't be read any more has nothing that could be brought back.
      }
    }
    this.spare = spare;
    this.changed();
  }
}

function knownFile(
  item: Item | undefined,
): (KnownFile & { directory: FileSystemDirectoryHandle }) | undefined {
  if (item?.place === undefined) return undefined;
  const { place, file, sha256 } = item;
  return { ...place, bytes: file.size, modified: file.lastModified, sha256 };
}
