/** The folder that was chosen last, where the browser lets a page keep it: a later visit may go on with it. */

const DATABASE = 'likeness-chosen-folder';
const STORE = 'folders';
const KEY = 'last';

/** What is kept: the browser asks again before anything in it is read. */
export interface ChosenFolder {
  readonly directory: FileSystemDirectoryHandle;
  /** Whether all of it had been read. */
  readonly read: boolean;
}

/** @returns undefined where there is none, or the browser keeps none */
export async function recallFolder(): Promise<ChosenFolder | undefined> {
  try {
    return await run('readonly', (store) => store.get(KEY) as IDBRequest<ChosenFolder | undefined>);
  } catch {
    return undefined;
  }
}

export async function rememberFolder(folder: ChosenFolder): Promise<void> {
  try {
    await run('readwrite', (store) => store.put(folder, KEY));
  } catch {
    // Then it has to be chosen again.
  }
}

export async function forgetFolder(): Promise<void> {
  try {
    await run('readwrite', (store) => store.delete(KEY));
  } catch {
    // There is nothing to forget.
  }
}

/** Whether a page may read a folder, or change it; the browser may ask, where that is while a click is handled. */
export async function isAllowed(
  directory: FileSystemDirectoryHandle,
  mode: 'read' | 'readwrite',
): Promise<boolean> {
  const { requestPermission } = directory as {
    requestPermission?: (options: { mode: string }) => Promise<PermissionState>;
  };
  return (await requestPermission?.call(directory, { mode })) !== 'denied';
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
