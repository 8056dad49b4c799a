import {
  type Embedding,
  type Likeness,
  LikenessError,
  type PictureDetail,
  type Similarity,
} from 'image-likeness';
import {
  type Alike,
  type Collection,
  type CopyGroup,
  createCollection,
  type EmbeddingStore,
  embedFiles,
  type FiledEmbedding,
  type LongCallOptions,
  type PicturePair,
  type RatedPair,
  type Rater,
  type ScoreMatrix,
  type SimilarGroups,
  type SourceFile,
  withDetails,
} from 'image-likeness/grouping';
import { Batches } from './batches.ts';
import type { FoundFile } from './files.ts';
import type { FolderMemory } from './memory.ts';

/** An image that has been read. */
export interface Item extends FoundFile {
  readonly embedding: FiledEmbedding;
  /** Of the file's bytes, hexadecimal. */
  readonly sha256: string;
}

/** Two images that were compared, by their numbers, a < b. */
export type Pair = RatedPair;

/** A file that couldn't be read. */
export interface Unreadable extends FoundFile {
  readonly code: string;
  readonly message: string;
}

/** An embedding, and the file that it comes from. */
interface Read {
  readonly found: FoundFile;
  readonly sha256: string;
  readonly embedding: Embedding;
}

const NOTHING_SEEN = {
  code: 'zero-embedding',
  message: 'The model sees nothing in this image.',
};

