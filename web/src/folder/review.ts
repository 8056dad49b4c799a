/** What a person decides about groups of pictures. It knows no document, so that it runs in Node as well. */

/** What becomes of a picture; a picture without a decision stays where it is. */
export type Decision = 'keep' | 'spare';

/** Kinds of groups, in the order in which they are offered. */
export const REVIEW_KINDS = ['identical', 'near-duplicate', 'variants', 'alike'] as const;

/**
 * `identical` and `near-duplicate`: one picture is proven to stand in for the others. `variants` and `alike`: none is;
 * what is spare there is for a person to say.
 */
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** Pictures that are looked at together, by their numbers. */
export interface ReviewGroup {
  /** Stays the same while the group grows. */
  readonly key: string;
  readonly kind: ReviewKind;
  readonly members: readonly number[];
  /** The picture that can stand in for all others; missing where none can. */
  readonly suggested?: number | undefined;
}

/** A group with what it would win. */
export interface RankedGroup extends ReviewGroup {
  /** Bytes of all that the suggested picture stands in for. */
  readonly wins: number;
}

/** A file that goes, and the one that stays for it, by their numbers. */
export interface PlannedMove {
  readonly spare: number;
  readonly keeper: number;
}

/** Numbers of a review. */
export interface ReviewTotals {
  readonly groups: number;
  /** Groups of which every picture has a decision. */
  readonly decided: number;
  /** Pictures that are in a group. */
  readonly pictures: number;
  /** Pictures that a suggested one stands in for, and their bytes. */
  readonly couldGo: number;
  readonly couldWin: number;
  /** Pictures that go as things have been decided, and their bytes. */
  readonly spare: number;
  readonly bytes: number;
}

/** A change of decisions that is undone as one. */
interface Step {
  /** The group that was looked at. */
  readonly at: string | undefined;
  readonly changes: readonly {
    readonly picture: number;
    readonly before: Decision | undefined;
    readonly after: Decision | undefined;
  }[];
}

/** Groups, the one that is looked at, and what has been decided. */
export class Review {
  #groups: readonly RankedGroup[] = [];
  #bytesOf: (picture: number) => number = () => 0;
  readonly #decisions = new Map<number, Decision>();
  readonly #hidden = new Set<ReviewKind>();
  #past: Step[] = [];
  #future: Step[] = [];
  #current: string | undefined;
  /** Whether somebody has gone to a group, or decided something. */
  #begun = false;
  readonly #listeners = new Set<() => void>();

