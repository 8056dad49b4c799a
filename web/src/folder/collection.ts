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
    const waiting: { found: FoundFile; key: string }[] = [];
    const model = this.likeness.model.sha256;
    const collection = this;
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    async function* sources(): AsyncGenerator<Uint8Array> {
      for (const found of files) {
        await Promise.race([collection.#gate, aborted]);
        if (signal.aborted) return;
        let bytes: Uint8Array;
        let key: string;
        try {
          bytes = new Uint8Array(await found.file.arrayBuffer());
          key = `${await sha256(bytes)} ${model}`;
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          collection.unreadable.push({ path: found.path, code: 'unreadable-file', message });
          step();
          continue;
        }
        const known = await collection.memory.find(key);
        if (known === undefined) {
          waiting.push({ found, key });
          yield bytes;
        } else {
          collection.remembered += 1;
          await collection.#take(found, key, known, signal);
          step();
        }
      }
    }
    for await (const result of this.likeness.embedAll(sources(), { signal, transfer: true })) {
      const { found, key } = waiting[result.index] as { found: FoundFile; key: string };
      if (result.error === undefined) {
        const fresh = { embedding: result.embedding, compared: new Map() };
        await this.memory.keep(key, fresh);
        await this.#take(found, key, fresh, signal);
      } else {
        this.unreadable.push({ path: found.path, ...codeAndMessage(result.error) });
      }
      step();
    }
    signal.throwIfAborted();
  }

  /** The images most alike to one of them, best first, without itself. */
  async moreLike(number: number, count: number): Promise<{ number: number; cosine: number }[]> {
    const item = this.items[number];
    if (item === undefined || this.#index === undefined) return [];
    const near = await this.#index.nearest(item.embedding, count + 1);
    return near
      .filter(({ index }) => index !== number)
      .slice(0, count)
      .map(({ index, cosine }) => ({ number: index, cosine }));
  }

  async dispose(): Promise<void> {
    await this.#index?.dispose();
  }

  // One at a time, in whatever order they arrive.
  #turn: Promise<void> = Promise.resolve();
  #take(found: FoundFile, key: string, known: Remembered, signal: AbortSignal): Promise<void> {
    const turn = this.#turn.then(() => this.#compare(found, key, known, signal));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #compare(
    found: FoundFile,
    key: string,
    { embedding, compared }: Remembered,
    signal: AbortSignal,
  ): Promise<void> {
    const before = compared.size;
    this.#index ??= await this.likeness.createIndex([]);
    const number = this.items.length;
    const near = await this.#index.nearest(embedding, NEIGHBOURS, { signal });
    const candidates = new Set(
      near.filter(({ cosine }) => cosine >= LEAST_COSINE).map(({ index }) => index),
    );
    for (const other of this.#nearByHash(number, embedding)) candidates.add(other);
    const pairs: Pair[] = [];
    for (const a of candidates) {
      const other = this.items[a];
      if (other === undefined) continue;
      const similarity =
        compared.get(other.key) ??
        (await this.likeness.similarity(other.embedding, embedding, { signal }));
      compared.set(other.key, similarity);
      if (similarity.verdict !== 'different') pairs.push({ a, b: number, similarity });
    }
    await this.#index.add([embedding], { signal });
    if (compared.size > before) await this.memory.keep(key, { embedding, compared });
    this.items.push({ ...found, key, embedding, sharpness: sharpnessOf(embedding) });
    this.pairs.push(...pairs);
  }

  #nearByHash(number: number, { fingerprint }: Embedding): number[] {
    if (this.#hashes.length < 2 * number + 2) {
      const larger = new Uint32Array(this.#hashes.length * 2);
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    const hashes = this.#hashes;
    const [high, low] = gradientHash(fingerprint?.luma ?? new Uint8Array(4096));
    hashes[2 * number] = high;
    hashes[2 * number + 1] = low;
    const near: number[] = [];
    for (let other = 0; other < number && near.length < 64; other += 1) {
      const distance =
        bits((hashes[2 * other] ?? 0) ^ high) + bits((hashes[2 * other + 1] ?? 0) ^ low);
      if (distance <= HASH_RADIUS) near.push(other);
    }
    return near;
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
