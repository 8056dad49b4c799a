import type { Change, Evidence, Rectangle, Registration } from 'image-likeness';
import { placesOf } from 'image-likeness/display';
import { boundsOf, type Layout, layOut, type Point, type Size } from './geometry.ts';
import type { LikenessMap } from './likeness-map.ts';
import * as viewport from './viewport.ts';

/** How two pictures can be shown. */
export const VIEWS = ['side', 'slider', 'blink', 'difference', 'map'] as const;

export type CompareView = (typeof VIEWS)[number];

/** 0 the first picture, 1 the second. */
export type Side = 0 | 1;

/** A picture that is compared: the address of an image, and what it is called. */
export interface ComparedPicture {
  readonly src: string;
  readonly name: string;
}

/** What is compared. */
export interface ComparedPair {
  readonly pictures: readonly [a: ComparedPicture, b: ComparedPicture];
  /** How they lie over each other and what has changed; missing while it is not known. */
  readonly evidence?: Evidence | undefined;
}

/** Whether the pictures have a pane each, beside or below each other, or one together. */
export type Arrangement = 'row' | 'column' | 'over';

/** A point of a pane, in CSS pixels. */
export interface PanePoint {
  readonly at: Point;
  readonly side: Side;
}

/** What can be said about how the pictures lie. */
export type Lie = 'unshowable' | 'unregistered' | 'asTheyAreNote' | 'registered';

/** CSS pixels between two panes. */
const GAP = 2;

/** CSS pixels to either side of the slider's line where it is grabbed. */
const GRIP = 24;

/** Two pictures as they are looked at: which way, which part, and what is marked. Knows no document. */
export class CompareSession {
  #pair: ComparedPair | undefined;
  #view: CompareView = 'side';
  #sizes: readonly [Size | undefined, Size | undefined] = [undefined, undefined];
  #unshowable = false;
  #asTheyAre = false;
  #room: Size = { width: 0, height: 0 };
  #arrangement: Arrangement = 'row';
  #pane: Size = { width: 0, height: 0 };
  #viewport: viewport.Viewport | undefined;
  #showsAll = true;
  #split = 50;
  #shown: Side = 0;
  #paused = false;
  #place: number | undefined;
  #map: LikenessMap | 'loading' | 'failed' | undefined;
  #cell: { readonly side: Side; readonly index: number } | undefined;

  /**
   * @param changed called when something else is to be shown
   * @param moved called when the same is shown elsewhere, or another part of it
   */
  constructor(
    private readonly changed: () => void,
    private readonly moved: () => void,
  ) {}

  get pair(): ComparedPair | undefined {
    return this.#pair;
  }

