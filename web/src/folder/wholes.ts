import { type Embedding, type Likeness, LikenessError, type PictureDetail } from 'image-likeness';

/** Details that wait to be used: up to 3 MB each. */
const MOST_DETAILS = 16;

/** Files that were read as drafts, read again by all of their pixels. */
export class Wholes {
  readonly #read = new WeakMap<Embedding, Promise<Embedding | undefined>>();
  /** Of wholes that nobody has rated yet, the oldest first. */
  readonly #details = new Map<Embedding, PictureDetail>();

  /**
   * @param fileOf the file of an embedding, draft or whole
   * @param made told of each whole embedding and its draft, before anybody has it
   */
  constructor(
    private readonly likeness: Likeness,
    private readonly fileOf: (embedding: Embedding) => File | undefined,
    private readonly made: (whole: Embedding, draft: Embedding) => void,
  ) {}

  /**
   * The embedding of all pixels, which is made once; undefined where a draft's file can't be read any more.
   * @param detail whether `detailOf` will be asked for it
   */
  of(embedding: Embedding, detail = false): Promise<Embedding | undefined> {
    if (embedding.draft !== true) return Promise.resolve(embedding);
    const known = this.#read.get(embedding);
    if (known !== undefined) return known;
    const whole = this.#embed(embedding, detail);
    this.#read.set(embedding, whole);
    whole.catch(() => this.#read.delete(embedding));
    return whole;
  }

  /** What copies of a whole picture are told by; undefined where its file can't be read any more. */
  async detailOf(whole: Embedding, signal?: AbortSignal): Promise<PictureDetail | undefined> {
    const waiting = this.#details.get(whole);
    this.#details.delete(whole);
    const file = this.fileOf(whole);
    return waiting ?? (file && unlessGone(this.likeness.detail(file, { signal })));
  }

  async #embed(draft: Embedding, detail: boolean): Promise<Embedding | undefined> {
    const file = this.fileOf(draft);
    const read = file && (await unlessGone(this.likeness.embed(file, { sketch: true, detail })));
    // What shows the model nothing can't be compared.
    if (read === undefined || read.vector.every((value) => value === 0)) return undefined;
    const { detail: made, ...embedding } = read;
    this.made(embedding, draft);
    if (made !== undefined) this.#keepDetail(embedding, made);
    return embedding;
  }

  #keepDetail(whole: Embedding, detail: PictureDetail): void {
    this.#details.set(whole, detail);
    const [oldest = whole] = this.#details.keys();
    if (this.#details.size > MOST_DETAILS) this.#details.delete(oldest);
  }
}

/** What was read; undefined where the file has gone or changed since it was read first. */
export async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const ended = ['aborted', 'disposed'];
    if (error instanceof LikenessError && ended.includes(error.code)) throw error;
    return undefined;
  }
}
