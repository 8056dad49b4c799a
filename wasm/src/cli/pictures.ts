/** Many picture files: found, read, looked up in the cache, embedded by several workers. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { createLikeness, DEFAULT_LIMITS, DEFAULT_MODEL } from '../api/likeness.js';
import { type ErrorCode, LikenessError } from '../errors.js';
import { embedFiles, type Rater, type SourceFile, withDetails } from '../grouping/index.js';
import type { Embedding, Likeness, PictureDetail } from '../types.js';
import { EmbeddingCache, embeddingCacheDirectory } from './embedding-cache.js';
import { matcherOf } from './globs.js';
import { type CommandIo, readInput, usageError } from './io.js';
import { ranksOf } from './preference.js';
import { Countdown, ProgressLine } from './progress.js';
import { isZero } from './report.js';
import { counted, fsPath, printable } from './text.js';
import { viewFrom } from './view.js';
import { type FoundFile, filesOf } from './walk.js';

/** Each worker takes a few hundred megabytes. */
const MOST_WORKERS = 8;

/** Endings that are counted apart. */
const MOST_KINDS = 8;

/** What a folder is that is entered only if it is named itself. */
const LEFT_OUT = 'hidden, trash or thumbnail folder';

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
  exclude: { type: 'string', multiple: true },
} as const;

/** The values of PICTURE_OPTIONS, as parseArgs returns them. */
export interface PictureOptions {
  readonly model: string;
  readonly view?: string | undefined;
  readonly workers?: string | undefined;
  readonly cache?: string | undefined;
  readonly 'no-cache': boolean;
  readonly exclude?: readonly string[] | undefined;
}

/** A picture file, read and embedded. */
export interface Picture {
  readonly path: string;
  /** Size of the file. */
  readonly bytes: number;
  /** Of the file's bytes, hexadecimal. */
  readonly sha256: string;
  readonly embedding: Embedding;
  /** When the file was last changed, in milliseconds. */
  readonly modified: number;
  readonly found: FoundFile;
  /** Paths of the same file that were found, too; none unless hard links were put together. */
  readonly hardLinks: readonly string[];
}

/** Finds pictures by their paths. @returns throws a RangeError for a path that none of them has */
export function pictureAt(pictures: readonly Picture[]): (path: string) => Picture {
  const byPath = new Map(pictures.map((picture) => [picture.path, picture]));
  return (path) => {
    const picture = byPath.get(path);
    if (picture !== undefined) return picture;
    throw new RangeError(`There is no picture ${path}.`);
  };
}

/** What was left out, and why: an error code, or words for what is no file, and for folders. */
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
    private readonly excluded: (path: string) => boolean,
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
    return new PictureReader(likeness, progress, cache, matcherOf(options.exclude ?? []), io);
  }

  /** What has been left out so far. */
  get skipped(): readonly Skipped[] {
    return this.skippedFiles;
  }

  /**
   * The files that paths stand for, as `filesOf` finds them. What is left out is named on standard error;
   * hidden, trash and thumbnail folders are counted.
   * @param excluded those that `--exclude` says unless given
   * @throws LikenessError `invalid-argument` for a path that isn't there
   */
  async find(paths: readonly string[], excluded = this.excluded): Promise<FoundFile[]> {
    const files: FoundFile[] = [];
    let folders = 0;
    const report = {
      skip: (path: string, reason: string): void => this.skip(path, reason),
      leaveOut: (path: string): void => {
        this.skippedFiles.push({ path, reason: LEFT_OUT });
        folders += 1;
      },
    };
    for await (const file of filesOf(paths, excluded, report)) files.push(file);
    if (folders > 0) {
      this.say(`left out ${counted(folders, LEFT_OUT)}; to read one, name it`);
    }
    return files;
  }

  /**
   * The pictures among files, in their order. What can't be read is named on standard error and skipped; files
   * in folders that are no pictures are counted.
   * @throws LikenessError for a lone file that was named and can't be read
   */
  async *read(files: readonly FoundFile[]): AsyncGenerator<Picture, void, undefined> {
    const countdown = new Countdown(this.progress, 'reading picture', files.length);
    const others: string[] = [];
    try {
      const results = embedFiles(
        this.likeness,
        files.map((found) => new PictureFile(found)),
        { store: this.cache },
      );
      for await (const result of results) {
        countdown.step();
        const { file, error } = result;
        if (error === undefined) yield file.pictureOf(result);
        else if (!ABOUT_THE_FILE.includes(error.code)) throw error;
        else if (file.found.named && files.length === 1) throw error;
        else if (error.code === 'unsupported-format' && !file.found.named) {
          this.skippedFiles.push({ path: file.name, reason: error.code });
          others.push(file.name);
        } else this.skip(file.name, error.code);
      }
    } finally {
      this.progress.clear();
    }
    if (others.length > 0) {
      this.say(
        `skipped ${counted(others.length, 'file')} of other formats (unsupported-format): ${kindsOf(others)}`,
      );
    }
  }

  /**
   * The pictures that can be compared, hard links of one file put together. Those in which the model sees nothing
   * are skipped, too.
   * @throws LikenessError for a lone file that was named and can't be read; `invalid-argument` where there is no picture at all
   */
  async readComparable(paths: readonly string[]): Promise<Picture[]> {
    const files = await this.find(paths);
    const namesOf = byBestName(files);
    const pictures: Picture[] = [];
    for await (const picture of this.read([...namesOf.keys()])) {
      const others = namesOf.get(picture.found) ?? [];
      if (isZero(picture.embedding)) this.skip(picture.path, 'zero-embedding');
      else pictures.push({ ...picture, hardLinks: others.map(({ path }) => path) });
    }
    if (pictures.length === 0) throw noPictures(paths, files.length);
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
      const { bytes: file } = await readPicture(path);
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
    this.say(`skipped ${printable(path)}: ${reason}`);
  }

  private say(line: string): void {
    this.progress.clear();
    this.io.err(`${line}\n`);
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
  private modified = 0;

  constructor(readonly found: FoundFile) {
    this.name = found.path;
  }

  async arrayBuffer(): Promise<ArrayBufferLike> {
    const { bytes, modified } = await readPicture(this.name);
    this.modified = modified;
    return bytes.buffer;
  }

  pictureOf({
    bytes,
    sha256,
    embedding,
  }: Pick<Picture, 'bytes' | 'sha256' | 'embedding'>): Picture {
    const { name: path, modified, found } = this;
    return { path, bytes, sha256, embedding, modified, found, hardLinks: [] };
  }
}

