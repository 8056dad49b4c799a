import {
  type Comparison,
  type CopyKind,
  type ErrorCode,
  type ExplainedComparison,
  type ImageSource,
  type Likeness,
  LikenessError,
  type ModelInfo,
  type RuntimeInfo,
} from 'image-likeness';
import type { Size } from '../compare/geometry.ts';

/** Where a picture is: 0 the first place, 1 the second. */
export type Place = 0 | 1;

/** A value for each place. */
export type ForEach<T> = readonly [T, T];

/** What the page waits for while it has no pair. */
export type Waiting = 'loading' | 'ready' | 'otherImage' | 'fetchingPair';

/** What the visitor should know that is no error. */
export type Notice = 'falsified' | 'onlyTwo';

/** An answer and who gave it. */
export interface Answer {
  readonly comparison: Comparison;
  readonly model: ModelInfo;
  readonly info: RuntimeInfo;
  /** The score that a small copy of the model gave the same pair before. */
  readonly before: number | undefined;
}

/** What is going on. */
export type Phase =
  | { readonly kind: 'waiting'; readonly for: Waiting }
  | {
      readonly kind: 'comparing';
      /** What pixels alone tell, while the model is still loading. */
      readonly first: CopyKind | undefined;
    }
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What a session needs of the world. */
export interface SessionWorld {
  /** Whether a model is there, so that `current` gives it at once. */
  readonly arrived: () => boolean;
  /** The model that answers now. */
  readonly current: () => Promise<Likeness>;
  /** Whether the second picture is tried in all orientations. */
  readonly orientations: () => boolean;
  /** Looks for copies by the pixels alone; gives up when the signal says so. */
  readonly firstAnswer: (a: File, b: File, signal: AbortSignal) => Promise<CopyKind | undefined>;
}

/** What is wrong with a picture itself. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  'unsupported-format',
  'corrupt-image',
  'image-too-large',
]);

/** Two pictures, what is being found out about them, and the answer. Knows no document. */
export class PairSession {
  #files: ForEach<File | undefined> = [undefined, undefined];
  readonly #sizes = new WeakMap<File, Size>();
  #phase: Phase = { kind: 'waiting', for: 'loading' };
  #progress: number | undefined;
  #loaded: Pick<Likeness, 'info' | 'model'> | undefined;
  readonly #notices = new Set<Notice>();
  readonly #listeners = new Set<() => void>();
  #underWay = new AbortController();

  constructor(private readonly world: SessionWorld) {}

  /** The pictures. */
  get files(): ForEach<File | undefined> {
    return this.#files;
  }

  /** Both pictures, or undefined while one is missing. */
  get pair(): ForEach<File> | undefined {
    const [a, b] = this.#files;
    return a === undefined || b === undefined ? undefined : [a, b];
  }

