/** A file system in memory that stops at any operation, as when a tab is closed. */
import type { Directory, FileHandle, FileWriter } from '../../web/src/folder/directory.ts';

/** What a tab does that has been closed: nothing more. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';
}

interface Content {
  bytes: Uint8Array<ArrayBuffer>;
  modified: number;
}

type Tree = Map<string, Content | Tree>;

/** What all handles of a tree share. */
interface Disk {
  /** Operations that are left until the tab is closed. */
  left: number;
  /** Operations that there have been. */
  done: number;
  /** Bytes that still find room. */
  room: number;
  time: number;
}

const failure = (name: string): Error => new DOMException(name, name);

/** A directory as `showDirectoryPicker` hands it out: what is written to a file is there when it is closed. */
export class MemoryDirectory implements Directory {
  private constructor(
    readonly name: string,
    private readonly tree: Tree,
    readonly disk: Disk,
  ) {}

  static create(files: Readonly<Record<string, string>>): MemoryDirectory {
    const disk = {
      left: Number.POSITIVE_INFINITY,
      done: 0,
      room: Number.POSITIVE_INFINITY,
      time: 0,
    };
    const directory = new MemoryDirectory('chosen', new Map(), disk);
    for (const [path, text] of Object.entries(files)) directory.put(path, text);
    return directory;
  }

  /** Puts a file there, as another program does. */
  put(path: string, text: string): void {
    const names = path.split('/');
    const last = names.pop() ?? '';
    let tree = this.tree;
    for (const name of names) {
      const next = tree.get(name) ?? new Map();
      tree.set(name, next);
      if (!(next instanceof Map)) throw new Error(`${path} leads through a file`);
      tree = next;
    }
    this.disk.time += 1;
    tree.set(last, { bytes: new TextEncoder().encode(text), modified: this.disk.time });
  }

  /** Takes a file away, as another program does. */
  take(path: string): void {
    const names = path.split('/');
    const last = names.pop() ?? '';
    let tree: Content | Tree | undefined = this.tree;
    for (const name of names) if (tree instanceof Map) tree = tree.get(name);
    if (tree instanceof Map) tree.delete(last);
  }

  /** All files with their texts, by path. */
  files(): Map<string, string> {
    const found = new Map<string, string>();
    const walk = (tree: Tree, prefix: string): void => {
      for (const [name, entry] of tree) {
        if (entry instanceof Map) walk(entry, `${prefix}${name}/`);
        else found.set(prefix + name, new TextDecoder().decode(entry.bytes));
      }
    };
    walk(this.tree, '');
    return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<FileHandle> {
    this.#step();
    const entry = this.tree.get(name);
    if (entry instanceof Map) throw failure('TypeMismatchError');
    if (entry === undefined) {
      if (!create) throw failure('NotFoundError');
      this.disk.time += 1;
      this.tree.set(name, { bytes: new Uint8Array(), modified: this.disk.time });
    }
    return this.#handle(name);
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<MemoryDirectory> {
    this.#step();
    const entry = this.tree.get(name) ?? (create ? new Map() : undefined);
    if (entry === undefined) throw failure('NotFoundError');
    if (!(entry instanceof Map)) throw failure('TypeMismatchError');
    this.tree.set(name, entry);
    return new MemoryDirectory(name, entry, this.disk);
  }

  async removeEntry(name: string): Promise<void> {
    this.#step();
    const entry = this.tree.get(name);
    if (entry === undefined) throw failure('NotFoundError');
    if (entry instanceof Map && entry.size > 0) throw failure('InvalidModificationError');
    this.tree.delete(name);
  }

  async *values() {
    this.#step();
    for (const [name, entry] of this.tree) {
      yield { name, kind: entry instanceof Map ? ('directory' as const) : ('file' as const) };
    }
  }

  #handle(name: string): FileHandle {
    const current = (): Content => {
      const entry = this.tree.get(name);
      if (entry === undefined || entry instanceof Map) throw failure('NotFoundError');
      return entry;
    };
    return {
      name,
      getFile: async () => {
        this.#step();
        const { bytes, modified } = current();
        return new File([bytes], name, { lastModified: modified });
      },
      createWritable: async (): Promise<FileWriter> => {
        this.#step();
        let written = new Uint8Array();
        return {
          write: async (data) => {
            this.#step();
            written = typeof data === 'string' ? new TextEncoder().encode(data) : data.slice();
            if (written.length > this.disk.room) throw failure('QuotaExceededError');
          },
          close: async () => {
            this.#step();
            this.disk.room -= written.length;
            this.disk.time += 1;
            Object.assign(current(), { bytes: written, modified: this.disk.time });
          },
          abort: async () => this.#step(),
        };
      },
    };
  }

  #step(): void {
    if (this.disk.left <= 0) throw new ClosedError('The tab has been closed.');
    this.disk.left -= 1;
    this.disk.done += 1;
  }
}
