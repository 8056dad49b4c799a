/**
 * What is known of picture files, kept on disk: embeddings with their fingerprints under the SHA-256 of
 * a file's bytes, and beside them how sharp a picture is where that mattered. A folder for each model and core holds files of records (records.ts), each of which one
 * process at a time adds to; its name says which: `<host>.<process>.<random>.records`. Whoever finds the
 * file of a process that is gone goes on with it, so that there are never more files than there were
 * processes at once.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { buildInfo } from '../build-info.js';
import { fingerprintOf } from '../core/fingerprint.js';
import { messageOf } from '../errors.js';
import { identityOf } from '../models/identity.js';
import { cacheDirectory } from '../models/locate.js';
import type { Embedding, Fingerprint, ModelInfo } from '../types.js';
import { type Place, placeOf, readValue, recordOf, scanRecords } from './records.js';

/** Changes whenever values are written differently. */
const LAYOUT = 2;

const ENDING = '.records';

/** A record of this length is how sharp a picture is, a double; those of embeddings are longer. */
const SHARPNESS_BYTES = 8;

/** What a value starts with, as JSON; the two lumas and the vector follow it, in this order. */
interface Header {
  readonly model: string;
  readonly fingerprint: Omit<Fingerprint, 'luma' | 'fullLuma'>;
  readonly lumaBytes: number;
}

/** Where the command line keeps embeddings unless `--cache` says otherwise. */
export function embeddingCacheDirectory(): string {
  return process.env['LIKENESS_CACHE_DIR'] || cacheDirectory('embeddings');
}

/** Embeddings on disk, of one model. A cache never fails: what it can't read or write is not there. */
export class EmbeddingCache implements Disposable {
  private readonly places = new Map<string, { readonly file: number; readonly place: Place }>();
  private readonly files: number[] = [];
  /** The file that this process adds to: none before something is added, or once that has failed. */
  private own: { readonly file: number; size: number } | undefined;
  private broken = false;

  /**
   * @param folder where the model's records are
   * @param complain told once, in words, when nothing can be kept
   */
  private constructor(
    private readonly folder: string,
    private readonly model: ModelInfo,
    private readonly complain: (message: string) => void,
  ) {}

  /** @param directory that of all models */
  static open(
    directory: string,
    model: ModelInfo,
    complain: (message: string) => void,
  ): EmbeddingCache {
    const cache = new EmbeddingCache(join(directory, folderName(model)), model, complain);
    cache.readAll();
    return cache;
  }

  /** How many embeddings are known. */
  get size(): number {
    return this.places.size;
  }

  /** @param key SHA-256 of the file's bytes, hexadecimal */
  find(key: string): Embedding | undefined {
    const found = this.places.get(key);
    if (found === undefined) return undefined;
    try {
      const value = readValue(found.file, found.place);
      if (value !== undefined) return this.checked(decode(value));
    } catch {
      // As good as not kept.
    }
    this.places.delete(key);
    return undefined;
  }

  /** Keeps an embedding that isn't known, with its fingerprint, which all that read the cache need. */
  keep(key: string, embedding: Embedding): void {
    const { fingerprint } = embedding;
    if (fingerprint !== undefined) this.append(key, encode(embedding, fingerprint));
  }

  /** How sharp a picture is, where that was ever asked. @param key as for `find` */
  findSharpness(key: string): number | undefined {
    const found = this.places.get(sharpnessKey(key));
    try {
      const value = found && readValue(found.file, found.place);
      return value?.length === SHARPNESS_BYTES ? value.readDoubleLE() : undefined;
    } catch {
      return undefined;
    }
  }

  keepSharpness(key: string, sharpness: number): void {
    const value = Buffer.alloc(SHARPNESS_BYTES);
    value.writeDoubleLE(sharpness);
    this.append(sharpnessKey(key), value);
  }

  private append(key: string, value: Uint8Array): void {
    if (this.broken || this.places.has(key)) return;
    const record = recordOf(Buffer.from(key, 'hex'), value);
    try {
      this.own ??= this.openOwn();
      const { file, size } = this.own;
      this.own.size += writeSync(file, record);
      if (this.own.size < size + record.length) throw new Error('the disk is full');
      this.places.set(key, { file, place: placeOf(record, size) });
    } catch (error) {
      // After a record that is cut off nothing would be found.
      this.broken = true;
      this.complain(
        `the cache in ${this.folder} can't be written (${messageOf(error)}); going on without it`,
      );
    }
  }

  [Symbol.dispose](): void {
    for (const file of this.files.splice(0)) closeSync(file);
    if (this.own !== undefined) closeSync(this.own.file);
    this.own = undefined;
    this.broken = true;
    this.places.clear();
  }

