/** Files that stages leave for each other: written aside, and there as a whole or not at all. */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reasonOf, usageError } from '../io.js';

/** Bytes that are written at once. */
const BUFFERED = 1 << 20;

/** A file that grows until it is given its name. */
export class WorkFile implements AsyncDisposable {
  private readonly waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private written = 0;
  private named = false;

  private constructor(
    private readonly path: string,
    private readonly partial: string,
    private readonly file: FileHandle,
  ) {}

  /** @throws LikenessError `invalid-argument` where it can't be written */
  static async create(path: string): Promise<WorkFile> {
    const partial = `${path}.${process.pid}.part`;
    try {
      await mkdir(dirname(path), { recursive: true });
      return new WorkFile(path, partial, await open(partial, 'w'));
    } catch (error) {
      throw usageError(`Can't write ${path}: ${reasonOf(error)}.`);
    }
  }

  /** Bytes so far. */
  get size(): number {
    return this.written + this.waitingBytes;
  }

  /** Adds bytes, which must not change afterwards. */
  async add(bytes: Uint8Array): Promise<void> {
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes >= BUFFERED) await this.flush();
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    await this.flush();
    await this.file.sync();
    await this.file.close();
    await rename(this.partial, this.path);
    this.named = true;
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.concat(this.waiting.splice(0));
    this.waitingBytes = 0;
    try {
      await this.file.writev([bytes]);
    } catch (error) {
      throw usageError(`Can't write ${this.path}: ${reasonOf(error)}.`);
    }
    this.written += bytes.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.named) return;
    await this.file.close();
    await rm(this.partial, { force: true });
  }
}
