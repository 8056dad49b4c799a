import type { Likeness, Similarity } from 'image-likeness';
import type { Alike } from 'image-likeness/grouping';
import { FolderKeeper } from './chosen-folder.ts';
import { FolderCollection, type Item, type Pair } from './collection.ts';
import { Evidence } from './evidence.ts';
import { type FoundFile, fromDirectory } from './files.ts';
import { Marks } from './marks.ts';
import { FolderMemory } from './memory.ts';
import {
  copiesFrom,
  evidenceOf,
  type Group,
  type Mode,
  type Result,
  similarFrom,
} from './result.ts';
import { type Decision, Review, type ReviewGroup, type ReviewKind } from './review.ts';
import { SimilarSearch } from './similar-search.ts';
import { Tidying } from './tidying.ts';

/** Images that "more like this" finds. */
const MOST_ALIKE = 12;

/** Milliseconds between two looks at the results while they come in. */
const REFRESH = 400;

/** The problem that the browser, or whoever it asked, did not allow something. */
export const DENIED = 'not-allowed';

const NOTHING: Result = { pairs: 0, groups: [] };

/** How far a folder has come. */
export type ReadingState = 'empty' | 'loading' | 'reading' | 'paused' | 'finished' | 'cancelled';

/** A folder that is read, grouped, decided about and tidied up. It knows no document, so that it runs in Node as well. */
export class FolderSession {
  readonly memory = new FolderMemory();
  readonly review = new Review();
  readonly marks = new Marks();
  readonly search = new SimilarSearch(() => this.regroup());
  readonly keeper = new FolderKeeper();
  readonly tidying = new Tidying(() => this.#tell());
  state: ReadingState = 'empty';
  /** Files of this reading that are done, and all of them. */
  done = 0;
  all = 0;
  /** What went wrong last; empty while nothing has. */
  problem = '';
  /** What belongs together as threshold and marks are. */
  result: Result = NOTHING;
  evidence = new Evidence([], []);
  /** What is most alike to one image, best first. */
  like: { readonly number: number; readonly near: readonly Alike[] } | undefined;
  remembered = { count: 0, bytes: 0 };
  #likeness: Promise<Likeness> | undefined;
  #collection: FolderCollection | undefined;
  #controller: AbortController | undefined;
  #running: Promise<void> | undefined;
  #queue: FoundFile[] = [];
  /** All that was added, without what a cancelled reading left out. */
  #files: FoundFile[] = [];
  /** While the result is being made anew. */
  #regrouping: Promise<void> | undefined;
  /** Whether something has changed since that began. */
  #stale = false;
  /** When the reading began, without the pauses in it. */
  #started = 0;
  #paused = 0;
  #lastRefresh = 0;
  #mode: Mode = 'copies';
  #thresholds: Record<Mode, number> = { copies: 0, alike: 0 };
  /** Pairs of groups of similar images that somebody wanted to see, by the group's images. */
  readonly #looked = new Map<string, readonly Pair[]>();
  readonly #listeners = new Set<() => void>();

  /** Of how many images decisions of an earlier visit have been looked for. */
  #recalled = 0;
  /** What was decided when it was kept last. */
  #kept = new Map<number, Decision>();

  /** @param createLikeness makes the model; the session disposes of what comes out */
  constructor(private readonly createLikeness: () => Promise<Likeness>) {
    this.review.subscribe(() => {
      this.#keepDecisions();
      this.#tell();
    });
  }

  /** Tells of every change. */
  subscribe(listener: () => void): void {
    this.#listeners.add(listener);
  }

  get collection(): FolderCollection | undefined {
    return this.#collection;
  }

  get items(): readonly Item[] {
    return this.#collection?.items ?? [];
  }

  pathOf(number: number): string {
    return this.items[number]?.path ?? '';
  }

  /** Whether files are being read, or a pause is made in it. */
  get busy(): boolean {
    return this.#controller !== undefined;
  }

  /** Images a second of this reading. */
  get rate(): number {
    const now = this.state === 'paused' ? this.#paused : performance.now();
    return this.done / Math.max(0.001, (now - this.#started) / 1000);
  }

  /** Seconds until all are read, at the rate so far. */
  get left(): number {
    return (this.all - this.done) / Math.max(this.rate, 0.001);
  }

  /** Frees the model and all that was read; the next `add` starts anew. */
  async dispose(): Promise<void> {
    this.#queue.length = 0;
    this.#controller?.abort();
    await this.#running;
    const [likeness, collection] = [this.#likeness, this.#collection];
    this.#likeness = undefined;
    this.#collection = undefined;
    this.like = undefined;
    this.search.clear();
    this.marks.clear();
    this.#looked.clear();
    this.#recalled = 0;
    this.#kept.clear();
    this.tidying.clear();
    this.review.clear();
    this.#files = [];
    this.regroup();
    this.#show('empty');
    await collection?.dispose();
    // A model that never came has nothing to free.
    await likeness?.then(
      (model) => model.dispose(),
      () => {},
    );
  }

  /**
   * Reads files and finds what belongs together; files of earlier calls stay, and those of a call during a reading
   * wait for its end. Resolves when all have been read or it was cancelled.
   */
  add(files: readonly FoundFile[]): Promise<void> {
    if (files.length === 0) return this.#running ?? Promise.resolve();
    this.#queue.push(...files);
    this.#files.push(...files);
    this.all += files.length;
    this.#tell();
    this.#running ??= this.#readAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Reads a folder that was chosen, and keeps it for a later visit; what is spare in it can be moved. */
  async open(directory: FileSystemDirectoryHandle): Promise<void> {
    const chosen = await this.tidying.open(directory);
    await this.keeper.open(chosen);
    // A folder that is chosen again is looked through for what is new in it.
    const known = new Set(
      this.items.flatMap(({ place }) => (place?.directory === chosen ? [place.path] : [])),
    );
    const found = await fromDirectory(chosen);
    await this.add(found.filter(({ place }) => !known.has(place?.path ?? '')));
    if (this.state === 'finished') await this.keeper.finish(chosen);
  }

  /** Makes the model anew, and reads again with it what was added. */
  async restart(): Promise<void> {
    const files = this.#files;
    await this.dispose();
    await this.add(files);
  }

  pauseOrResume(): void {
    if (this.state === 'paused') {
      this.#started += performance.now() - this.#paused;
      this.#collection?.resume();
      this.#show('reading');
    } else {
      this.#paused = performance.now();
      this.#collection?.pause();
      this.#show('paused');
    }
  }

  cancel(): void {
    this.#controller?.abort();
  }

  /** Whether similar images are looked for as well. */
  get mode(): Mode {
    return this.#mode;
  }

  set mode(mode: Mode) {
    this.#mode = mode;
    if (mode === 'copies') this.search.cancel();
    this.regroup();
    void this.#findSimilar();
  }

  /** Lowest score of what is shown together. */
  get threshold(): number {
    return this.#thresholds[this.#mode];
  }

  set threshold(threshold: number) {
    this.#thresholds[this.#mode] = threshold;
    this.regroup();
  }

  /** Marks a pair as right or wrong, or takes the same mark back. */
  mark(pair: Pair, right: boolean): void {
    this.marks.toggle(pair, right);
    this.regroup();
  }

  /** What is known of the pairs of a group; undefined where that has not been looked at. */
  knownEvidence(group: Group): readonly Pair[] | undefined {
    const { kind, members } = group;
    if (kind === 'alike') return this.#looked.get(nameOf(group));
    const { pairs = [], variants = [] } = this.#collection ?? {};
    const own = new Set(members);
    return (kind === 'copies' ? pairs : variants).filter(({ a, b }) => own.has(a) && own.has(b));
  }

  /** Looks at the pairs of a group of similar images. */
  async lookAt(group: Group): Promise<void> {
    const collection = this.#collection;
    if (collection === undefined || this.knownEvidence(group) !== undefined) return;
    this.#looked.set(nameOf(group), []);
    try {
      this.#looked.set(nameOf(group), await evidenceOf(collection, group));
    } catch (error) {
      this.fail(error);
    }
    this.#tell();
  }

  /** What holds the groups together. */
  async acceptedPairs(): Promise<Pair[]> {
    const collection = this.#collection;
    if (collection === undefined) return [];
    const pairs: Pair[] = [];
    for (const group of this.result.groups) {
      pairs.push(...(this.knownEvidence(group) ?? (await evidenceOf(collection, group))));
    }
    return pairs.filter((pair) => this.marks.of(pair) !== false);
  }

  /** How alike two images are, with the changes from the first to the second. */
  async compare(first: number, second: number): Promise<Similarity | undefined> {
    try {
      return await this.#collection?.compare(first, second);
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  /** The model, where one has been made. */
  get likeness(): Promise<Likeness> | undefined {
    return this.#likeness;
  }

  async showLike(number: number): Promise<void> {
    try {
      const near = (await this.#collection?.nearestWhole(number, MOST_ALIKE)) ?? [];
      this.like = { number, near };
    } catch (error) {
      this.fail(error);
    }
    this.#tell();
  }

  hideLike(): void {
    this.like = undefined;
    this.#tell();
  }

  /** What was decided to go, with what stays for it. */
  get planned(): { readonly spare: Item; readonly keeper: Item }[] {
    return this.review.plan().moves.flatMap((move) => {
      const [spare, keeper] = [this.items[move.spare], this.items[move.keeper]];
      return spare === undefined || keeper === undefined ? [] : [{ spare, keeper }];
    });
  }

  /** Moves what was decided to go; to be called while a click is handled, for the browser asks. */
  async moveSpare(): Promise<void> {
    const collection = this.#collection;
    if (collection === undefined) return;
    await this.#tidy(() => this.tidying.move(this.review.plan().moves, collection));
  }

  /** Brings back what was moved, also in an earlier visit; to be called while a click is handled. */
  async restoreSpare(): Promise<void> {
    await this.#tidy(async () => {
      const unknown = await this.tidying.restore(this.#collection);
      if (unknown.length > 0) void this.add(unknown);
    });
  }

  async #tidy(act: () => Promise<void>): Promise<void> {
    this.problem = '';
    try {
      await act();
    } catch (error) {
      this.fail(error);
    }
    this.regroup();
  }

  async countMemory(): Promise<void> {
    this.remembered = await this.memory.size();
    this.#tell();
  }

  async forget(): Promise<void> {
    try {
      await this.memory.clear();
    } catch (error) {
      this.fail(error);
    }
    await this.keeper.forget();
    await this.countMemory();
  }

  fail(error: unknown): void {
    const denied = error instanceof DOMException && error.name === 'NotAllowedError';
    this.problem = denied ? DENIED : error instanceof Error ? error.message : String(error);
    this.#tell();
  }

  /** Also what is added while a reading that has been said to be over is still being closed. */
  async #readAll(): Promise<void> {
    do await this.#readQueue();
    while (this.#queue.length > 0);
  }

  async #readQueue(): Promise<void> {
    const controller = new AbortController();
    this.#controller = controller;
    this.problem = '';
    this.done = 0;
    this.#show('loading');
    try {
      this.#likeness ??= this.createLikeness();
      const likeness = await this.#likeness;
      if (this.#collection === undefined) {
        this.#collection = new FolderCollection(likeness, this.memory);
        this.#thresholds = { copies: 0, alike: likeness.model.similarFrom };
      }
      if (!controller.signal.aborted) this.#show('reading');
      this.#started = performance.now();
      while (this.#queue.length > 0) {
        await this.#collection.read(this.#queue.splice(0), {
          signal: controller.signal,
          draft: this.#mode === 'copies',
          step: () => this.#step(),
        });
      }
      this.#show('finished');
    } catch (error) {
      if (controller.signal.aborted) {
        const { items = [], unreadable = [] } = this.#collection ?? {};
        const read = new Set([...items, ...unreadable].map(({ file }) => file));
        this.#files = this.#files.filter(({ file }) => read.has(file));
        this.#show('cancelled');
      } else {
        if (this.#collection === undefined) this.#likeness = undefined;
        this.#show('finished');
        this.fail(error);
      }
    } finally {
      this.#queue.length = 0;
      this.all = 0;
      this.#controller = undefined;
      // A reading that was cancelled while it paused must not hold up the next one.
      this.#collection?.resume();
      this.regroup();
      void this.#findSimilar();
      await this.countMemory();
      await this.#regrouping;
      this.review.settle();
    }
  }

  #step(): void {
    this.done += 1;
    if (performance.now() - this.#lastRefresh < REFRESH) return;
    this.#lastRefresh = performance.now();
    this.regroup();
    void this.#findSimilar();
  }

  /** Makes the result anew; what is asked for meanwhile counts as well. */
  regroup(): void {
    this.#stale = true;
    this.#regrouping ??= this.#groupAnew().finally(() => {
      this.#regrouping = undefined;
    });
    this.#tell();
  }

  async #groupAnew(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      const collection = this.#collection;
      try {
        const result = collection === undefined ? NOTHING : await this.#grouped(collection);
        if (collection === this.#collection) this.#take(result);
      } catch (error) {
        // A collection that has gone has nothing to group.
        if (collection === this.#collection) this.fail(error);
      }
    }
  }

  /** Shows a result, without the files that have been moved. */
  #take(result: Result): void {
    const { gone } = this.tidying;
    const groups = result.groups
      .map((group) => ({ ...group, members: group.members.filter((number) => !gone.has(number)) }))
      .filter(({ members }) => members.length > 1);
    this.result = { pairs: result.pairs, groups };
    const { pairs = [], variants = [] } = this.#collection ?? {};
    this.evidence = new Evidence(this.items, [...pairs, ...variants]);
    this.review.update(
      groups.map((group) => this.#reviewed(group)),
      (number) => this.items[number]?.file.size ?? 0,
    );
    this.#recallDecisions();
  }

  /** Takes what an earlier visit has decided about images that have been read since the last look. */
  #recallDecisions(): void {
    const { items } = this;
    const found: [number, Decision][] = [];
    for (let number = this.#recalled; number < items.length; number += 1) {
      const { place, sha256 } = items[number] ?? {};
      const decision = place && sha256 && this.keeper.decisionOf(place.path, sha256);
      if (decision) found.push([number, decision]);
    }
    this.#recalled = items.length;
    for (const [number, decision] of found) this.#kept.set(number, decision);
    if (found.length > 0) this.review.restore(found);
  }

  /** Keeps what has been decided since the last time. */
  #keepDecisions(): void {
    const changed = this.items.flatMap(({ place, sha256 }, number) => {
      const decision = this.review.decisionOf(number);
      if (place === undefined || decision === this.#kept.get(number)) return [];
      if (decision === undefined) this.#kept.delete(number);
      else this.#kept.set(number, decision);
      return [{ ...place, sha256, decision }];
    });
    if (changed.length > 0) this.keeper.decide(changed);
  }

  #reviewed({ kind, members, kept }: Group): ReviewGroup {
    return {
      key: `${kind} ${Math.min(...members)}`,
      kind: kind === 'copies' ? this.#kindOfCopies(members) : kind,
      members,
      suggested: kept !== undefined && members.includes(kept) ? kept : undefined,
    };
  }

  #kindOfCopies(members: readonly number[]): ReviewKind {
    return this.evidence.areIdentical(members) ? 'identical' : 'near-duplicate';
  }

  #grouped(collection: FolderCollection): Promise<Result> {
    const { groups: similar } = this.search;
    if (this.#mode === 'copies') return copiesFrom(collection, this.threshold, this.marks);
    if (similar === undefined) return copiesFrom(collection, 0, this.marks);
    return similarFrom(collection, similar, this.threshold, this.marks);
  }

  /** Has similar images looked for where they are shown and that is due. */
  async #findSimilar(): Promise<void> {
    if (this.#mode === 'copies' || this.#collection === undefined) return;
    try {
      await this.search.update(this.#collection, !this.busy);
    } catch (error) {
      this.fail(error);
    }
  }

  #show(state: ReadingState): void {
    this.state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** What evidence of a group is remembered by. */
function nameOf({ kind, members }: Group): string {
  return `${kind} ${members}`;
}
