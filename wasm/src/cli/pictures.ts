/** Many picture files: found, read, looked up in the cache, embedded by several workers. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { DEFAULT_LIMITS, DEFAULT_MODEL, startLikeness } from '../api/likeness.js';
import { type ErrorCode, LikenessError } from '../errors.js';
import { embedFiles, type Rater, type SourceFile, withDetails } from '../grouping/index.js';
import { DECODER_PACKAGES, installedDecoders, readsDrafts } from '../node/decoders.js';
import { host } from '../node/host-environment.js';
import { installCommand } from '../node/installed.js';
import { cores } from '../node/surroundings.js';
import type { Embedding, Likeness, PictureDetail, Similarity } from '../types.js';
import { EmbeddingCache, embeddingCacheDirectory } from './embedding-cache.js';
import { matcherOf } from './globs.js';
import { type CommandIo, readInput, usageError } from './io.js';
import { byBestName } from './preference.js';
import { Countdown, ProgressLine } from './progress.js';
import { isZero } from './report.js';
import { counted, fsPath, printable } from './text.js';
import { viewFrom } from './view.js';
import { type FoundFile, filesOf } from './walk.js';

/** Each worker takes a few hundred megabytes. */
const MOST_WORKERS = 8;

/** Few folders have a single picture, and many take no more than that many workers. */
const STARTED_AT_ONCE = 2;

/** Details that wait to be used: up to 3 MB each. */
const MOST_DETAILS = 16;

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
    throw new RangeError(`There is no image ${path}.`);
  };
}

/** What was left out, and why: an error code, or words for what is no file, and for folders. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** How alike pairs are, for as long as a command runs. */
class Ratings implements Pick<EmbeddingCache, 'findRating' | 'keepRating'> {
  private readonly known = new Map<string, Similarity>();

  findRating(a: string, b: string): Similarity | undefined {
    return this.known.get(`${a} ${b}`);
  }

  keepRating(a: string, b: string, similarity: Similarity): void {
    this.known.set(`${a} ${b}`, similarity);
  }
}

/** What is known of pictures: on disk, unless nothing is to be kept there. */
interface Memory {
  /** Embeddings of all pixels. */
  readonly wholes: EmbeddingCache | undefined;
  /** And of drafts; the same where nothing is read as a draft. */
  readonly drafts: EmbeddingCache | undefined;
  /** Of all pixels. */
  readonly ratings: Pick<EmbeddingCache, 'findRating' | 'keepRating'>;
}

/** A model and a cache at work on the pictures of one command. */
export class PictureReader implements AsyncDisposable {
  private readonly skippedFiles: Skipped[] = [];
  /** Embeddings of drafts that were read again, by the paths. */
  private readonly wholes = new Map<string, Promise<Embedding | undefined>>();
  /** Details that came with these and are still to be used. */
  private readonly details = new Map<string, PictureDetail>();

  private constructor(
    readonly likeness: Likeness,
    readonly progress: ProgressLine,
    private readonly memory: Memory,
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
    const starting = startLikeness(
      {
        model: options.model,
        view: viewFrom(options.view),
        workers,
        onProgress: progress.onLoad,
      },
      host,
      STARTED_AT_ONCE,
    );
    const directory = options['no-cache']
      ? undefined
      : (options.cache ?? embeddingCacheDirectory());
    // Decoders are looked for while the first worker starts.
    const [likeness, decoders, drafts] = await Promise.all([
      starting,
      directory === undefined ? undefined : installedDecoders(),
      directory !== undefined && readsDrafts(),
    ]);
    const complain = (message: string): void => {
      progress.clear();
      io.err(`${message}\n`);
    };
    const open = (what: string | undefined): EmbeddingCache | undefined =>
      directory === undefined
        ? undefined
        : EmbeddingCache.open(directory, likeness.model, what, complain);
    const wholes = open(decoders);
    const excluded = matcherOf(options.exclude ?? []);
    const memory = {
      wholes,
      drafts: drafts ? open(`${decoders}, drafts`) : wholes,
      ratings: wholes ?? new Ratings(),
    };
    return new PictureReader(likeness, progress, memory, excluded, io);
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
   * @param draft whether large ones may be read as drafts
   * @throws LikenessError for a lone file that was named and can't be read
   */
  async *read(
    files: readonly FoundFile[],
    draft = false,
  ): AsyncGenerator<Picture, void, undefined> {
    const countdown = new Countdown(this.progress, 'reading image', files.length);
    const others: string[] = [];
    const curable: string[] = [];
    try {
      const results = embedFiles(
        this.likeness,
        files.map((found) => new PictureFile(found)),
        { store: draft ? this.memory.drafts : this.memory.wholes, draft },
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
          curable.push(...DECODER_PACKAGES.filter((name) => names(error, name)));
        } else this.skip(file.name, error.code);
      }
    } finally {
      this.progress.clear();
    }
    if (others.length > 0) {
      const packages = DECODER_PACKAGES.filter((name) => curable.includes(name));
      const cure =
        curable.length === 0
          ? ''
          : `; ${curable.length} of them can be read: ${installCommand(...packages)}`;
      this.say(
        `skipped ${counted(others.length, 'file')} of other formats (unsupported-format): ${kindsOf(others)}${cure}`,
      );
    }
  }

