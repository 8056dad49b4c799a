/**
 * The folder that was chosen last, with what was decided about its pictures, where the browser lets a page keep it: a
 * later visit may go on with it.
 */
import type { Decision } from './review.ts';

const DATABASE = 'likeness-chosen-folder';
const STORE = 'folders';
const KEY = 'last';

/** Milliseconds that decisions wait for others to be written with. */
const TOGETHER = 300;

/** What is kept: the browser asks again before anything in it is read. */
export interface ChosenFolder {
  readonly directory: FileSystemDirectoryHandle;
  /** Whether all of it had been read. */
  readonly read: boolean;
  /** What was decided, by path and SHA-256 of each file. */
  readonly decisions: ReadonlyMap<string, Decision>;
}

/** Keeps the folder that is chosen. Where the browser keeps nothing it has to be chosen, and decided about, again. */
export class FolderKeeper {
  #folder: ChosenFolder | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** The folder of an earlier visit; undefined where there is none, or the browser keeps none. */
  async recall(): Promise<ChosenFolder | undefined> {
    try {
      return await run(
        'readonly',
        (store) => store.get(KEY) as IDBRequest<ChosenFolder | undefined>,
      );
    } catch {
      return undefined;
    }
  }

  /** Takes a folder in the place of the one before; of the same one decisions stay. */
  async open(directory: FileSystemDirectoryHandle): Promise<void> {
    const earlier = this.#folder ?? (await this.recall());
    const same = (await earlier?.directory.isSameEntry(directory)) === true;
    this.#folder = { directory, read: false, decisions: (same && earlier?.decisions) || new Map() };
    await this.#write();
  }

  /** What an earlier visit has decided about a file of the folder. */
  decisionOf(path: string, sha256: string): Decision | undefined {
    return this.#folder?.decisions.get(nameOf(path, sha256));
  }

  /** Keeps what has been decided about files of a folder, if it is this one. */
  decide(
    decisions: Iterable<{
      readonly directory: FileSystemDirectoryHandle;
      readonly path: string;
      readonly sha256: string;
      readonly decision: Decision | undefined;
    }>,
  ): void {
    if (this.#folder === undefined) return;
    const all = new Map(this.#folder.decisions);
    for (const { directory, path, sha256, decision } of decisions) {
      if (directory !== this.#folder.directory) continue;
      if (decision === undefined) all.delete(nameOf(path, sha256));
      else all.set(nameOf(path, sha256), decision);
    }
    this.#folder = { ...this.#folder, decisions: all };
    this.#waiting ??= setTimeout(() => void this.#write(), TOGETHER);
  }

  /** Notes that all of the folder has been read. */
  async finish(directory: FileSystemDirectoryHandle): Promise<void> {
    if (this.#folder?.directory !== directory) return;
    this.#folder = { ...this.#folder, read: true };
    await this.#write();
  }

  async forget(): Promise<void> {
    this.#folder = undefined;
    try {
      await run('readwrite', (store) => store.delete(KEY));
    } catch {
      // There is nothing to forget.
    }
  }

  async #write(): Promise<void> {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    const folder = this.#folder;
    if (folder === undefined) return;
    try {
      await run('readwrite', (store) => store.put(folder, KEY));
    } catch {
      // Then it has to be chosen again.
    }
  }
}

function nameOf(path: string, sha256: string): string {
  return `${sha256} ${path}`;
}

/**
 * Asks for permission to read a folder, or to change it; to be called while a click is handled.
 * @throws DOMException `NotAllowedError` where that is not allowed
 */
export async function askFor(
  directory: FileSystemDirectoryHandle,
  mode: 'read' | 'readwrite',
): Promise<void> {
  const { requestPermission } = directory as {
    requestPermission?: (options: { mode: string }) => Promise<PermissionState>;
  };
  const answer = (await requestPermission?.call(directory, { mode })) ?? 'granted';
  if (answer !== 'granted') throw new DOMException(directory.name, 'NotAllowedError');
}

async function run<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    const transaction = database.transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    return await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