/** The images of a folder, read one after the other, and the copies among them. */
export class FolderCollection {
  readonly items: Item[] = [];
  readonly unreadable: Unreadable[] = [];
  /** Images that an earlier visit had paid for. */
  remembered = 0;
  readonly #collection: Collection;
  readonly #rater: Rater;
  readonly #files = new WeakMap<Embedding, File>();
  readonly #keys = new WeakMap<Embedding, string>();
  /** Of images that are being read or added, with those before them, by their keys. */
  readonly #ratings = new WeakMap<Embedding, Map<string, Similarity>>();
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  constructor(
    readonly likeness: Likeness,
    readonly memory: FolderMemory,
  ) {
    const keyOf = (embedding: Embedding): string => this.#keys.get(embedding) ?? '';
    this.#rater = withDetails(likeness, (embedding, signal) => this.#detailOf(embedding, signal), {
      find: (a, b) => this.#ratings.get(b)?.get(keyOf(a)),
      keep: (a, b, similarity) => this.#ratings.get(b)?.set(keyOf(a), similarity),
    });
    this.#collection = createCollection(this.#rater);
  }

  /** Identical and near-duplicate ones. */
  get pairs(): readonly Pair[] {
    return this.#collection.pairs;
  }

  /** Those that show the same but for some places. */
  get variants(): readonly Pair[] {
    return this.#collection.variants;
  }

  pause(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  resume(): void {
    this.#open();
  }

  /**
   * Reads files and compares each with those before it.
   * @param step called after each file
   * @throws LikenessError `aborted`; what has been read stays
   */
  async read(files: readonly FoundFile[], signal: AbortSignal, step: () => void): Promise<void> {
    const store: EmbeddingStore = {
      get: (sha256) => this.#recall(sha256),
      put: (sha256, embedding) =>
        this.memory.keep(this.#keyOf(sha256), {
          embedding: withoutRepetition(embedding),
          ratings: new Map(),
        }),
    };
    const read = new Batches<Read>(async (batch) => {
      await this.#take(batch, signal);
      for (const _ of batch) step();
    });
    try {
      const sources = this.#sources(files, signal);
      for await (const result of embedFiles(this.likeness, sources, { store, signal })) {
        const { found } = result.file;
        if (result.error === undefined) {
          if (result.known) this.remembered += 1;
          read.add({ found, sha256: result.sha256, embedding: result.embedding });
        } else {
          this.#refuse(found, problemOf(result.error));
          step();
        }
      }
    } finally {
      await read.finish();
    }
    signal.throwIfAborted();
  }

  /** The files, one after the other, none while there is a pause. */
  async *#sources(
    files: readonly FoundFile[],
    signal: AbortSignal,
  ): AsyncGenerator<SourceFile & { readonly found: FoundFile }> {
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    for (const found of files) {
      await Promise.race([this.#gate, aborted]);
      if (signal.aborted) return;
      yield { found, arrayBuffer: () => found.file.arrayBuffer() };
    }
  }

  async #recall(sha256: string): Promise<Embedding | undefined> {
    const remembered = await this.memory.find(this.#keyOf(sha256));
    if (remembered !== undefined) this.#ratings.set(remembered.embedding, remembered.ratings);
    return remembered?.embedding;
  }

  /** What a file is remembered by: SHA-256 of file and model, and the view. */
  #keyOf(sha256: string): string {
    const { model } = this.likeness;
    return `${sha256} ${model.sha256} ${model.view}`;
  }

  /** The images most alike to one of them, best first, without itself. */
  nearest(number: number, count: number): Promise<Alike[]> {
    return this.#collection.nearest(number, count);
  }

  /**
   * Images that may go, and those that stand in for them.
   * @param refused pairs of which neither may
   */
  groups(refused: readonly PicturePair[]): Promise<CopyGroup[]> {
    return this.#collection.groups({ without: refused });
  }

  /** Groups of similar images at every threshold, of those that have been read by now. */
  similar(options: LongCallOptions): Promise<SimilarGroups> {
    return this.#collection.similar(options);
  }

  /** Scores of up to 200 images, in an order that shows groups. */
  matrix(numbers: readonly number[]): Promise<ScoreMatrix> {
    return this.#collection.matrix(numbers);
  }

  /** How alike two images are. */
  async pair({ a, b }: PicturePair): Promise<Pair | undefined> {
    const similarity = await this.compare(a, b);
    return similarity && { a, b, similarity };
  }

  /** How alike two images are, with the changes from the first to the second; undefined where there is none of them. */
  async compare(first: number, second: number): Promise<Similarity | undefined> {
    const [from, to] = [this.items[first], this.items[second]];
    if (from === undefined || to === undefined) return undefined;
    return this.#rater.similarity(from.embedding, to.embedding);
  }

  /** Takes a file in the place of an image's own that holds the same bytes. */
  replaceFile(number: number, file: File): void {
    const item = this.items[number];
    if (item === undefined) return;
    this.items[number] = { ...item, file };
    this.#files.set(item.embedding, file);
  }

  async dispose(): Promise<void> {
    await this.#collection.dispose();
  }

  /** Takes images in, with the copies among all so far, and remembers how alike those are. */
  async #take(batch: readonly Read[], signal: AbortSignal): Promise<void> {
    const items: Item[] = [];
    const grown: (() => Promise<void>)[] = [];
    for (const { found, sha256, embedding: read } of batch) {
      if (read.vector.every((value) => value === 0)) {
        this.#refuse(found, NOTHING_SEEN);
        continue;
      }
      const embedding = withoutRepetition(read);
      const ratings = this.#ratings.get(read) ?? new Map<string, Similarity>();
      const rated = ratings.size;
      const { size: bytes, lastModified: modified } = found.file;
      const filed = { ...embedding, file: { bytes, modified } };
      const key = this.#keyOf(sha256);
      this.#keys.set(filed, key);
      this.#files.set(filed, found.file);
      this.#ratings.set(filed, ratings);
      items.push({ ...found, embedding: filed, sha256 });
      grown.push(async () => {
        if (ratings.size > rated) await this.memory.keep(key, { embedding, ratings });
      });
    }
    try {
      await this.#collection.add(
        items.map(({ embedding }) => embedding),
        { signal },
      );
      for (const keep of grown) await keep();
    } finally {
      // Also where it was aborted: the images are there, and their copies are looked for later.
      this.items.push(...items.slice(0, this.#collection.size - this.items.length));
      for (const { embedding } of items) this.#ratings.delete(embedding);
    }
  }

  /** Read anew: what it takes to tell copies is too much to be kept of every image. */
  async #detailOf(embedding: Embedding, signal?: AbortSignal): Promise<PictureDetail | undefined> {
    const file = this.#files.get(embedding);
    try {
      return file && (await this.likeness.detail(file, { signal }));
    } catch (error) {
      // A file that has gone since it was read proves nothing.
      if (error instanceof LikenessError && error.code === 'aborted') throw error;
      return undefined;
    }
  }

  #refuse(found: FoundFile, { code, message }: Pick<Unreadable, 'code' | 'message'>): void {
    this.unreadable.push({ ...found, code, message });
  }
}

/** Most pictures have no borders, so that both their lumas are the same: one takes half the memory. */
function withoutRepetition(embedding: Embedding): Embedding {
  const { fingerprint } = embedding;
  const same = fingerprint?.luma.every((value, at) => value === fingerprint.fullLuma[at]);
  if (fingerprint === undefined || same !== true) return embedding;
  return { ...embedding, fingerprint: { ...fingerprint, fullLuma: fingerprint.luma } };
}

/** What is shown of an error; that a file can't be read is said by the browser. */
function problemOf({ code, message, cause }: LikenessError): Pick<Unreadable, 'code' | 'message'> {
  return cause instanceof DOMException
    ? { code: 'unreadable-file', message: cause.message }
    : { code, message };
}
