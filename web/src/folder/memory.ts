import type { Embedding, Similarity } from 'image-likeness';

const DATABASE = 'likeness-folder';
const STORE = 'embeddings';

/** What is remembered of an image. */
export interface Remembered {
  readonly embedding: Embedding;
  /** What it was compared with before, by the other image's key. */
  readonly compared: Map<string, Similarity>;
}

/**
 * Embeddings of earlier visits, in IndexedDB, by SHA-256 of file and model. Where the browser keeps
 * nothing (no room, private window) everything still works, and `full` says so.
 */
export class FolderMemory {
  /** Whether the browser has refused to keep something. */
  full = false;
  #database: Promise<IDBDatabase> | undefined;

  async find(key: string): Promise<Remembered | undefined> {
    try {
      return (await this.#run('readonly', (store) => store.get(key))) as Remembered | undefined;
    } catch {
      return undefined;
    }
  }

  async keep(key: string, remembered: Remembered): Promise<void> {
    if (this.full) return;
    try {
      await this.#run('readwrite', (store) => store.put(remembered, key));
    } catch {
      this.full = true;
    }
  }

  /** How many embeddings are kept, and about how many bytes they take. */
  async size(): Promise<{ count: number; bytes: number }> {
    try {
      const count = await this.#run('readonly', (store) => store.count());
      const [one] = await this.#run('readonly', (store) => store.getAll(null, 1));
      return {
        count,
        bytes: one === undefined ? 0 : count * bytesOf((one as Remembered).embedding),
      };
    } catch {
      return { count: 0, bytes: 0 };
    }
  }

  async clear(): Promise<void> {
    await this.#run('readwrite', (store) => store.clear());
    this.full = false;
  }

  async #run<T>(
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    this.#database ??= open();
    const transaction = (await this.#database).transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function bytesOf({ vector, fingerprint }: Embedding): number {
  return (
    vector.byteLength + (fingerprint?.luma.length ?? 0) + (fingerprint?.fullLuma.length ?? 0) + 256
  );
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