  /** Pixels of each picture as it is shown, upright; undefined until somebody has seen it. */
  get sizes(): ForEach<Size | undefined> {
    const [a, b] = this.#files;
    return [a && this.#sizes.get(a), b && this.#sizes.get(b)];
  }

  get phase(): Phase {
    return this.#phase;
  }

  get answer(): Answer | undefined {
    return this.#phase.kind === 'answered' ? this.#phase.answer : undefined;
  }

  /** How far the first model has been loaded, 0 to 1; undefined when nothing is being loaded. */
  get progress(): number | undefined {
    return this.#progress;
  }

  get notices(): ReadonlySet<Notice> {
    return this.#notices;
  }

  /** The model that has arrived last. */
  get loaded(): Pick<Likeness, 'info' | 'model'> | undefined {
    return this.#loaded;
  }

  /** The place whose picture can't be read, as the comparison has found. */
  get unreadable(): Place | undefined {
    const { error } = this.#phase.kind === 'failed' ? this.#phase : { error: undefined };
    return error instanceof LikenessError && UNREADABLE.has(error.code) ? error.image : undefined;
  }

  /** Calls `listener` whenever anything has changed. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Takes pictures in: one goes to the place it was aimed at, or into the first empty one; two go into both.
   * Of more, the first two are taken.
   */
  receive(files: readonly File[], aimed?: Place): Promise<void> {
    const [first, second, ...more] = files;
    if (first === undefined) return Promise.resolve();
    const [a, b] = this.#files;
    const place = aimed ?? (a !== undefined && b === undefined ? 1 : 0);
    if (second === undefined) this.#files = place === 0 ? [first, b] : [a, first];
    else this.#files = [first, second];
    const compared = this.#begin();
    this.#notice('onlyTwo', more.length > 0);
    return compared;
  }

  /** The first picture becomes the second. */
  swap(): Promise<void> {
    const [a, b] = this.#files;
    this.#files = [b, a];
    return this.#begin();
  }

  /** Takes both pictures away. */
  clear(): void {
    this.#files = [undefined, undefined];
    void this.#begin();
  }

  /** Somebody has seen how large a picture is. */
  measure(file: File, size: Size): void {
    this.#sizes.set(file, size);
    this.#tell();
  }

  /** A pair is on its way from the page's own samples. */
  awaitPair(): void {
    this.#wait('fetchingPair');
  }

  /** Something went wrong that is nobody's picture's fault. */
  fail(error: unknown): void {
    this.#phase = { kind: 'failed', error };
    this.#tell();
  }

  /** How far the model has been loaded; undefined when that is over. */
  showProgress(share: number | undefined): void {
    this.#progress = share;
    this.#tell();
  }

  /** Loads the model before anything is asked of it. What has been done or has failed before stays. */
  async start(): Promise<void> {
    await this.load();
    if (this.#phase.kind === 'waiting' && this.#phase.for === 'loading') this.#wait('ready');
  }

  /** The model that answers. */
  async load(): Promise<Likeness> {
    const likeness = await this.world.current();
    const { info, model } = likeness;
    this.#loaded = { info, model };
    this.#notice('falsified', info.canvasReadback === 'falsified');
    return likeness;
  }

  /** Gives up what is being found out. */
  abort(): void {
    this.#underWay.abort();
  }

  /**
   * Compares the pair, if there is one. What an earlier call still finds out is dropped; an answer that is
   * there stays until the new one comes.
   */
  async compare(): Promise<void> {
    this.abort();
    const { pair } = this;
    if (pair === undefined) return;
    const underWay = new AbortController();
    this.#underWay = underWay;
    const { signal } = underWay;
    try {
      const likeness = await this.load();
      const comparison = await likeness.compare(...pair, {
        signal,
        orientations: this.world.orientations(),
      });
      if (!signal.aborted) this.#show(comparison, likeness);
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }

  /** Compares two pictures, and says how much each part of them adds to their likeness. */
  async explain(a: ImageSource, b: ImageSource): Promise<ExplainedComparison> {
    const likeness = await this.world.current();
    return likeness.compare(a, b, { explain: true });
  }

  get #isEmpty(): boolean {
    return this.#files.every((file) => file === undefined);
  }

  /** Other pictures are here, or none: an earlier answer is not theirs. */
  async #begin(): Promise<void> {
    this.abort();
    this.#notices.delete('onlyTwo');
    const { pair } = this;
    if (pair === undefined) {
      this.#wait(this.#isEmpty ? 'ready' : 'otherImage');
      return;
    }
    this.#phase = { kind: 'comparing', first: undefined };
    this.#tell();
    const compared = this.compare();
    if (!this.world.arrived()) void this.#askPixels(pair);
    await compared;
  }

  async #askPixels([a, b]: ForEach<File>): Promise<void> {
    const { signal } = this.#underWay;
    const first = await this.world.firstAnswer(a, b, signal);
    if (signal.aborted || this.#phase.kind !== 'comparing') return;
    this.#phase = { kind: 'comparing', first };
    this.#tell();
  }

  /** An answer of the full model, about the pair that its small copy has answered, refines that one. */
  #show(comparison: Comparison, { info, model }: Likeness): void {
    const { answer } = this;
    const before = answer?.model.fullModel === model.id ? answer.comparison.score : undefined;
    this.#phase = { kind: 'answered', answer: { comparison, model, info, before } };
    // The first answer is no longer needed.
    this.abort();
    this.#tell();
  }

  #wait(what: Waiting): void {
    this.#phase = { kind: 'waiting', for: what };
    this.#tell();
  }

  #notice(notice: Notice, present: boolean): void {
    if (present) this.#notices.add(notice);
    else this.#notices.delete(notice);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