  /** @throws LikenessError, or RangeError, for what this model can't have written */
  private checked(embedding: Embedding): Embedding {
    const identity = identityOf(this.model);
    if (embedding.model !== identity || embedding.dimension !== this.model.dimension) {
      throw new RangeError(`An embedding of ${embedding.model} is no embedding of ${identity}.`);
    }
    fingerprintOf(embedding);
    return embedding;
  }

  /** A file may change its name, and with it its owner, between being listed and being opened. */
  private readAll(): void {
    const read = new Set<string>();
    for (let missed = true; missed; ) {
      missed = false;
      for (const name of recordFiles(this.folder).filter((listed) => !read.has(listed))) {
        read.add(name);
        try {
          this.readFile(openSync(join(this.folder, name), 'r'));
        } catch {
          missed = true;
        }
      }
    }
  }

  private readFile(file: number): void {
    this.files.push(file);
    for (const [key, place] of scanRecords(file, fstatSync(file).size).records) {
      this.places.set(key, { file, place });
    }
  }

  private openOwn(): { file: number; size: number } {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const path = join(this.folder, ownName());
    const adopted = recordFiles(this.folder).find(
      (name) => isAbandoned(name) && renamed(join(this.folder, name), path),
    );
    const file = openSync(path, 'a+', 0o600);
    if (adopted === undefined) return { file, size: 0 };
    const end = wholeEnd(file);
    ftruncateSync(file, end);
    return { file, size: end };
  }
}

/** How much is kept for one model. */
export interface CachedModel {
  readonly folder: string;
  readonly embeddings: number;
  readonly bytes: number;
}

/** What a cache holds, by model. */
export function cachedModels(directory: string): CachedModel[] {
  return modelFolders(directory).map((folder) => {
    const keys = new Set<string>();
    let bytes = 0;
    for (const name of recordFiles(folder)) {
      const file = openSync(join(folder, name), 'r');
      const { size } = fstatSync(file);
      for (const [key, { length }] of scanRecords(file, size).records) {
        if (length !== SHARPNESS_BYTES) keys.add(key);
      }
      bytes += size;
      closeSync(file);
    }
    return { folder, embeddings: keys.size, bytes };
  });
}

/** Folders of a cache that hold records. */
export function modelFolders(directory: string): string[] {
  return namesIn(directory)
    .map((name) => join(directory, name))
    .filter((folder) => recordFiles(folder).length > 0);
}

/** Names of the files of records in a folder, in a fixed order. */
export function recordFiles(folder: string): string[] {
  return namesIn(folder).filter((name) => name.endsWith(ENDING));
}

/** Another model, other weights, another core: other bits. */
function folderName({ id, sha256, view }: ModelInfo): string {
  const parts = [String(LAYOUT), sha256, view, buildInfo.wasmSha256].join(' ');
  return `${id}-${createHash('sha256').update(parts).digest('hex').slice(0, 16)}`;
}

function ownName(): string {
  return `${host()}.${process.pid}.${randomBytes(4).toString('hex')}${ENDING}`;
}

/** Whether the process that added to a file was one of this machine's, and is gone. */
function isAbandoned(name: string): boolean {
  const [owner, pid] = name.split('.');
  if (owner !== host() || !/^\d+$/.test(pid ?? '')) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function host(): string {
  return hostname().replaceAll(/[^\w-]/g, '_');
}

/** Of two processes that rename the same file one succeeds. */
function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

/** Where the last whole record of a file ends. Its length may have been written before its bytes. */
function wholeEnd(file: number): number {
  const { records, end } = scanRecords(file, fstatSync(file).size);
  const last = records.at(-1)?.[1];
  if (last === undefined || readValue(file, last) !== undefined) return end;
  const before = records.at(-2)?.[1];
  return before === undefined ? 0 : before.start + before.length;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Beside the record of a picture's embedding. */
function sharpnessKey(key: string): string {
  return createHash('sha256').update(`sharpness of ${key}`).digest('hex');
}

function encode({ model, vector }: Embedding, { luma, fullLuma, ...rest }: Fingerprint): Buffer {
  const header: Header = { model, fingerprint: rest, lumaBytes: luma.length };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const values = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return Buffer.concat([length, text, luma, fullLuma, values]);
}

function decode(value: Buffer): Embedding {
  const textEnd = 4 + value.readUInt32LE(0);
  const { model, fingerprint, lumaBytes } = JSON.parse(
    value.toString('utf8', 4, textEnd),
  ) as Header;
  const lumasEnd = textEnd + 2 * lumaBytes;
  const vector = new Float32Array(new Uint8Array(value.subarray(lumasEnd)).buffer);
  return {
    model,
    dimension: vector.length,
    vector,
    fingerprint: {
      ...fingerprint,
      luma: new Uint8Array(value.subarray(textEnd, textEnd + lumaBytes)),
      fullLuma: new Uint8Array(value.subarray(textEnd + lumaBytes, lumasEnd)),
    },
  };
}
