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
  type FiledEmbedding,
  type LongCallOptions,
  type PicturePair,
  type RatedPair,
  type Rater,
  type ScoreMatrix,
  type SimilarGroups,
  withDetails,
} from 'image-likeness/grouping';
import type { FoundFile } from './files.ts';
import type { FolderMemory, Remembered } from './memory.ts';

/** An image that has been read. */
export interface Item extends FoundFile {
  readonly embedding: FiledEmbedding;
}

/** Two images that were compared, by their numbers, a < b. */
export type Pair = RatedPair;

/** A file that couldn't be read. */
export interface Unreadable extends FoundFile {
  readonly code: string;
  readonly message: string;
}

/** A file and what it is remembered by: SHA-256 of file and model, and the view. */
interface Keyed {
  readonly found: FoundFile;
  readonly key: string;
}

/** What was found out about a file before it is read as a picture. */
interface LookedUp {
  readonly found: FoundFile;
  readonly key: string | undefined;
  readonly remembered: Remembered | undefined;
}

/** Files that are looked up in one go. */
const AT_ONCE = 32;
/** Of these, bytes that are in memory at the same time; a single file may have more. */
const BYTES_AT_ONCE = 32 * 1024 * 1024;

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
  /** Of the image that is being added, with those before it, by their keys. */
  readonly #ratings = new WeakMap<Embedding, Map<string, Similarity>>();
  /** Ends when all images that have come so far are in. */
  #taken: Promise<unknown> = Promise.resolve();
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
    const waiting = new Map<number, Keyed>();
    const fresh = this.#unknown(files, signal, step);
    async function* sources(): AsyncGenerator<Uint8Array> {
      let number = 0;
      for await (const { keyed, bytes } of fresh) {
        waiting.set(number, keyed);
        number += 1;
        yield bytes;
      }
    }
    for await (const result of this.likeness.embedAll(sources(), {
      signal,
      transfer: true,
      sketch: true,
    })) {
      const keyed = waiting.get(result.index) as Keyed;
      waiting.delete(result.index);
      if (result.error === undefined) {
        const embedding = withoutRepetition(result.embedding);
        const ratings = new Map<string, Similarity>();
        if (await this.#take(keyed, embedding, ratings, signal)) {
          await this.memory.keep(keyed.key, { embedding, ratings });
        }
      } else this.#refuse(keyed.found, result.error);
      step();
    }
    signal.throwIfAborted();
  }

  /** Contents of the files that no earlier visit has paid for; the others are taken as they come. */
  async *#unknown(
    files: readonly FoundFile[],
    signal: AbortSignal,
    step: () => void,
  ): AsyncGenerator<{ keyed: Keyed; bytes: Uint8Array }> {
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    let next = this.#lookUp(files.slice(0, AT_ONCE), signal);
    for (let start = 0; start < files.length; start += AT_ONCE) {
      const some = await next;
      // Looked up while those before are taken: disk and storage answer late, but many at once.
      next = this.#lookUp(files.slice(start + AT_ONCE, start + 2 * AT_ONCE), signal);
      for (const { found, key, remembered } of some) {
        await Promise.race([this.#gate, aborted]);
        if (signal.aborted) return;
        if (key === undefined) {
          step();
          continue;
        }
        if (remembered !== undefined) {
          const { embedding, ratings } = remembered;
          const before = ratings.size;
          this.remembered += 1;
          await this.#take({ found, key }, embedding, ratings, signal);
          if (ratings.size > before) await this.memory.keep(key, remembered);
          step();
          continue;
        }
        const bytes = await this.#contents(found);
        if (bytes === undefined) step();
        else yield { keyed: { found, key }, bytes };
      }
    }
  }

  /** What is known of files; those that can't be read have no key. */
  async #lookUp(files: readonly FoundFile[], signal: AbortSignal): Promise<LookedUp[]> {
    const keyed: { readonly found: FoundFile; readonly key: string | undefined }[] = [];
    while (keyed.length < files.length && !signal.aborted) {
      const some = fitting(files.slice(keyed.length)).map(async (found) => {
        const bytes = await this.#contents(found);
        const hash = bytes && (await sha256(bytes));
        const { model } = this.likeness;
        return { found, key: hash && `${hash} ${model.sha256} ${model.view}` };
      });
      keyed.push(...(await Promise.all(some)));
    }
    const remembered = await this.memory.find(keyed.map(({ key }) => key ?? ''));
    return keyed.map((each, at) => ({ ...each, remembered: remembered[at] }));
  }

  async #contents(found: FoundFile): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(await found.file.arrayBuffer());
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#refuse(found, { code: 'unreadable-file', message });
      return undefined;
    }
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
    const [first, second] = [this.items[a], this.items[b]];
    if (first === undefined || second === undefined) return undefined;
    const similarity = await this.#rater.similarity(first.embedding, second.embedding);
    return { a, b, similarity };
  }

  async dispose(): Promise<void> {
    await this.#collection.dispose();
  }

  /**
   * Takes an image in, with the copies of it among those before.
   * @param ratings what is remembered of such comparisons; gets those that are new
   * @returns whether it can be compared with anything
   */
  #take(
    keyed: Keyed,
    embedding: Embedding,
    ratings: Map<string, Similarity>,
    signal: AbortSignal,
  ): Promise<boolean> {
    // One at a time, so that numbers here and in the collection are the same.
    const taken = this.#taken.then(() => this.#takeNext(keyed, embedding, ratings, signal));
    this.#taken = taken.catch(() => {});
    return taken;
  }

  async #takeNext(
    { found, key }: Keyed,
    embedding: Embedding,
    ratings: Map<string, Similarity>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { size: bytes, lastModified: modified } = found.file;
    const filed = { ...embedding, file: { bytes, modified } };
    this.#keys.set(filed, key);
    this.#files.set(filed, found.file);
    this.#ratings.set(filed, ratings);
    try {
      await this.#collection.add([filed], { signal });
      return true;
    } catch (error) {
      if (!(error instanceof LikenessError) || error.code !== 'zero-embedding') throw error;
      this.#refuse(found, error);
      return false;
    } finally {
      // Also where it was aborted: the image is there, and its copies are looked for later.
      if (this.#collection.size > this.items.length)
        this.items.push({ ...found, embedding: filed });
      this.#ratings.delete(filed);
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

/** The first files, as many as fit into memory at the same time. */
function fitting(files: readonly FoundFile[]): readonly FoundFile[] {
  let bytes = 0;
  const end = files.findIndex(({ file }, at) => {
    bytes += file.size;
    return at > 0 && bytes > BYTES_AT_ONCE;
  });
  return end < 0 ? files : files.slice(0, end);
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
