import type { Embedding, Likeness, LikenessError, Similarity } from 'image-likeness';
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
import { unlessGone, Wholes } from './wholes.ts';

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

/** How files are read. */
export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Whether large ones may be read as drafts: enough as long as nothing but copies is asked for. */
  readonly draft: boolean;
  /** Called after each file. */
  step(): void;
}

/** What is known of an embedding, or of both where a draft was read again. */
interface Facts {
  file: File;
  /** What the file is remembered by. */
  readonly key: string;
  /** How alike images before it are to it, by their keys; undefined when that is no longer asked for. */
  ratings: Map<string, Similarity> | undefined;
}

/** Wholes that are read at the same time. */
const WHOLES_AT_ONCE = 8;

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

/**
 * The images of a folder, read one after the other, and the copies among them. Large ones are read as drafts first,
 * which find the same candidates in a fraction of the time; what is rated, shown with a score or chosen to stay is read
 * whole before.
 */
export class FolderCollection {
  readonly items: Item[] = [];
  readonly unreadable: Unreadable[] = [];
  /** Images that an earlier visit had paid for. */
  remembered = 0;
  #collection: Collection;
  readonly #rater: Rater;
  readonly #wholes: Wholes;
  readonly #facts = new WeakMap<Embedding, Facts>();
  /** Sketches of images that are about to be added; the collection alone needs them, and keeps what it needs. */
  readonly #sketches = new WeakMap<Embedding, Uint8Array>();
  /** Of images that an earlier visit had read. */
  readonly #remembered = new WeakMap<Embedding, Map<string, Similarity>>();
  /** Whether more than copies has been asked for, so that nothing is to be a draft any more. */
  #allWhole = false;
  /** Changes of the collection's images, one after the other. */
  #changes: Promise<unknown> = Promise.resolve();
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  constructor(
    readonly likeness: Likeness,
    readonly memory: FolderMemory,
  ) {
    this.#wholes = new Wholes(
      likeness,
      (embedding) => this.#facts.get(embedding)?.file,
      (whole, draft) => {
        const facts = this.#facts.get(draft);
        if (facts !== undefined) this.#facts.set(whole, facts);
      },
    );
    this.#rater = this.#wholeRater();
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
   * @throws LikenessError `aborted`; what has been read stays
   */
  async read(files: readonly FoundFile[], options: ReadOptions): Promise<void> {
    const { signal, step } = options;
    const draft = options.draft && !this.#allWhole;
    const store: EmbeddingStore = {
      get: (sha256) => this.#recall(sha256, draft),
      put: (sha256, embedding) =>
        this.memory.keep(this.#keyOf(sha256), {
          embedding: withoutRepetition(embedding),
          ratings: new Map(),
        }),
    };
    const read = new Batches<Read>(async (batch) => {
      await this.#change(() => this.#take(batch, signal));
      for (const _ of batch) step();
    });
    try {
      const sources = this.#sources(files, signal);
      for await (const result of embedFiles(this.likeness, sources, { store, draft, signal })) {
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
    await this.#change(() => this.#settle(signal));
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

  async #recall(sha256: string, draft: boolean): Promise<Embedding | undefined> {
    const remembered = await this.memory.find(this.#keyOf(sha256));
    if (remembered === undefined || (remembered.embedding.draft && !draft)) return undefined;
    this.#remembered.set(remembered.embedding, remembered.ratings);
    return remembered.embedding;
  }

  /** What a file is remembered by: SHA-256 of file and model, and the name that its embedding bears. */
  #keyOf(sha256: string): string {
    const { model, info } = this.likeness;
    return `${sha256} ${model.sha256} ${info.model}`;
  }

  /** The images most alike to one of them, best first, without itself; scores of drafts may be off by some points. */
  nearest(number: number, count: number): Promise<Alike[]> {
    return this.#collection.nearest(number, count);
  }

  /** The same with the scores of whole pictures. */
  async nearestWhole(number: number, count: number): Promise<Alike[]> {
    const near = await this.nearest(number, count);
    if (![number, ...near.map(({ index }) => index)].some((one) => this.#isDraft(one))) return near;
    const from = await this.#vectorOf(number);
    const rated = near.map(async ({ index }) => {
      const { centredCosine: cosine, score } = await this.likeness.similarity(
        from,
        await this.#vectorOf(index),
      );
      return { index, cosine, score };
    });
    return (await Promise.all(rated)).sort((a, b) => b.cosine - a.cosine || a.index - b.index);
  }

  /**
   * Images that may go, and those that stand in for them.
   * @param refused pairs of which neither may
   */
  groups(refused: readonly PicturePair[]): Promise<CopyGroup[]> {
    return this.#collection.groups({ without: refused });
  }

  /** Groups of similar images at every threshold, of those that have been read by now. */
  async similar(options: LongCallOptions): Promise<SimilarGroups> {
    await this.readWhole(options);
    return this.#collection.similar(options);
  }

  /** Scores of up to 200 images, in an order that shows groups. */
  async matrix(numbers: readonly number[]): Promise<ScoreMatrix> {
    await this.readWhole();
    return this.#collection.matrix(numbers);
  }

  /** Reads all drafts again, whole; from now on there are no others. */
  readWhole({ signal, onProgress }: LongCallOptions = {}): Promise<void> {
    this.#allWhole = true;
    return this.#change(async () => {
      const drafts = [...this.items.keys()].filter((number) => this.#isDraft(number));
      await this.#replaceDrafts(drafts, signal, onProgress);
      this.#forgetRatings(this.items);
    });
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
    const facts = this.#facts.get(item.embedding);
    if (facts !== undefined) facts.file = file;
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
      const ratings = this.#remembered.get(read) ?? new Map<string, Similarity>();
      const rated = ratings.size;
      const { file } = found;
      const key = this.#keyOf(sha256);
      const known = withoutRepetition(read);
      this.#facts.set(known, { file, key, ratings });
      const embedding = this.#allWhole ? await this.#wholeOrDraft(known) : known;
      const filed = this.#filed(embedding, file);
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
      this.#forgetRatings(items);
    }
  }

  /** Reads those drafts whole that have copies or variants, until no other picture has any. */
  async #settle(signal: AbortSignal): Promise<void> {
    if (!this.#hasDrafts) return;
    let replaced: boolean;
    do {
      const found = new Set([...this.pairs, ...this.variants].flatMap(({ a, b }) => [a, b]));
      const drafts = [...found].filter((number) => this.#isDraft(number));
      replaced = await this.#replaceDrafts(drafts, signal);
    } while (replaced);
    this.#forgetRatings(this.items);
  }

  /**
   * Puts whole pictures in the places of drafts, and looks for copies among all images anew.
   * @returns whether there was anything to do
   * @throws LikenessError `aborted`
   */
  async #replaceDrafts(
    numbers: readonly number[],
    signal?: AbortSignal,
    onProgress?: LongCallOptions['onProgress'],
  ): Promise<boolean> {
    const wholes = new Map<number, FiledEmbedding>();
    for (let done = 0; done < numbers.length; done += WHOLES_AT_ONCE) {
      signal?.throwIfAborted();
      onProgress?.({ done, total: numbers.length });
      const some = numbers.slice(done, done + WHOLES_AT_ONCE);
      await Promise.all(some.map((number) => this.#readAgain(number, wholes)));
    }
    if (wholes.size === 0) return false;
    const collection = createCollection(this.#rater);
    const embeddings = this.items.map((item, number) => wholes.get(number) ?? item.embedding);
    try {
      await collection.add(embeddings, { signal });
    } catch (error) {
      await collection.dispose();
      throw error;
    }
    for (const [number, embedding] of wholes) {
      const item = this.items[number];
      if (item !== undefined) this.items[number] = { ...item, embedding };
    }
    const before = this.#collection;
    this.#collection = collection;
    // What was asked of it is answered first.
    void before
      .nearest(0, 0)
      .catch(() => [])
      .then(() => before.dispose());
    return true;
  }

  /** Reads a draft whole, and remembers it. */
  async #readAgain(number: number, wholes: Map<number, FiledEmbedding>): Promise<void> {
    const item = this.items[number];
    const read = item && (await this.#wholes.of(item.embedding));
    if (item === undefined || read === undefined) return;
    const embedding = withoutRepetition(read);
    wholes.set(number, this.#filed(embedding, item.file, read));
    const { key = '', ratings = new Map() } = this.#facts.get(read) ?? {};
    await this.memory.keep(key, { embedding, ratings });
  }

  /** Rates pairs by all of their pixels, drafts as well. */
  #wholeRater(): Rater {
    const find = (a: Embedding, b: Embedding): Similarity | undefined =>
      this.#facts.get(b)?.ratings?.get(this.#facts.get(a)?.key ?? '');
    const keep = (a: Embedding, b: Embedding, similarity: Similarity): void => {
      this.#facts.get(b)?.ratings?.set(this.#facts.get(a)?.key ?? '', similarity);
    };
    const byPixels = withDetails(
      this.likeness,
      (whole, signal) => this.#wholes.detailOf(whole, signal),
      { find, keep },
    );
    return {
      openCollection: byPixels.openCollection,
      sketchOf: (embedding) => this.#sketchOf(embedding),
      similarity: async (a, b, options) => {
        const known = find(a, b);
        if (known !== undefined) return known;
        const [first, second] = await Promise.all([
          this.#wholes.of(a, true),
          this.#wholes.of(b, true),
        ]);
        // A file that has gone since it was read proves nothing.
        return first === undefined || second === undefined
          ? this.likeness.similarity(withoutPixels(a), withoutPixels(b), options)
          : byPixels.similarity(first, second, options);
      },
    };
  }

  /** Where another collection takes an image in, from what is remembered, or else from its file. */
  async #sketchOf(embedding: Embedding): Promise<Uint8Array | undefined> {
    const fresh = this.#sketches.get(embedding);
    this.#sketches.delete(embedding);
    if (fresh !== undefined) return fresh;
    const facts = this.#facts.get(embedding);
    if (facts === undefined) return undefined;
    const { draft = false } = embedding;
    const known = (await this.memory.find(facts.key))?.embedding;
    if (known?.sketch !== undefined && (known.draft ?? false) === draft) return known.sketch;
    const read = await unlessGone(this.likeness.embed(facts.file, { sketch: true, draft }));
    return read?.sketch;
  }

  /**
   * With what decides between copies, and without the sketch, which is nearly half of what a picture takes.
   * @param like what is known of it already; the embedding itself unless given
   */
  #filed(embedding: Embedding, file: File, like: Embedding = embedding): FiledEmbedding {
    const { size: bytes, lastModified: modified } = file;
    const { sketch, ...plain } = embedding;
    const filed = { ...plain, file: { bytes, modified } };
    if (sketch !== undefined) this.#sketches.set(filed, sketch);
    const facts = this.#facts.get(like);
    if (facts !== undefined) this.#facts.set(filed, facts);
    return filed;
  }

  async #wholeOrDraft(embedding: Embedding): Promise<Embedding> {
    return (await this.#wholes.of(embedding)) ?? embedding;
  }

  /** An image without its pixels, so that the model alone compares it. */
  async #vectorOf(number: number): Promise<Embedding> {
    const item = this.items[number];
    if (item === undefined) throw new RangeError(`There is no image ${number}.`);
    return withoutPixels(await this.#wholeOrDraft(item.embedding));
  }

  #isDraft(number: number): boolean {
    return this.items[number]?.embedding.draft === true;
  }

  get #hasDrafts(): boolean {
    return this.items.some(({ embedding }) => embedding.draft === true);
  }

  /** Not while there are drafts: once they are whole, the same pairs are asked for again. */
  #forgetRatings(items: readonly Item[]): void {
    if (this.#hasDrafts) return;
    for (const { embedding } of items) {
      const facts = this.#facts.get(embedding);
      if (facts !== undefined) facts.ratings = undefined;
    }
  }

  /** Makes one change of the images after the other. */
  #change<T>(work: () => Promise<T>): Promise<T> {
    const change = this.#changes.then(work);
    this.#changes = change.catch(() => undefined);
    return change;
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

function withoutPixels({ fingerprint: _, sketch: __, ...embedding }: Embedding): Embedding {
  return embedding;
}

/** What is shown of an error; that a file can't be read is said by the browser. */
function problemOf({ code, message, cause }: LikenessError): Pick<Unreadable, 'code' | 'message'> {
  return cause instanceof DOMException
    ? { code: 'unreadable-file', message: cause.message }
    : { code, message };
}