  /**
   * The pictures that can be compared, hard links of one file put together. Those in which the model sees nothing
   * are skipped, too.
   * @param draftsFrom so many files are read as drafts
   * @param onRead told of each picture as it comes, in their order
   * @throws LikenessError for a lone file that was named and can't be read; `invalid-argument` where there is no picture at all
   */
  async readComparable(
    paths: readonly string[],
    draftsFrom: number,
    onRead: (picture: Picture) => void = () => undefined,
  ): Promise<Picture[]> {
    const files = await this.find(paths);
    const namesOf = byBestName(files);
    const pictures: Picture[] = [];
    const distinct = [...namesOf.keys()];
    for await (const read of this.read(distinct, distinct.length >= draftsFrom)) {
      const others = namesOf.get(read.found) ?? [];
      const picture = { ...read, hardLinks: others.map(({ path }) => path) };
      if (isZero(picture.embedding)) this.skip(picture.path, 'zero-embedding');
      else {
        pictures.push(picture);
        onRead(picture);
      }
    }
    if (pictures.length === 0) throw noPictures(paths, files.length);
    return pictures;
  }

  /**
   * Rates these pictures by all of their pixels, too, and remembers it: those that were read as drafts are read
   * again, whole.
   */
  rater(pictures: readonly Picture[]): Rater {
    return this.raterOf(new Map(pictures.map((picture) => [picture.embedding, picture])));
  }

  /** The same. @param known by their embeddings; others may be added as they come */
  raterOf(known: Map<Embedding, Picture>): Rater {
    const byPixels = this.byPixels(known);
    const wholeOf = async (embedding: Embedding): Promise<Embedding | undefined> => {
      const picture = known.get(embedding);
      if (picture === undefined || !embedding.draft) return embedding;
      const whole = await this.embedWhole(picture);
      if (whole !== undefined) known.set(whole, picture);
      return whole;
    };
    return {
      openCollection: byPixels.openCollection,
      similarity: async (a, b, options) => {
        const [wholeA, wholeB] = await Promise.all([wholeOf(a), wholeOf(b)]);
        return wholeA === undefined || wholeB === undefined
          ? this.likeness.similarity(withoutPixels(a), withoutPixels(b), options)
          : byPixels.similarity(wholeA, wholeB, options);
      },
    };
  }

  /** The same pictures, those at some places read whole where they were drafts. */
  async readWhole<P extends Picture>(
    pictures: readonly P[],
    places: ReadonlySet<number>,
  ): Promise<P[]> {
    return Promise.all(
      pictures.map(async (picture, place) => {
        const { draft, ...facts } = picture.embedding;
        const whole = places.has(place) && draft && (await this.embedWhole(picture));
        return whole ? { ...picture, embedding: { ...facts, ...whole } } : picture;
      }),
    );
  }