/**
 * What is in a file that isn't too large, and when that was last changed, in milliseconds.
 * @throws LikenessError `invalid-argument` when it can't be read, `image-too-large` before it is read
 */
async function readPicture(path: string): Promise<{ bytes: Uint8Array; modified: number }> {
  // What can't be looked at is said by reading it.
  const { size, mtimeMs } = await stat(fsPath(path)).catch(() => ({ size: 0, mtimeMs: 0 }));
  if (size > DEFAULT_LIMITS.maxFileBytes) {
    throw new LikenessError(
      'image-too-large',
      `${printable(path)}: The file has ${size} bytes; at most ${DEFAULT_LIMITS.maxFileBytes} are accepted.`,
    );
  }
  return { bytes: new Uint8Array(await readInput(path)), modified: mtimeMs };
}

/** Each file by the one of its names that is rather kept, with the others. */
function byBestName(files: readonly FoundFile[]): Map<FoundFile, FoundFile[]> {
  const byInode = new Map<string, FoundFile[]>();
  for (const file of files) {
    const names = byInode.get(file.inode);
    if (names === undefined) byInode.set(file.inode, [file]);
    else names.push(file);
  }
  const byName = new Map<FoundFile, FoundFile[]>();
  for (const names of byInode.values()) {
    const best = names[ranksOf(names.map((found) => ({ found, modified: 0 }))).indexOf(0)];
    const others = names.filter((name) => name !== best);
    if (best !== undefined) byName.set(best, others);
  }
  return byName;
}

/** The error for a command that found nothing to work on. */
export function noPictures(paths: readonly string[], files: number): LikenessError {
  const place = paths.map(printable).join(', ');
  const message =
    files === 0
      ? `There is no file to read in ${place}.`
      : `None of the ${counted(files, 'file')} in ${place} is a picture that can be read: JPEG, PNG, BMP or GIF.`;
  return new LikenessError('invalid-argument', message);
}

/** How many files have which ending, the commonest first: "12 .txt, 3 .mp4". */
function kindsOf(paths: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const kind = printable(extname(path).toLowerCase()) || 'without an ending';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, MOST_KINDS).map(([kind, count]) => `${count} ${kind}`);
  return [...shown, ...(sorted.length > MOST_KINDS ? ['others'] : [])].join(', ');
}

/** @throws LikenessError `invalid-argument` */
function workersFrom(text: string | undefined): number {
  if (text === undefined) return Math.min(MOST_WORKERS, availableParallelism());
  const workers = Number(text);
  if (Number.isSafeInteger(workers) && workers >= 0 && text.trim() !== '') return workers;
  throw usageError(`--workers takes a whole number from 0, not "${text}".`);
}
