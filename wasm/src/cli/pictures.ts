/** Many picture files: found, read, looked up in the cache, embedded by several workers. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { createLikeness, DEFAULT_LIMITS, DEFAULT_MODEL } from '../api/likeness.js';
import { type ErrorCode, LikenessError, withContext } from '../errors.js';
import { type FiledEmbedding, type Rater, withDetails } from '../grouping/index.js';
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
      for await (const [{ path, named }, outcome] of this.outcomes(files)) {
        countdown.step();
        if (outcome instanceof LikenessError) {
          if (named) throw outcome;
          this.skip(path, outcome.code);
        } else {
          yield outcome;
        }
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
      const { contents: file } = await readPictureFile(path);
      if (sha256Of(file) !== sha256) return undefined;
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

  /** What becomes of each file, in their order; a few of them at once. */
  private async *outcomes(
    files: readonly FoundFile[],
  ): AsyncGenerator<[FoundFile, Picture | LikenessError], void, undefined> {
    const ahead = 2 * this.likeness.info.workers + 2;
    const underWay: Promise<Picture | LikenessError>[] = [];
    let next = 0;
    for (const file of files) {
      while (underWay.length < ahead && next < files.length) {
        const outcome = this.outcome(files[next]?.path ?? '');
        // Its rejection is met when its turn comes; until then it is not unhandled.
        outcome.catch(() => undefined);
        underWay.push(outcome);
        next += 1;
      }
      const first = underWay.shift();
      if (first !== undefined) yield [file, await first];
    }
  }

  private async outcome(path: string): Promise<Picture | LikenessError> {
    try {
      return await this.readPicture(path);
    } catch (error) {
      if (error instanceof LikenessError && ABOUT_THE_FILE.includes(error.code)) return error;
      throw error;
    }
  }

  private async readPicture(path: string): Promise<Picture> {
    const { contents: file, modified } = await readPictureFile(path);
    const bytes = file.byteLength;
    const sha256 = sha256Of(file);
    const facts = { bytes, modified };
    const known = this.cache?.find(sha256);
    if (known !== undefined) return { path, bytes, sha256, embedding: { ...known, file: facts } };
    const embedding = await withContext(path, this.likeness.embed(file, { sketch: true }));
    this.cache?.keep(sha256, embedding);
    return { path, bytes, sha256, embedding: { ...embedding, file: facts } };
  }
}

function sha256Of(file: Uint8Array): string {
  return createHash('sha256').update(file).digest('hex');
}

/**
 * The bytes of a file that may be a picture, and when it was last changed, in milliseconds.
 * @throws LikenessError `invalid-argument` when it can't be read, `image-too-large` before it is read
 */
async function readPictureFile(
  path: string,
): Promise<{ readonly contents: Uint8Array; readonly modified: number }> {
  // What can't be looked at is said by reading it.
  const { size, mtimeMs: modified } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
  if (size > DEFAULT_LIMITS.maxFileBytes) {
    throw new LikenessError(
      'image-too-large',
      `${path}: The file has ${size} bytes; at most ${DEFAULT_LIMITS.maxFileBytes} are accepted.`,
    );
  }
  return { contents: await readInput(path), modified };
}

/** @throws LikenessError `invalid-argument` */
function workersFrom(text: string | undefined): number {
  if (text === undefined) return Math.min(MOST_WORKERS, availableParallelism());
  const workers = Number(text);
  if (Number.isSafeInteger(workers) && workers >= 0 && text.trim() !== '') return workers;
  throw usageError(`--workers takes a whole number from 0, not "${text}".`);
}