  private byPixels(known: ReadonlyMap<Embedding, Picture>): Rater {
    const { ratings } = this.memory;
    const keysOf = (a: Embedding, b: Embedding): [string, string] => [
      known.get(a)?.sha256 ?? '',
      known.get(b)?.sha256 ?? '',
    ];
    return withDetails(
      this.likeness,
      async (embedding, signal) => {
        const picture = known.get(embedding);
        return picture && this.detailOf(picture, false, signal);
      },
      {
        find: (a, b) => ratings.findRating(...keysOf(a, b)),
        keep: (a, b, similarity) => ratings.keepRating(...keysOf(a, b), similarity),
      },
    );
  }

  /** The embedding of all of a picture's pixels; undefined as `readAgain`. It is made once. */
  private embedWhole(picture: Picture): Promise<Embedding | undefined> {
    const { path, sha256 } = picture;
    const { wholes: cache } = this.memory;
    const embed = async (): Promise<Embedding | undefined> => {
      const kept = cache?.get(sha256);
      if (kept !== undefined) return kept;
      const embedded = await this.readAgain(picture, (file) =>
        this.likeness.embed(file, { sketch: true, detail: true }),
      );
      if (embedded === undefined) return undefined;
      const { detail, ...whole } = embedded;
      if (detail !== undefined) this.keepDetail(path, detail);
      cache?.put(sha256, whole);
      return whole;
    };
    const found = this.wholes.get(path) ?? embed();
    this.wholes.set(path, found);
    return found;
  }

  /** Those of pairs with the same pixels are never asked for: the oldest make room. */
  private keepDetail(path: string, detail: PictureDetail): void {
    this.details.set(path, detail);
    const [oldest = path] = this.details.keys();
    if (this.details.size > MOST_DETAILS) this.details.delete(oldest);
  }

  /**
   * What it takes to tell copies of a picture; undefined where its file has changed or can't be read any more.
   * @param draft whether a draft of its pixels will do
   */
  async detailOf(
    picture: Picture,
    draft: boolean,
    signal?: AbortSignal,
  ): Promise<PictureDetail | undefined> {
    const kept = draft ? undefined : this.details.get(picture.path);
    if (kept === undefined) {
      return this.readAgain(picture, (file) => this.likeness.detail(file, { draft, signal }));
    }
    this.details.delete(picture.path);
    return kept;
  }

  /** What is made of a picture's file; undefined where that has changed or can't be read any more. */
  private async readAgain<T>(
    { path, sha256 }: Picture,
    make: (file: Uint8Array) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      const { bytes: file } = await readPicture(path);
      if (createHash('sha256').update(file).digest('hex') !== sha256) return undefined;
      return await make(file);
    } catch (error) {
      if (error instanceof LikenessError && ABOUT_THE_FILE.includes(error.code)) return undefined;
      throw error;
    }
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
    for (const cache of [this.memory.wholes, this.memory.drafts]) cache?.[Symbol.dispose]();
    await this.likeness.dispose();
  }
}

/** What the model alone says of a picture. */
export function withoutPixels({ fingerprint: _, ...embedding }: Embedding): Embedding {
  return embedding;
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
    // A file that became shorter while it was read is a part of its buffer.
    const { buffer } = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
    return buffer;
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
  return { bytes: await readInput(path), modified: mtimeMs };
}

/** The error for a command that found nothing to work on. */
export function noPictures(paths: readonly string[], files: number): LikenessError {
  const place = paths.map(printable).join(', ');
  const message =
    files === 0
      ? `There is no file to read in ${place}.`
      : `None of the ${counted(files, 'file')} in ${place} is an image that can be read: JPEG, PNG, BMP or GIF.`;
  return new LikenessError('invalid-argument', message);
}

/** Whether an error says that a package would help. */
function names(error: Error, name: string): boolean {
  return error.message.endsWith(installCommand(name));
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
  if (text === undefined) return Math.min(MOST_WORKERS, cores());
  const workers = Number(text);
  if (Number.isSafeInteger(workers) && workers >= 0 && text.trim() !== '') return workers;
  throw usageError(`--workers takes a whole number from 0, not "${text}".`);
}
