/**
 * What is known of picture files, kept on disk: embeddings with fingerprint and sketch under the SHA-256 of
 * a file's bytes, and beside them how alike pairs of pictures are that were laid over each other. A folder for
 * each model and core holds files of records (records.ts), each of which one process at a time adds to; its
 * name says which: `<host>.<process>.<random>.records`. Whoever finds the file of a process that is gone goes
 * on with it, so that there are never more files than there were processes at once.
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
import { fingerprintOf } from '../binding/fingerprint.js';
import { buildInfo } from '../build-info.js';
import type { EmbeddingStore } from '../grouping/index.js';
import { identityOf } from '../models/identity.js';
import { cacheDirectory } from '../node/locate.js';
import { variable } from '../node/surroundings.js';
import type { Embedding, Fingerprint, ModelInfo, Similarity } from '../types.js';
import { reasonOf } from './io.js';
import { type Place, placeOf, readStart, readValue, recordOf, scanRecords } from './records.js';

/** Changes whenever values are written differently. */
const LAYOUT = 3;

const ENDING = '.records';

/** What a value starts with: what it is. */
const EMBEDDING = 1;
const RATING = 2;

/** What follows in an embedding, as JSON; the two lumas, the vector and the sketch come after it. */
interface Header {
  readonly model: string;
  readonly fingerprint: Omit<Fingerprint, 'luma' | 'fullLuma'>;
  readonly lumaBytes: number;
  readonly sketchBytes: number;
  readonly draft?: true;
}

/** Where the command line keeps embeddings unless `--cache` says otherwise; undefined for a user without a home. */
export function embeddingCacheDirectory(): string | undefined {
  return variable('LIKENESS_CACHE_DIR') ?? cacheDirectory('embeddings');
}

/** Embeddings on disk, of one model. A cache never fails: what it can't read or write is not there. */
export class EmbeddingCache implements EmbeddingStore, Disposable {
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

  /**
   * @param directory that of all models
   * @param decoder what reads pictures beside the core, if anything does: its pixels are others
   */
  static open(
    directory: string,
    model: ModelInfo,
    decoder: string | undefined,
    complain: (message: string) => void,
  ): EmbeddingCache {
    const cache = new EmbeddingCache(join(directory, folderName(model, decoder)), model, complain);
    cache.readAll();
    return cache;
  }

  /** How many embeddings are known. */
  get size(): number {
    return this.places.size;
  }

  /** @param key SHA-256 of the file's bytes, hexadecimal */
  get(key: string): Embedding | undefined {
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

  /** Keeps an embedding that isn't known, with fingerprint and sketch, which readers of the cache need. */
  put(key: string, embedding: Embedding): void {
    const { fingerprint, sketch } = embedding;
    if (fingerprint === undefined || sketch === undefined) return;
    this.append(key, encode(embedding, fingerprint, sketch));
  }

  /** How alike two pictures are, where they were ever rated in this order. @param a a key as for `get` */
  findRating(a: string, b: string): Similarity | undefined {
    const found = this.places.get(ratingKey(a, b));
    try {
      const value = found && readValue(found.file, found.place);
      return value?.[0] === RATING ? JSON.parse(value.toString('utf8', 1)) : undefined;
    } catch {
      return undefined;
    }
  }

  keepRating(a: string, b: string, similarity: Similarity): void {
    const value = Buffer.concat([Uint8Array.of(RATING), Buffer.from(JSON.stringify(similarity))]);
    this.append(ratingKey(a, b), value);
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
        `the cache in ${this.folder} can't be written (${reasonOf(error)}); going on without it`,
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
      for (const [key, place] of scanRecords(file, size).records) {
        if (readStart(file, place) === EMBEDDING) keys.add(key);
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

/** Another model, other weights, another core, another decoder: other bits. */
function folderName(model: ModelInfo, decoder: string | undefined): string {
  const identity = identityOf(model);
  const parts = [LAYOUT, model.sha256, identity, buildInfo.wasmSha256, decoder ?? 'core'].join(' ');
  return `${model.id}-${createHash('sha256').update(parts).digest('hex').slice(0, 16)}`;
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

/** Beside the records of the two pictures' embeddings. */
function ratingKey(a: string, b: string): string {
  return createHash('sha256').update(`${a} and ${b}`).digest('hex');
}

function encode(
  { model, vector, draft }: Embedding,
  { luma, fullLuma, ...rest }: Fingerprint,
  sketch: Uint8Array,
): Buffer {
  const { length: lumaBytes } = luma;
  const header: Header = {
    model,
    fingerprint: rest,
    lumaBytes,
    sketchBytes: sketch.length,
    ...(draft && { draft }),
  };
  const text = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(5);
  start.writeUInt8(EMBEDDING);
  start.writeUInt32LE(text.length, 1);
  const values = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return Buffer.concat([start, text, luma, fullLuma, values, sketch]);
}

/** @throws RangeError, SyntaxError for a value that `encode` didn't make */
function decode(value: Buffer): Embedding {
  if (value[0] !== EMBEDDING) throw new RangeError('This record is no embedding.');
  const textEnd = 5 + value.readUInt32LE(1);
  const { model, fingerprint, lumaBytes, sketchBytes, draft } = JSON.parse(
    value.toString('utf8', 5, textEnd),
  ) as Header;
  const lumasEnd = textEnd + 2 * lumaBytes;
  const vectorEnd = value.length - sketchBytes;
  const vector = new Float32Array(new Uint8Array(value.subarray(lumasEnd, vectorEnd)).buffer);
  return {
    model,
    dimension: vector.length,
    vector,
    fingerprint: {
      ...fingerprint,
      luma: new Uint8Array(value.subarray(textEnd, textEnd + lumaBytes)),
      fullLuma: new Uint8Array(value.subarray(textEnd + lumaBytes, lumasEnd)),
    },
    sketch: new Uint8Array(value.subarray(vectorEnd)),
    ...(draft && { draft }),
  };
}