  /** Other pictures start anew; other evidence about the same ones does not. */
  set pair(pair: ComparedPair | undefined) {
    if (pair === this.#pair) return;
    const before = this.#pair;
    this.#pair = pair;
    const address = (of: ComparedPair | undefined): string =>
      of?.pictures.map(({ src }) => src).join(' ') ?? '';
    const same = address(before) === address(pair);
    if (!same) {
      this.#asTheyAre = false;
      this.#unshowable = false;
    }
    if (!same || before?.evidence !== pair?.evidence) {
      this.#place = undefined;
      this.#map = undefined;
      this.#cell = undefined;
      this.#lookAtAll();
    }
    this.changed();
  }

  get view(): CompareView {
    return this.#view;
  }

  set view(view: CompareView) {
    if (view === this.#view) return;
    this.#view = view;
    this.changed();
  }

  get registration(): Registration | undefined {
    return this.#pair?.evidence?.registration;
  }

  /** The places that have changed. */
  get changes(): readonly Change[] {
    return placesOf(this.#pair?.evidence?.changes ?? []);
  }

  /** Pixels of each picture; undefined until it has loaded. */
  get sizes(): readonly [Size | undefined, Size | undefined] {
    return this.#sizes;
  }

  /** Whether each picture is shown as it is, though it is known how they lie over each other. */
  get asTheyAre(): boolean {
    return this.#asTheyAre;
  }

  set asTheyAre(asTheyAre: boolean) {
    this.#asTheyAre = asTheyAre;
    this.#lookAtAll();
    this.changed();
  }

  /** Whether the pictures lie over each other. */
  get isRegistered(): boolean {
    return this.registration !== undefined && !this.#asTheyAre;
  }

  /** Nothing where that goes without saying. */
  get lie(): Lie | undefined {
    const evidence = this.#pair?.evidence;
    if (this.#unshowable) return 'unshowable';
    if (evidence === undefined || evidence.samePixels) return undefined;
    if (evidence.registration === undefined) return 'unregistered';
    return this.#asTheyAre ? 'asTheyAreNote' : 'registered';
  }

  /** Where the pictures are; undefined until both have loaded. */
  get layout(): Layout | undefined {
    return this.#layOut(this.#asTheyAre ? undefined : this.registration);
  }

  /** The same over each other, whatever is shown; undefined where nothing is known of that. */
  get registeredLayout(): Layout | undefined {
    return this.registration && this.#layOut(this.registration);
  }

  get arrangement(): Arrangement {
    return this.#arrangement;
  }

  /** CSS pixels of a pane. */
  get pane(): Size {
    return this.#pane;
  }

  get viewport(): viewport.Viewport | undefined {
    return this.#viewport;
  }

  /** Whether everything is in sight, as it then stays when the room changes. */
  get showsAll(): boolean {
    return this.#showsAll;
  }

  /** Percent of the pane that the slider leaves to the first picture. */
  get split(): number {
    return this.#split;
  }

  set split(split: number) {
    this.#split = Math.round(Math.min(100, Math.max(0, split)));
    this.changed();
  }

  /** Which picture is seen where they are seen in turn. */
  get shown(): Side {
    return this.#shown;
  }

  /** Whether they change by themselves no more. */
  get paused(): boolean {
    return this.#paused;
  }

  /** The changed place that was gone to last. */
  get place(): number | undefined {
    return this.#place;
  }

  /** Where the likeness comes from; undefined until somebody asks. */
  get map(): LikenessMap | 'loading' | 'failed' | undefined {
    return this.#map;
  }

  /** The cell of the map that is spoken of. */
  get cell(): { readonly side: Side; readonly index: number } | undefined {
    return this.#cell;
  }

  /** The pictures have loaded, or others are loading. */
  measure(sizes: readonly [Size | undefined, Size | undefined]): void {
    if (JSON.stringify(sizes) === JSON.stringify(this.#sizes)) return;
    this.#sizes = sizes;
    this.#lookAtAll();
    this.changed();
  }

  /** One of the pictures can't be shown here. */
  giveUp(): void {
    this.#unshowable = true;
    this.changed();
  }

  flip(): void {
    this.#shown = this.#shown === 0 ? 1 : 0;
    this.changed();
  }

  togglePause(): void {
    this.#paused = !this.#paused;
    this.changed();
  }

  /** The stage has so much room; what is shown follows. */
  arrange(room: Size = this.#room): void {
    this.#room = room;
    const whole = this.layout?.whole;
    const row = { width: (room.width - GAP) / 2, height: room.height };
    const column = { width: room.width, height: (room.height - GAP) / 2 };
    if (this.#view !== 'side' && this.#view !== 'map') this.#arrangement = 'over';
    else if (whole === undefined) this.#arrangement = 'row';
    else {
      const wider = viewport.fit(whole, row).scale >= viewport.fit(whole, column).scale;
      this.#arrangement = wider ? 'row' : 'column';
    }
    const before = this.#pane;
    this.#pane = { row, column, over: room }[this.#arrangement];
    if (whole === undefined) return;
    if (this.#viewport === undefined || this.#showsAll) {
      this.#viewport = viewport.fit(whole, this.#pane);
      return;
    }
    const shift = {
      x: (this.#pane.width - before.width) / 2,
      y: (this.#pane.height - before.height) / 2,
    };
    this.#viewport = viewport.pan(this.#viewport, shift, whole, this.#pane);
  }

  /** The pane at a point of the stage, and the point in it. */
  inPane({ x, y }: Point): PanePoint {
    const { width, height } = this.#pane;
    if (this.#arrangement === 'row' && x > width) {
      return { at: { x: x - width - GAP, y }, side: 1 };
    }
    if (this.#arrangement === 'column' && y > height) {
      return { at: { x, y: y - height - GAP }, side: 1 };
    }
    return { at: { x, y }, side: 0 };
  }

  get middle(): Point {
    return { x: this.#pane.width / 2, y: this.#pane.height / 2 };
  }

  /** The slider's line is taken wherever the stage is pressed; where there is something to move, by its grip. */
  takesLine(at: Point): boolean {
    if (this.#view !== 'slider') return false;
    const line = (this.#split / 100) * this.#pane.width;
    return this.#showsAll || Math.abs(at.x - line) <= GRIP;
  }

  dragLine(at: Point): void {
    this.split = (100 * at.x) / this.#pane.width;
  }

  pan(by: Point): void {
    const whole = this.layout?.whole;
    if (whole === undefined || this.#viewport === undefined) return;
    this.show(viewport.pan(this.#viewport, by, whole, this.#pane));
  }

  /** @param at a point of the stage, which stays where it is */
  zoom(factor: number, at: Point = this.middle): void {
    const whole = this.layout?.whole;
    if (whole === undefined || this.#viewport === undefined) return;
    this.show(viewport.zoom(this.#viewport, factor, this.inPane(at).at, whole, this.#pane));
  }

  /** Looks at that part from now on. */
  show(part: viewport.Viewport): void {
    const whole = this.layout?.whole;
    if (whole === undefined) return;
    this.#viewport = part;
    this.#showsAll = viewport.showsAll(part, whole, this.#pane);
    this.moved();
  }

  /** Everything. */
  viewOfAll(): viewport.Viewport | undefined {
    const whole = this.layout?.whole;
    return whole && viewport.fit(whole, this.#pane);
  }

  /** A changed place and what is around it; that place is marked. */
  viewOfPlace(index: number): viewport.Viewport | undefined {
    const layout = this.layout;
    const change = this.changes[index];
    if (layout === undefined || change === undefined) return undefined;
    this.#place = index;
    this.changed();
    return viewport.fitPlace(this.onTable(change, 0, layout), layout.whole, this.#pane);
  }

  /** The place before or after the one that was gone to last; undefined where there is none. */
  neighbour(by: 1 | -1): number | undefined {
    const count = this.changes.length;
    if (count === 0) return undefined;
    return ((this.#place ?? (by > 0 ? -1 : 0)) + by + count) % count;
  }

  /** Where a changed place lies on the table. */
  onTable(change: Change, side: Side, layout: Layout): Rectangle {
    if (this.isRegistered || side === 0) return boundsOf(layout.places[0], change.a);
    return boundsOf(layout.places[1], change.b);
  }

  /**
   * Finds out where the likeness comes from, once for each pair.
   * @param explain asked when both pictures and how they lie are known
   */
  async explain(explain: (registered: Layout | undefined) => Promise<LikenessMap>): Promise<void> {
    const pair = this.#pair;
    // Before it is known how they lie over each other, a map would be another pair's.
    if (pair?.evidence === undefined || this.#map !== undefined) return;
    if (this.layout === undefined) return;
    this.#map = 'loading';
    const found = await explain(this.registeredLayout).catch(() => 'failed' as const);
    if (pair !== this.#pair) return;
    this.#map = found;
    if (found === 'failed') this.changed();
    else this.chooseCell({ side: 0, index: strongestOf(found) });
  }

  /** Speaks of a cell of the map. */
  chooseCell(cell: { readonly side: Side; readonly index: number }): void {
    this.#cell = cell;
    this.changed();
  }

  #lookAtAll(): void {
    this.#viewport = undefined;
    this.#showsAll = true;
  }

  #layOut(registration: Registration | undefined): Layout | undefined {
    const [a, b] = this.#sizes;
    return a && b && layOut([a, b], registration);
  }
}

function strongestOf({ sides: [{ shares }] }: LikenessMap): number {
  return shares.reduce((best, share, at) => (share > (shares[best] ?? 0) ? at : best), 0);
}
