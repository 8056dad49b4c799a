/** Many picture files: found, read, looked up in the cache, embedded by several workers. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { createLikeness, DEFAULT_LIMITS, DEFAULT_MODEL } from '../api/likeness.js';
import { type ErrorCode, LikenessError } from '../errors.js';
import {
  embedFiles,
  type FiledEmbedding,
  type Rater,
  type SourceFile,
  withDetails,
} from '../grouping/index.js';
import type { Embedding, Likeness, PictureDetail } from '../types.js';
import { EmbeddingCache, embeddingCacheDirectory } from './embedding-cache.js';
import { type CommandIo, printable, readInput, usageError } from './io.js';
import { Countdown, ProgressLine } from './progress.js';
import { isZero } from './report.js';
import { isInShard, type Shard } from './shard.js';
import { viewFrom } from './view.js';
import { type FoundFile, filesOf } from './walk.js';

/** Each worker takes a few hundred megabytes. */
const MOST_WORKERS = 8;

/** Errors that say something of one file; any other one ends the command. */
const ABOUT_THE_FILE: readonly ErrorCode[] = [
  'unsupported-format',
  'corrupt-image',
  'image-too-large',
  'out-of-memory',
  'internal',
  'invalid-argument',
];

/** What every command that reads many pictures takes. */
export const PICTURE_OPTIONS = {
  model: { type: 'string', default: DEFAULT_MODEL },
  view: { type: 'string' },
  workers: { type: 'string' },
  cache: { type: 'string' },
  'no-cache': { type: 'boolean', default: false },
} as const;

/** The values of PICTURE_OPTIONS, as parseArgs returns them. */
export interface PictureOptions {
  readonly model: string;
  readonly view?: string | undefined;
  readonly workers?: string | undefined;
  readonly cache?: string | undefined;
  readonly 'no-cache': boolean;
}

/** A picture file, read and embedded. */
export interface Picture {
  readonly path: string;
  /** Size of the file. */
  readonly bytes: number;
  /** Of the file's bytes, hexadecimal. */
  readonly sha256: string;
  readonly embedding: FiledEmbedding;
}

/** A file that was left out, and why: an error code, or words for what is no file. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** A model and a cache at work on the pictures of one command. */
export class PictureReader implements AsyncDisposable {
  private readonly skippedFiles: Skipped[] = [];

  private constructor(
    readonly likeness: Likeness,
    readonly progress: ProgressLine,
    private readonly cache: EmbeddingCache | undefined,
    private readonly io: CommandIo,
  ) {}

  /** @throws LikenessError as createLikeness; `invalid-argument` for options that make no sense */
  static async open(options: PictureOptions, io: CommandIo): Promise<PictureReader> {
    const workers = workersFrom(options.workers);
    if (options.cache !== undefined && options['no-cache']) {
      throw usageError('--cache and --no-cache exclude each other.');
    }
    const progress = new ProgressLine(io);
    const likeness = await createLikeness({
      model: options.model,
      view: viewFrom(options.view),
      workers,
      onProgress: progress.onLoad,
    });
    const complain = (message: string): void => {
      progress.clear();
      io.err(`${message}\n`);
    };
    const cache = options['no-cache']
      ? undefined
      : EmbeddingCache.open(options.cache ?? embeddingCacheDirectory(), likeness.model, complain);
    return new PictureReader(likeness, progress, cache, io);
  }

  /** What has been left out so far. */
  get skipped(): readonly Skipped[] {
    return this.skippedFiles;
  }

  /**
   * The pictures of files and folders, in the order of `filesOf`. What is in a folder and can't be read
   * is named on standard error and skipped.
   * @param shard the part of the files that is looked at; all of them unless given
   * @throws LikenessError for a file that was named itself and can't be read
   */
  async *read(paths: readonly string[], shard?: Shard): AsyncGenerator<Picture, void, undefined> {
    const files: FoundFile[] = [];
    for await (const file of filesOf(paths, (path, reason) => this.skip(path, reason))) {
      if (shard === undefined || isInShard(file.relative, shard)) files.push(file);
    }
    const countdown = new Countdown(this.progress, 'reading picture', files.length);
    try {
      const results = embedFiles(
        this.likeness,
        files.map((file) => new PictureFile(file)),
        { store: this.cache },
      );
      for await (const result of results) {
        countdown.step();
        const { file, error } = result;
        if (error === undefined) yield file.pictureOf(result);
        else if (file.named || !ABOUT_THE_FILE.includes(error.code)) throw error;
        else this.skip(file.name, error.code);
      }
    } finally {
      this.progress.clear();
    }
  }