  /** Tells of every change. */
  subscribe(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Takes groups in the place of the former ones; decisions are about pictures and stay. */
  update(groups: readonly ReviewGroup[], bytesOf: (picture: number) => number): void {
    const place = this.place;
    this.#bytesOf = bytesOf;
    this.#groups = groups
      .map((group) => ({ ...this.#ordered(group), wins: this.#winOf(group) }))
      .sort((x, y) => y.wins - x.wins || this.#sizeOf(y) - this.#sizeOf(x));
    if (this.current === undefined) this.#current = this.shown[Math.max(0, place)]?.key;
    this.#tell();
  }

  /** All groups, those that win most first. */
  get groups(): readonly RankedGroup[] {
    return this.#groups;
  }

  /** The groups of the kinds that are wanted. */
  get shown(): readonly RankedGroup[] {
    return this.#groups.filter(({ kind }) => !this.#hidden.has(kind));
  }

  /** The group that is looked at. */
  get current(): RankedGroup | undefined {
    return this.shown.find(({ key }) => key === this.#current);
  }

  /** Its place among those that are shown; −1 where there is none. */
  get place(): number {
    return this.shown.findIndex(({ key }) => key === this.#current);
  }

  /** How many groups of a kind there are. */
  count(wanted: ReviewKind): number {
    return this.#groups.filter(({ kind }) => kind === wanted).length;
  }

  shows(kind: ReviewKind): boolean {
    return !this.#hidden.has(kind);
  }

  /** Shows groups of a kind, or leaves them out. Decisions about what is left out count all the same. */
  show(kind: ReviewKind, shown: boolean): void {
    const place = this.place;
    if (shown) this.#hidden.delete(kind);
    else this.#hidden.add(kind);
    if (this.current === undefined) {
      this.#current = this.shown[Math.min(Math.max(0, place), this.shown.length - 1)]?.key;
    }
    this.#tell();
  }

  /**
   * Goes to the group that wins most, unless the review has begun. While groups still come, the one that is looked
   * at stays: another one must not slip under somebody's pointer.
   */
  settle(): void {
    if (this.#begun) return;
    this.#current = this.shown[0]?.key;
    this.#tell();
  }

  goTo(key: string): void {
    this.#begun = true;
    this.#current = key;
    this.#tell();
  }

  /** Goes so many groups on, or back; stays where there is none. */
  go(by: number): void {
    const to = this.shown[this.place + by];
    if (to !== undefined) this.goTo(to.key);
  }

  /** Goes to the next group with something undecided, from the start again after the last one. */
  goToUndecided(): void {
    const { shown, place } = this;
    const order = [...shown.slice(place + 1), ...shown.slice(0, Math.max(0, place))];
    const next = order.find((group) => !this.isDecided(group));
    if (next !== undefined) this.goTo(next.key);
  }

  decisionOf(picture: number): Decision | undefined {
    return this.#decisions.get(picture);
  }

  isDecided({ members }: ReviewGroup): boolean {
    return members.every((picture) => this.#decisions.has(picture));
  }

  /** The picture of a group that others are compared with: one that is kept, else the suggested one, else the first that stays. */
  keeperOf({ members, suggested }: ReviewGroup): number {
    const first = suggested === undefined ? members : [suggested, ...members];
    return (
      first.find((picture) => this.decisionOf(picture) === 'keep') ??
      first.find((picture) => this.decisionOf(picture) !== 'spare') ??
      first[0] ??
      -1
    );
  }

  /**
   * Decides about a picture, or takes the decision back.
   * @returns whether that was possible: of each group one picture stays
   */
  decide(picture: number, decision: Decision | undefined): boolean {
    if (decision === 'spare' && this.#isLast(picture)) return false;
    this.#take([[picture, decision]]);
    return true;
  }

  /** Takes decisions of an earlier visit; they are no step that could be undone. */
  restore(decisions: Iterable<readonly [picture: number, decision: Decision]>): void {
    for (const [picture, decision] of decisions) this.#set(picture, decision);
    this.#tell();
  }

  /** Keeps one picture of a group; all others are spare. */
  keepOnly({ members }: ReviewGroup, kept: number): void {
    this.#take(members.map((picture) => [picture, picture === kept ? 'keep' : 'spare']));
  }

  /** Keeps every picture of a group. */
  keepAll({ members }: ReviewGroup): void {
    this.#take(members.map((picture) => [picture, 'keep']));
  }

  /**
   * Keeps the suggested picture of groups; the others are spare. Unless told otherwise those are all that are shown
   * and of which nothing has been decided. Groups without a suggestion stay as they are.
   */
  keepBest(groups: readonly ReviewGroup[] = this.shown.filter((one) => this.#isOpen(one))): void {
    const decisions = new Map<number, Decision>();
    for (const { members, suggested } of groups) {
      if (suggested === undefined) continue;
      for (const picture of members) {
        // A picture that is kept for one group stays, also where it is spare in another one.
        if (picture === suggested) decisions.set(picture, 'keep');
        else if (decisions.get(picture) !== 'keep') decisions.set(picture, 'spare');
      }
    }
    this.#take([...decisions]);
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Takes the last step back, and goes to where it was made. */
  undo(): void {
    const step = this.#past.pop();
    if (step === undefined) return;
    this.#future.push(step);
    for (const { picture, before } of step.changes) this.#set(picture, before);
    this.#current = step.at;
    this.#tell();
  }

  /** Makes a step again that was taken back. */
  redo(): void {
    const step = this.#future.pop();
    if (step === undefined) return;
    this.#past.push(step);
    for (const { picture, after } of step.changes) this.#set(picture, after);
    this.#current = step.at;
    this.#tell();
  }

  get totals(): ReviewTotals {
    const pictures = new Set<number>();
    const replaceable = new Set<number>();
    for (const { members, suggested } of this.#groups) {
      for (const picture of members) {
        pictures.add(picture);
        if (suggested !== undefined && picture !== suggested) replaceable.add(picture);
      }
    }
    const { moves } = this.plan();
    return {
      groups: this.#groups.length,
      decided: this.#groups.filter((group) => this.isDecided(group)).length,
      pictures: pictures.size,
      couldGo: replaceable.size,
      couldWin: this.#bytes(replaceable),
      spare: moves.length,
      bytes: this.#bytes(moves.map(({ spare }) => spare)),
    };
  }

  /**
   * What is to be moved: each spare picture with one that stays for it, of the same group. `held` are those for which
   * none stays any more, because groups have changed: they stay as well.
   */
  plan(): { readonly moves: readonly PlannedMove[]; readonly held: readonly number[] } {
    const keepers = new Map<number, number>();
    const spare = new Set<number>();
    for (const group of this.#groups) {
      const keeper = this.keeperOf(group);
      for (const picture of group.members) {
        if (this.decisionOf(picture) !== 'spare') continue;
        spare.add(picture);
        const stays = this.decisionOf(keeper) !== 'spare';
        if (stays && !keepers.has(picture)) keepers.set(picture, keeper);
      }
    }
    const moves: PlannedMove[] = [];
    const held: number[] = [];
    for (const picture of [...spare].sort((x, y) => x - y)) {
      const keeper = keepers.get(picture);
      if (keeper === undefined) held.push(picture);
      else moves.push({ spare: picture, keeper });
    }
    return { moves, held };
  }

  /** Forgets decisions and groups. */
  clear(): void {
    this.#groups = [];
    this.#decisions.clear();
    this.#past = [];
    this.#future = [];
    this.#current = undefined;
    this.#begun = false;
    this.#tell();
  }

  /** Whether nothing has been decided about a group. */
  #isOpen({ members }: ReviewGroup): boolean {
    return !members.some((picture) => this.#decisions.has(picture));
  }

  /** Whether a group would have none left without this picture. */
  #isLast(picture: number): boolean {
    return this.#groups.some(
      ({ members }) =>
        members.includes(picture) &&
        members.every((other) => other === picture || this.decisionOf(other) === 'spare'),
    );
  }

  #take(decisions: readonly (readonly [number, Decision | undefined])[]): void {
    const changes = decisions
      .map(([picture, after]) => ({ picture, before: this.decisionOf(picture), after }))
      .filter(({ before, after }) => before !== after);
    if (changes.length === 0) return;
    this.#begun = true;
    this.#past.push({ at: this.#current, changes });
    this.#future = [];
    for (const { picture, after } of changes) this.#set(picture, after);
    this.#tell();
  }

  #set(picture: number, decision: Decision | undefined): void {
    if (decision === undefined) this.#decisions.delete(picture);
    else this.#decisions.set(picture, decision);
  }

  /** The suggested picture first, then the larger files; a group without a suggestion begins with what it is about. */
  #ordered<T extends ReviewGroup>(group: T): T {
    if (group.suggested === undefined) return group;
    const members = [...group.members].sort(
      (x, y) =>
        Number(y === group.suggested) - Number(x === group.suggested) ||
        this.#bytesOf(y) - this.#bytesOf(x) ||
        x - y,
    );
    return { ...group, members };
  }

  #winOf({ members, suggested }: ReviewGroup): number {
    if (suggested === undefined) return 0;
    return this.#bytes(members.filter((picture) => picture !== suggested));
  }

  #sizeOf({ members }: ReviewGroup): number {
    return this.#bytes(members);
  }

  #bytes(pictures: Iterable<number>): number {
    let sum = 0;
    for (const picture of pictures) sum += this.#bytesOf(picture);
    return sum;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
