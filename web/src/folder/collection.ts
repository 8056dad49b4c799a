import type {
  Embedding,
  EmbeddingIndex,
  Likeness,
  LikenessError,
  Similarity,
} from 'image-likeness';
import type { FoundFile } from './files.ts';
import type { FolderMemory, Remembered } from './memory.ts';

/** An image that has been read. */
export interface Item extends FoundFile {
  /** SHA-256 of file and model. */
  readonly key: string;
  readonly embedding: Embedding;
  /** Variance of the Laplacian of the 64 × 64 luma. */
  readonly sharpness: number;
}

/** Two images that were compared, by their numbers, a < b. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  readonly similarity: Similarity;
}

/** A file that couldn't be read. */
export interface Unreadable {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A file and what it is remembered by. */
interface Keyed {
  readonly found: FoundFile;
  readonly key: string;
}

/** Files that are looked up in one go. */
const AT_ONCE = 32;
/** Neighbours by embedding that an arriving image is compared with. */
const NEIGHBOURS = 12;
/** Pairs below this cosine aren't compared unless their hashes say so. */
const LEAST_COSINE = 0.6;
/** Bits of 64; strangers differ in about 32. */
const HASH_RADIUS = 12;

/** The images of a folder, read one after the other, and the pairs among them. */
export class Collection {
  readonly items: Item[] = [];
  readonly pairs: Pair[] = [];
  readonly unreadable: Unreadable[] = [];
  /** Images that an earlier visit had paid for. */
  remembered = 0;
  #index: EmbeddingIndex | undefined;
  readonly #id: string = crypto.randomUUID();
  /** Collections that the images here were compared in. */
  readonly #from = new Set<string>();
  readonly #numbers = new Map<string, number[]>();
  /** What images here remember of others, by the other's key. */
  readonly #expected = new Map<string, { number: number; similarity: Similarity }[]>();
  #hashes = new Uint32Array(2048);
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  constructor(
    readonly likeness: Likeness,
    readonly memory: FolderMemory,
  ) {}

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
    for await (const result of this.likeness.embedAll(sources(), { signal, transfer: true })) {
      const { found, key } = waiting.get(result.index) as Keyed;
      waiting.delete(result.index);
      if (result.error === undefined) {
        const { embedding } = result;
        await this.#inTurn(() => this.#takeFresh({ found, key }, embedding, signal));
      } else {
        this.unreadable.push({ path: found.path, ...codeAndMessage(result.error) });
      }
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
    for (let start = 0; start < files.length; start += AT_ONCE) {
      const keyed: Keyed[] = [];
      for (const found of files.slice(start, start + AT_ONCE)) {
        await Promise.race([this.#gate, aborted]);
        if (signal.aborted) return;
        const bytes = await this.#contents(found);
        if (bytes === undefined) step();
        else keyed.push({ found, key: `${await sha256(bytes)} ${this.likeness.model.sha256}` });
      }
      const known = await this.memory.find(keyed.map(({ key }) => key));
      for (const [at, { found, key }] of keyed.entries()) {
        await Promise.race([this.#gate, aborted]);
        if (signal.aborted) return;
        const remembered = known[at];
        if (remembered !== undefined) {
          this.remembered += 1;
          await this.#inTurn(() => this.#takeKnown({ found, key }, remembered, signal));
          step();
          continue;
        }
        const bytes = await this.#contents(found);
        if (bytes === undefined) step();
        else yield { keyed: { found, key }, bytes };
      }
    }
  }

  async #contents({ file, path }: FoundFile): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.unreadable.push({ path, code: 'unreadable-file', message });
      return undefined;
    }
  }

  /** The images most alike to one of them, best first, without itself. */
  async moreLike(number: number, count: number): Promise<{ number: number; cosine: number }[]> {
    const item = this.items[number];
    if (item === undefined) return [];
    const index = await this.#inTurn(() => this.#wholeIndex());
    const near = await index.nearest(item.embedding, count + 1);
    return near
      .filter(({ index }) => index !== number)
      .slice(0, count)
      .map(({ index, cosine }) => ({ number: index, cosine }));
  }

  async dispose(): Promise<void> {
    await this.#index?.dispose();
  }

  // One at a time, in whatever order they arrive.
  #turn: Promise<unknown> = Promise.resolve();
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Compares an image with those before it, and remembers what came out. */
  async #takeFresh(keyed: Keyed, embedding: Embedding, signal: AbortSignal): Promise<void> {
    const compared = new Map<string, Similarity>();
    const pairs = await this.#compare(embedding, compared, signal);
    await this.memory.keep(keyed.key, { embedding, compared, collection: this.#id });
    this.#put(keyed, embedding, pairs);
    this.#from.add(this.#id);
  }

  /** An image that was once compared with every one that is here needs no comparing. */
  async #takeKnown(keyed: Keyed, known: Remembered, signal: AbortSignal): Promise<void> {
    const { embedding, compared, collection } = known;
    const met = [...this.#from].every((other) => other === collection);
    const before = compared.size;
    const pairs = met
      ? this.#pairsRemembered(keyed.key, compared)
      : await this.#compare(embedding, compared, signal);
    if (compared.size > before) await this.memory.keep(keyed.key, known);
    this.#put(keyed, embedding, pairs);
    this.#from.add(collection);
    for (const [other, similarity] of compared) {
      if (similarity.verdict === 'different') continue;
      const list = this.#expected.get(other) ?? [];
      list.push({ number: this.items.length - 1, similarity });
      this.#expected.set(other, list);
    }
  }

  /** In whichever order two images were compared, one of them remembers it. */
  #pairsRemembered(key: string, compared: ReadonlyMap<string, Similarity>): Pair[] {
    const found = new Map<number, Similarity>();
    for (const { number, similarity } of this.#expected.get(key) ?? [])
      found.set(number, similarity);
    for (const [other, similarity] of compared) {
      if (similarity.verdict === 'different') continue;
      for (const number of this.#numbers.get(other) ?? []) found.set(number, similarity);
    }
    return [...found].map(([a, similarity]) => ({ a, b: this.items.length, similarity }));
  }

  async #compare(
    embedding: Embedding,
    compared: Map<string, Similarity>,
    signal: AbortSignal,
  ): Promise<Pair[]> {
    const index = await this.#wholeIndex();
    const near = await index.nearest(embedding, NEIGHBOURS, { signal });
    const candidates = new Set(
      near.filter(({ cosine }) => cosine >= LEAST_COSINE).map(({ index }) => index),
    );
    for (const other of this.#nearByHash(embedding)) candidates.add(other);
    const b = this.items.length;
    const rated = [...candidates].map(async (a): Promise<Pair[]> => {
      const other = this.items[a];
      if (other === undefined) return [];
      const similarity =
        compared.get(other.key) ??
        (await this.likeness.similarity(other.embedding, embedding, { signal }));
      compared.set(other.key, similarity);
      return similarity.verdict === 'different' ? [] : [{ a, b, similarity }];
    });
    return (await Promise.all(rated)).flat();
  }

  #put({ found, key }: Keyed, embedding: Embedding, pairs: readonly Pair[]): void {
    const number = this.items.length;
    this.#keepHash(number, embedding);
    this.items.push({ ...found, key, embedding, sharpness: sharpnessOf(embedding) });
    this.pairs.push(...pairs);
    const numbers = this.#numbers.get(key);
    if (numbers === undefined) this.#numbers.set(key, [number]);
    else numbers.push(number);
  }

  /** The index with all images in it; they are added many at a time. */
  async #wholeIndex(): Promise<EmbeddingIndex> {
    this.#index ??= await this.likeness.createIndex([]);
    for (let from = this.#index.size; from < this.items.length; from = this.#index.size) {
      const some = this.items.slice(from, from + 256).map(({ embedding }) => embedding);
      await this.#index.add(some);
    }
    return this.#index;
  }

  #nearByHash({ fingerprint }: Embedding): number[] {
    const hashes = this.#hashes;
    const [high, low] = gradientHash(fingerprint?.luma ?? new Uint8Array(4096));
    const near: number[] = [];
    for (let other = 0; other < this.items.length && near.length < 64; other += 1) {
      const distance =
        bits((hashes[2 * other] ?? 0) ^ high) + bits((hashes[2 * other + 1] ?? 0) ^ low);
      if (distance <= HASH_RADIUS) near.push(other);
    }
    return near;
  }

  #keepHash(number: number, { fingerprint }: Embedding): void {
    if (this.#hashes.length < 2 * number + 2) {
      const larger = new Uint32Array(this.#hashes.length * 2);
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#hashes.set(gradientHash(fingerprint?.luma ?? new Uint8Array(4096)), 2 * number);
  }
}

function codeAndMessage({ code, message }: LikenessError): { code: string; message: string } {
  return { code, message };
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** dHash: whether each of 8 × 8 cells is darker than its right neighbour, of 9 × 8 samples of 64 × 64. */
function gradientHash(luma: Uint8Array): [high: number, low: number] {
  const halves: [number, number] = [0, 0];
  for (let y = 0; y < 8; y += 1) {
    for (let x = 0; x < 8; x += 1) {
      const bit = mean(luma, x * 7, y * 8) < mean(luma, x * 7 + 7, y * 8) ? 1 : 0;
      const half = y < 4 ? 0 : 1;
      halves[half] = ((halves[half] << 1) | bit) >>> 0;
    }
  }
  return halves;
}

function mean(luma: Uint8Array, left: number, top: number): number {
  let sum = 0;
  for (let y = top; y < top + 8; y += 1) {
    for (let x = left; x < left + 7; x += 1) sum += luma[y * 64 + x] ?? 0;
  }
  return sum;
}

function bits(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

function sharpnessOf({ fingerprint }: Embedding): number {
  if (fingerprint === undefined) return 0;
  const luma = fingerprint.fullLuma;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < 63; y += 1) {
    for (let x = 1; x < 63; x += 1) {
      const at = y * 64 + x;
      const value =
        4 * (luma[at] ?? 0) -
        (luma[at - 1] ?? 0) -
        (luma[at + 1] ?? 0) -
        (luma[at - 64] ?? 0) -
        (luma[at + 64] ?? 0);
      sum += value;
      squares += value * value;
    }
  }
  return squares / 3844 - (sum / 3844) ** 2;
}
