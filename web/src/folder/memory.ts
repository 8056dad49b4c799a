import type { Embedding, Similarity } from 'image-likeness';

const DATABASE = 'likeness-folder';
const VERSION = 7;
const EMBEDDINGS = 'embeddings';
/** Bytes of each, so that adding them up needs no reading of the rest. */
const SIZES = 'sizes';

interface Stores {
  readonly embeddings: IDBObjectStore;
  readonly sizes: IDBObjectStore;
}

/** What is remembered of an image. */
export interface Remembered {
  readonly embedding: Embedding;
  /** How alike images that came before it are to it, by their keys. */
  readonly ratings: Map<string, Similarity>;
}

/**
 * Embeddings of earlier visits, in IndexedDB, by SHA-256 of file and model, and the view. Where the browser keeps
 * nothing (no room, private window) everything still works, and `full` says so.
 */
export class FolderMemory {
  /** Whether the browser has refused to keep something. */
  full = false;
  #database: Promise<IDBDatabase> | undefined;

  async find(key: string): Promise<Remembered | undefined> {
    try {
      const [found] = await this.#run('readonly', ({ embeddings }) => [
        embeddings.get(key) as IDBRequest<Remembered | undefined>,
      ]);
      return found;
    } catch {
      return undefined;
    }
  }

  async keep(key: string, remembered: Remembered): Promise<void> {
    if (this.full) return;
    try {
      await this.#run('readwrite', ({ embeddings, sizes }) => [
        embeddings.put(remembered, key),
        sizes.put(bytesOf(remembered), key),
      ]);
    } catch {
      this.full = true;
    }
  }

  /** How many images are remembered, and about how many bytes that takes, ratings included. */
  async size(): Promise<{ count: number; bytes: number }> {
    try {
      const [all = []] = await this.#run('readonly', ({ sizes }) => [
        sizes.getAll() as IDBRequest<number[]>,
      ]);
      return { count: all.length, bytes: all.reduce((sum, bytes) => sum + bytes, 0) };
    } catch {
      return { count: 0, bytes: 0 };
    }
  }

  async clear(): Promise<void> {
    await this.#run('readwrite', ({ embeddings, sizes }) => [embeddings.clear(), sizes.clear()]);
    this.full = false;
  }

  async #run<T>(
    mode: IDBTransactionMode,
    act: (stores: Stores) => readonly IDBRequest<T>[],
  ): Promise<T[]> {
    this.#database ??= open();
    const transaction = (await this.#database).transaction([EMBEDDINGS, SIZES], mode);
    const requests = act({
      embeddings: transaction.objectStore(EMBEDDINGS),
      sizes: transaction.objectStore(SIZES),
    });
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(requests.map(({ result }) => result));
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/** A rating with its key, about. */
const RATING_BYTES = 400;

function bytesOf({ embedding, ratings }: Remembered): number {
  const { vector, fingerprint, sketch } = embedding;
  const pictures = (fingerprint?.luma.length ?? 0) + (fingerprint?.fullLuma.length ?? 0);
  const features = sketch?.length ?? 0;
  return vector.byteLength + pictures + features + 256 + ratings.size * RATING_BYTES;
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      // What an older version kept is only a saving of time.
      for (const name of request.result.objectStoreNames) request.result.deleteObjectStore(name);
      request.result.createObjectStore(EMBEDDINGS);
      request.result.createObjectStore(SIZES);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