  /** The pictures that can be compared: those in which the model sees nothing are skipped, too. */
  async readComparable(paths: readonly string[]): Promise<Picture[]> {
    const pictures: Picture[] = [];
    for await (const picture of this.read(paths)) {
      if (isZero(picture.embedding)) this.skip(picture.path, 'zero-embedding');
      else pictures.push(picture);
    }
    return pictures;
  }

  /**
   * What it takes to tell copies of a picture, read from its file; undefined where that has changed or
   * can't be read any more.
   */
  async detailOf(
    { path, sha256 }: Picture,
    signal?: AbortSignal,
  ): Promise<PictureDetail | undefined> {
    try {
      const file = new Uint8Array(await new PictureFile({ path, named: true }).arrayBuffer());
      if (createHash('sha256').update(file).digest('hex') !== sha256) return undefined;
      return await this.likeness.detail(file, { signal });
    } catch (error) {
      if (error instanceof LikenessError && ABOUT_THE_FILE.includes(error.code)) return undefined;
      throw error;
    }
  }

  /** Rates these pictures by their pixels, too, and remembers it. */
  rater(pictures: readonly Picture[]): Rater {
    const byEmbedding = new Map<Embedding, Picture>(
      pictures.map((picture) => [picture.embedding, picture]),
    );
    const keysOf = (a: Embedding, b: Embedding): [string, string] => [
      byEmbedding.get(a)?.sha256 ?? '',
      byEmbedding.get(b)?.sha256 ?? '',
    ];
    return withDetails(
      this.likeness,
      async (embedding, signal) => {
        const picture = byEmbedding.get(embedding);
        return picture && this.detailOf(picture, signal);
      },
      {
        find: (a, b) => this.cache?.findRating(...keysOf(a, b)),
        keep: (a, b, similarity) => this.cache?.keepRating(...keysOf(a, b), similarity),
      },
    );
  }

  /** Names a file that is left out. */
  private skip(path: string, reason: string): void {
    this.skippedFiles.push({ path, reason });
    this.progress.clear();
    this.io.err(`skipped ${printable(path)}: ${reason}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.progress.clear();
    this.cache?.[Symbol.dispose]();
    await this.likeness.dispose();
  }
}

/** A file that may be a picture. */
class PictureFile implements SourceFile {
  readonly name: string;
  readonly named: boolean;
  private modified = 0;

  constructor({ path, named }: Pick<FoundFile, 'path' | 'named'>) {
    this.name = path;
    this.named = named;
  }

  /** @throws LikenessError `invalid-argument` when it can't be read, `image-too-large` before it is read */
  async arrayBuffer(): Promise<ArrayBufferLike> {
    // What can't be looked at is said by reading it.
    const { size, mtimeMs } = await stat(this.name).catch(() => ({ size: 0, mtimeMs: 0 }));
    if (size > DEFAULT_LIMITS.maxFileBytes) {
      throw new LikenessError(
        'image-too-large',
        `${this.name}: The file has ${size} bytes; at most ${DEFAULT_LIMITS.maxFileBytes} are accepted.`,
      );
    }
    this.modified = mtimeMs;
    return new Uint8Array(await readInput(this.name)).buffer;
  }

  /** With when it was last changed, in milliseconds. */
  pictureOf({ bytes, sha256, embedding }: Omit<Picture, 'path'>): Picture {
    const file = { bytes, modified: this.modified };
    return { path: this.name, bytes, sha256, embedding: { ...embedding, file } };
  }
}

/** @throws LikenessError `invalid-argument` */
function workersFrom(text: string | undefined): number {
  if (text === undefined) return Math.min(MOST_WORKERS, availableParallelism());
  const workers = Number(text);
  if (Number.isSafeInteger(workers) && workers >= 0 && text.trim() !== '') return workers;
  throw usageError(`--workers takes a whole number from 0, not "${text}".`);
}
