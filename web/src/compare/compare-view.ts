import type { Change, Evidence, Rectangle, Rgb } from 'image-likeness';
import { placesOf } from 'image-likeness/display';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { FIT_ICON, FULL_ICON, MINUS_ICON, PLUS_ICON } from '../icons.ts';
import { whereIs } from '../pair/sentence.ts';
import { german } from '../strings/compare-de.ts';
import { type CompareStrings, english } from '../strings/compare-en.ts';
import {
  apply,
  boundsOf,
  invert,
  type Layout,
  layOut,
  multiply,
  type Point,
  type Size,
} from './geometry.ts';
import { Gestures, type Moves } from './gestures.ts';
import { amountOf, type LikenessMap } from './likeness-map.ts';
import { type Explain, explainPair, MapLayer, whereIsCell } from './map-layer.ts';
import { asHex, differenceOf, PixelReader } from './pixels.ts';
import { styles } from './styles.ts';
import * as viewport from './viewport.ts';

/** How two pictures can be shown. */
export const VIEWS = ['side', 'slider', 'blink', 'difference', 'map'] as const;

export type CompareView = (typeof VIEWS)[number];

/** A picture that is compared: the address of an image, and what it is called. */
export interface ComparedPicture {
  readonly src: string;
  readonly name: string;
}

/** What a compare view shows. */
export interface ComparedPair {
  readonly pictures: readonly [a: ComparedPicture, b: ComparedPicture];
  /** How they lie over each other and what has changed; missing while it is not known. */
  readonly evidence?: Evidence | undefined;
  /** Where their likeness comes from; without it there is no map. */
  readonly explain?: Explain | undefined;
}

type Side = 0 | 1;
type Arrangement = 'row' | 'column' | 'over';

/** Milliseconds that each picture is seen for in turn. */
const BLINK = 800;

/** Milliseconds on the way to a place. */
const TRAVEL = 350;

/** How much a key or a button zooms. */
const STEP = 1.5;

/** How far an arrow key moves, as a share of the pane. */
const KEY_PAN = 0.15;

/** CSS pixels to either side of the slider's line where it is grabbed. */
const GRIP = 24;

/** CSS pixels of a picture's pixel from which on pixels are squares. */
const SQUARES = 3;

/** Pixels of the small pictures of changed places, for screens of two pixels each. */
const THUMBNAIL = { width: 192, height: 144 };

/** Below this mean share next to nothing makes two pictures alike. */
const NEXT_TO_NOTHING = 0.2;

/**
 * Two pictures compared: side by side, behind a slider, in turn, as their difference or with a map of where
 * their likeness comes from. They lie over each other where that is known, and move and zoom together. Its colours
 * are the page's custom properties, its language that of the document.
 */
export class LikenessCompare extends LitElement {
  static override styles = styles;

  #pair: ComparedPair | undefined;
  #view: CompareView = 'side';
  #sizes: [Size | undefined, Size | undefined] = [undefined, undefined];
  /** Whether this browser can't show one of the pictures. */
  #unshowable = false;
  #asTheyAre = false;
  #arrange: Arrangement = 'row';
  #pane: Size = { width: 0, height: 0 };
  #viewport: viewport.Viewport | undefined;
  /** Whether everything is shown, also when the room for it changes. */
  #all = true;
  #split = 50;
  #strength = 2;
  #shown: Side = 0;
  #paused = false;
  #current: number | undefined;
  #map: LikenessMap | 'loading' | 'failed' | undefined;
  #layers: [MapLayer, MapLayer] | undefined;
  #cell: { readonly side: Side; readonly index: number } | undefined;
  #travel = 0;
  #blinker: ReturnType<typeof setInterval> | undefined;
  #pixels: PixelReader | undefined;
  #connected = new AbortController();
  readonly #moves: Moves = {
    grab: (at) => this.#grab(at),
    drag: (at) => this.#setSplit((100 * at.x) / this.#pane.width),
    pan: (by) => this.#pan(by),
    zoom: (factor, at) => this.#zoom(factor, at),
    takesWheel: (factor) => factor > 1 || !this.#all,
    point: (at) => this.#readPixels(at && this.#inPane(at)),
  };
  readonly #room = new ResizeObserver(() => this.#arrangePanes());

  /** What is shown. Other pictures start anew; other evidence about the same ones does not. */
  get pair(): ComparedPair | undefined {
    return this.#pair;
  }

  set pair(pair: ComparedPair | undefined) {
    if (pair === this.#pair) return;
    const before = this.#pair;
    this.#pair = pair;
    const same = [0, 1].every(
      (at) => before?.pictures[at]?.src === pair?.pictures[at]?.src && pair !== undefined,
    );
    if (!same) {
      this.#asTheyAre = false;
      this.#unshowable = false;
    }
    if (!same || before?.evidence !== pair?.evidence) {
      this.#current = undefined;
      this.#all = true;
      this.#viewport = undefined;
    }
    if (!same || before?.evidence?.registration !== pair?.evidence?.registration) {
      this.#dropMap();
    }
    this.requestUpdate();
  }

  /** How the pictures are shown. The event `view-change` tells when the visitor has chosen another one. */
  get view(): CompareView {
    return this.#view;
  }

  set view(view: CompareView) {
    if (view === this.#view) return;
    this.#view = view;
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#connected = new AbortController();
    document.addEventListener('fullscreenchange', () => this.requestUpdate(), {
      signal: this.#connected.signal,
    });
    void this.updateComplete.then(() => {
      const stage = this.#find('.stage');
      if (stage === undefined || this.#connected.signal.aborted) return;
      this.#room.observe(stage);
      new Gestures(stage, this.#moves, this.#connected.signal);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#connected.abort();
    this.#room.disconnect();
    this.#stopBlinking();
    cancelAnimationFrame(this.#travel);
  }

  get #words(): CompareStrings {
    return document.documentElement.lang.startsWith('de') ? german : english;
  }

  get #registration() {
    return this.#pair?.evidence?.registration;
  }

  get #changes(): readonly Change[] {
    return placesOf(this.#pair?.evidence?.changes ?? []);
  }

  /** Whether the pictures lie over each other. */
  get #isRegistered(): boolean {
    return this.#registration !== undefined && !this.#asTheyAre;
  }

  get #layout(): Layout | undefined {
    return this.#layOut(this.#isRegistered);
  }

  #layOut(registered: boolean): Layout | undefined {
    const [a, b] = this.#sizes;
    if (a === undefined || b === undefined) return undefined;
    return layOut([a, b], registered ? this.#registration : undefined);
  }

  #find(selector: string): HTMLElement | undefined {
    return this.renderRoot.querySelector<HTMLElement>(selector) ?? undefined;
  }

  get #images(): readonly HTMLImageElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLImageElement>('.pane img')];
  }

  protected override render(): TemplateResult {
    const words = this.#words;
    const pair = this.#pair;
    return html`
      <div class="bar">
        ${this.#renderViews()}
      </div>
      <div class="frame">
      <div class="stage" data-testid="stage" tabindex="0" role="group" aria-label=${words.stage} aria-describedby="keys"
        data-view=${this.#view} data-shown=${this.#shown}
        @keydown=${this.#key} @dblclick=${this.#doubleClick}>
        <div class="panes">${[0, 1].map((side) => this.#renderPicture(side as Side, pair))}</div>
        <div class="overlays">${[0, 1].map((side) => this.#renderOverlay(side as Side, pair))}</div>
        <div class="divider" ?hidden=${this.#view !== 'slider'}></div>
        <p class="pixels" data-testid="pixels"></p>
      </div>
      ${this.#renderZoom()}
      </div>
      <p class="hidden-text" id="keys">${words.keys}</p>
      <div class="under">${this.#renderControls()}</div>
      ${this.#renderChanges()}`;
  }

  #renderViews(): TemplateResult {
    const words = this.#words;
    const views = VIEWS.filter((view) => view !== 'map' || this.#pair?.explain !== undefined);
    return html`<fieldset class="choices views" data-testid="views" @change=${this.#choose}>
      <legend>${words.view}</legend>
      ${views.map(
        (
          view,
        ) => html`<label><input type="radio" name="view" value=${view} .checked=${view === this.#view} />
          <span>${words.views[view]}</span></label>`,
      )}
    </fieldset>`;
  }

  #renderZoom(): TemplateResult {
    const words = this.#words;
    const round = (name: string, label: string, icon: TemplateResult, act: () => void) =>
      html`<button type="button" class="round" data-testid=${name} aria-label=${label} title=${label} @click=${act}>${icon}</button>`;
    const full = document.fullscreenElement === this;
    return html`<div class="group zoom">
      ${round('zoom-out', words.zoomOut, MINUS_ICON, () => this.#zoomBy(1 / STEP))}
      <output class="percent" data-testid="zoom"></output>
      ${round('zoom-in', words.zoomIn, PLUS_ICON, () => this.#zoomBy(STEP))}
      ${round('zoom-fit', words.zoomFit, FIT_ICON, () => this.#showAll())}
      ${
        document.fullscreenEnabled
          ? round('full-screen', full ? words.leaveFullScreen : words.fullScreen, FULL_ICON, () =>
              this.#toggleFullScreen(),
            )
          : nothing
      }
    </div>`;
  }

  #renderPicture(side: Side, pair: ComparedPair | undefined): TemplateResult {
    const picture = pair?.pictures[side];
    return html`<div class="pane" data-side=${side}>
      <img src=${picture?.src ?? nothing} alt=${picture?.name ?? ''} draggable="false"
        @load=${() => this.#measure()} @error=${() => this.#giveUp()} />
    </div>`;
  }

  #renderOverlay(side: Side, pair: ComparedPair | undefined): TemplateResult {
    const name = (of: Side): string => pair?.pictures[of].name ?? '';
    const seen = this.#view === 'blink' ? this.#shown : side;
    return html`<div class="overlay" data-side=${side}>
      ${this.#changes.map(
        (_, at) =>
          html`<div class="place ${at === this.#current ? 'current' : ''}" data-place=${at}><span>${at + 1}</span></div>`,
      )}
      ${this.#view === 'map' ? this.#layers?.[side].root : nothing}
      <p class="name" ?hidden=${this.#view === 'difference'}>${name(seen)}</p>
      <p class="name end" ?hidden=${this.#view !== 'slider'}>${name(1)}</p>
      <div class="twin" hidden></div>
    </div>`;
  }

  #renderControls(): TemplateResult {
    const words = this.#words;
    if (this.#view === 'map') return this.#renderMapWords();
    return html`
      ${
        this.#view === 'slider'
          ? html`<input type="range" min="0" max="100" .value=${String(this.#split)} aria-label=${words.slider}
              data-testid="slider" @input=${(event: Event) => this.#setSplit(Number((event.target as HTMLInputElement).value))} />`
          : nothing
      }
      ${
        this.#view === 'difference'
          ? html`<input type="range" min="1" max="16" step="0.5" .value=${String(this.#strength)} aria-label=${words.strength}
              data-testid="strength" @input=${this.#setStrength} />`
          : nothing
      }
      ${
        this.#view === 'blink'
          ? html`<button type="button" data-testid="flip" @click=${() => this.#flip()}>${words.flip}</button>
              <button type="button" data-testid="pause" @click=${this.#togglePause}>${this.#paused ? words.play : words.pause}</button>`
          : nothing
      }
      <label class="check" ?hidden=${this.#registration === undefined}>
        <input type="checkbox" data-testid="as-they-are" .checked=${this.#asTheyAre} @change=${this.#toggleRegistered} />
        ${words.asTheyAre}
      </label>
      <p class="note" data-testid="alignment">${this.#note()}</p>`;
  }

  /** How the pictures lie; nothing where that goes without saying. */
  #note(): string {
    const words = this.#words;
    const evidence = this.#pair?.evidence;
    if (this.#unshowable) return words.unshowable;
    if (evidence === undefined || evidence.samePixels) return '';
    if (evidence.registration === undefined) return words.unregistered;
    return this.#asTheyAre ? words.asTheyAreNote : words.registered;
  }

  #renderMapWords(): TemplateResult {
    const words = this.#words;
    const map = this.#map;
    const said =
      map === undefined || map === 'loading'
        ? words.mapLoading
        : map === 'failed'
          ? words.mapFailed
          : meanOf(map) < NEXT_TO_NOTHING
            ? words.mapNothing
            : words.mapLegend;
    return html`<p class="note" data-testid="legend">${said}</p>
      <p class="note" data-testid="cell" aria-live="polite">${typeof map === 'object' ? this.#describeCell(map) : ''}</p>`;
  }

  #describeCell(map: LikenessMap): string {
    if (this.#cell === undefined) return '';
    const words = this.#words;
    const { side, index } = this.#cell;
    const where = (of: Side, cell: number): string =>
      words.where[whereIsCell(map.sides[of], cell)] ?? '';
    const [partner] = map.partnersOf(side, index);
    return words.mapChosen(
      side === 0 ? words.first : words.second,
      where(side, index),
      words.mapAmount[amountOf(map.sides[side].shares[index] ?? 0)],
      partner === undefined ? undefined : where(side === 0 ? 1 : 0, partner),
    );
  }

  #renderChanges(): TemplateResult | typeof nothing {
    const words = this.#words;
    const [size] = this.#sizes;
    if (this.#changes.length === 0 || size === undefined) return nothing;
    const said = ({ kind, a }: Change, at: number): string => {
      const what =
        kind === 'added' || kind === 'removed' ? words.change[kind] : words.change.replaced;
      return words.place(at + 1, what, words.where[whereIs(a, size)] ?? '');
    };
    return html`<section class="changes" data-testid="changes" aria-labelledby="changes-title">
      <h2 id="changes-title">${words.changes}</h2>
      <ol>${this.#changes.map(
        (
          change,
          at,
        ) => html`<li><button type="button" class="change" aria-current=${at === this.#current}
          @click=${() => this.#goTo(at)}>
          <canvas data-thumbnail="${at},0" width=${THUMBNAIL.width} height=${THUMBNAIL.height}></canvas>
          <canvas data-thumbnail="${at},1" width=${THUMBNAIL.width} height=${THUMBNAIL.height}></canvas>
          <span>${said(change, at)}</span></button></li>`,
      )}</ol>
    </section>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#measure();
    this.#arrangePanes();
    this.#blink();
    if (this.#view === 'map') void this.#explain();
  }

  /** The panes' sizes follow the stage's, and what is shown follows those. */
  #arrangePanes(): void {
    const stage = this.#find('.stage');
    if (stage === undefined) return;
    const { clientWidth: width, clientHeight: height } = stage;
    const whole = this.#layout?.whole;
    const beside = this.#view === 'side' || this.#view === 'map';
    const row = { width: (width - 2) / 2, height };
    const column = { width, height: (height - 2) / 2 };
    const arrange: Arrangement = !beside
      ? 'over'
      : whole === undefined || viewport.fit(whole, row).scale >= viewport.fit(whole, column).scale
        ? 'row'
        : 'column';
    const pane = arrange === 'over' ? { width, height } : arrange === 'row' ? row : column;
    this.#arrange = arrange;
    stage.dataset['arrange'] = arrange;
    if (whole !== undefined) {
      const old = this.#viewport;
      if (old === undefined || this.#all) this.#viewport = viewport.fit(whole, pane);
      else if (pane.width !== this.#pane.width || pane.height !== this.#pane.height) {
        const shift = {
          x: (pane.width - this.#pane.width) / 2,
          y: (pane.height - this.#pane.height) / 2,
        };
        this.#viewport = viewport.pan(old, shift, whole, pane);
      }
    }
    this.#pane = pane;
    this.#paint();
    this.#paintThumbnails();
  }

  /** Puts everything on the stage where the viewport has it. */
  #paint(): void {
    const stage = this.#find('.stage');
    const layout = this.#layout;
    const view = this.#viewport;
    if (stage === undefined) return;
    stage.style.setProperty('--split', String(this.#split));
    stage.style.setProperty('--strength', String(this.#strength));
    if (layout === undefined || view === undefined) return;
    const onPane = viewport.matrixOf(view);
    for (const [side, image] of this.#images.entries()) {
      const place = layout.places[side];
      if (place === undefined) continue;
      const size = this.#sizes[side as Side];
      image.style.width = `${size?.width ?? 0}px`;
      image.style.height = `${size?.height ?? 0}px`;
      image.style.transform = `matrix(${multiply(onPane, place).join()})`;
    }
    this.#clipToShared(layout, view);
    stage.toggleAttribute('data-all', this.#all);
    stage.toggleAttribute('data-close', view.scale >= SQUARES);
    for (const mark of this.renderRoot.querySelectorAll<HTMLElement>('[data-place]')) {
      const side = Number(mark.closest<HTMLElement>('.overlay')?.dataset['side']) as Side;
      const change = this.#changes[Number(mark.dataset['place'])];
      if (change !== undefined) putAt(mark, boundsOf(onPane, this.#onTable(change, side, layout)));
    }
    for (const layer of this.#layers ?? []) layer.place(layout, onPane);
    const percent = this.#find('.percent');
    const format = new Intl.NumberFormat(document.documentElement.lang || 'en', {
      style: 'percent',
      maximumFractionDigits: 0,
    });
    if (percent !== undefined)
      percent.textContent = format.format(view.scale * layout.places[0][0]);
  }

  /** A difference means something only where both pictures are. */
  #clipToShared({ shared }: Layout, view: viewport.Viewport): void {
    const panes = this.#find('.panes');
    if (panes === undefined) return;
    if (this.#view !== 'difference' || !this.#isRegistered) {
      panes.style.clipPath = '';
      return;
    }
    const { x, y, width, height } = boundsOf(viewport.matrixOf(view), shared);
    const [right, bottom] = [this.#pane.width - x - width, this.#pane.height - y - height];
    panes.style.clipPath = `inset(${y}px ${right}px ${bottom}px ${x}px)`;
  }

  /** Where a changed place lies on the table. */
  #onTable(change: Change, side: Side, layout: Layout): Rectangle {
    if (this.#isRegistered || side === 0) return boundsOf(layout.places[0], change.a);
    return boundsOf(layout.places[1], change.b);
  }

  #paintThumbnails(): void {
    const images = this.#images;
    const layout = this.#layOut(this.#registration !== undefined);
    if (layout === undefined) return;
    for (const canvas of this.renderRoot.querySelectorAll<HTMLCanvasElement>('[data-thumbnail]')) {
      const [at, side] = (canvas.dataset['thumbnail'] ?? '').split(',').map(Number);
      const change = this.#changes[at ?? 0];
      const image = images[side ?? 0];
      const context = canvas.getContext('2d');
      if (change === undefined || image === undefined || context === null) continue;
      const place = boundsOf(layout.places[0], change.a);
      const seen = viewport.fitPlace(widen(place), layout.whole, THUMBNAIL);
      context.reset();
      context.imageSmoothingQuality = 'high';
      context.setTransform(...multiply(viewport.matrixOf(seen), layout.places[side === 1 ? 1 : 0]));
      context.drawImage(image, 0, 0);
    }
  }

  /** The pictures' sizes are known once they have loaded, and no longer than they are the ones to be shown. */
  #measure(): void {
    const [a, b] = this.#images.map(({ complete, naturalWidth: width, naturalHeight: height }) =>
      complete && width > 0 && height > 0 ? { width, height } : undefined,
    );
    const known = JSON.stringify(this.#sizes);
    this.#sizes = [a, b];
    if (JSON.stringify(this.#sizes) === known) return;
    this.#viewport = undefined;
    this.#all = true;
    this.requestUpdate();
  }

  #giveUp(): void {
    this.#unshowable = true;
    this.requestUpdate();
  }

  #choose({ target }: Event): void {
    if (!(target instanceof HTMLInputElement)) return;
    const view = VIEWS.find((one) => one === target.value);
    if (view === undefined) return;
    this.view = view;
    this.dispatchEvent(new CustomEvent('view-change', { detail: view }));
  }

  #toggleRegistered({ target }: Event): void {
    this.#asTheyAre = target instanceof HTMLInputElement && target.checked;
    this.#all = true;
    this.requestUpdate();
  }

  #toggleFullScreen(): void {
    if (document.fullscreenElement === this) void document.exitFullscreen();
    else void this.requestFullscreen();
  }

  #togglePause(): void {
    this.#paused = !this.#paused;
    this.requestUpdate();
  }

  #setSplit(split: number): void {
    this.#split = Math.round(Math.min(100, Math.max(0, split)));
    this.requestUpdate();
  }

  #setStrength({ target }: Event): void {
    if (target instanceof HTMLInputElement) this.#strength = Number(target.value);
    this.#paint();
  }

  #flip(): void {
    this.#shown = this.#shown === 0 ? 1 : 0;
    this.requestUpdate();
  }

  /** Shows the pictures in turn, unless the visitor has stopped that or wants nothing to move. */
  #blink(): void {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (this.#view !== 'blink' || this.#paused || still) this.#stopBlinking();
    else this.#blinker ??= setInterval(() => this.#flip(), BLINK);
  }

  #stopBlinking(): void {
    clearInterval(this.#blinker);
    this.#blinker = undefined;
  }

  /** The slider's line goes where the stage is pressed; where there is something to move, only by its grip. */
  #grab(at: Point): boolean {
    if (this.#view !== 'slider') return false;
    const line = (this.#split / 100) * this.#pane.width;
    return this.#all || Math.abs(at.x - line) <= GRIP;
  }

  #pan(by: Point): void {
    const whole = this.#layout?.whole;
    if (whole === undefined || this.#viewport === undefined) return;
    this.#show(viewport.pan(this.#viewport, by, whole, this.#pane));
  }

  #zoom(factor: number, at: Point): void {
    const whole = this.#layout?.whole;
    if (whole === undefined || this.#viewport === undefined) return;
    const { at: inPane } = this.#inPane(at);
    this.#show(viewport.zoom(this.#viewport, factor, inPane, whole, this.#pane));
  }

  #inPane(at: Point): { readonly at: Point; readonly side: Side } {
    const { width, height } = this.#pane;
    if (this.#arrange === 'row' && at.x > width) {
      return { at: { x: at.x - width - 2, y: at.y }, side: 1 };
    }
    if (this.#arrange === 'column' && at.y > height) {
      return { at: { x: at.x, y: at.y - height - 2 }, side: 1 };
    }
    return { at, side: 0 };
  }

  #zoomBy(factor: number): void {
    this.#zoom(factor, this.#middle);
  }

  get #middle(): Point {
    return { x: this.#pane.width / 2, y: this.#pane.height / 2 };
  }

  #show(next: viewport.Viewport): void {
    const whole = this.#layout?.whole;
    if (whole === undefined) return;
    cancelAnimationFrame(this.#travel);
    this.#viewport = next;
    this.#all = viewport.showsAll(next, whole, this.#pane);
    this.#paint();
  }

  #showAll(): void {
    const whole = this.#layout?.whole;
    if (whole !== undefined) this.#travelTo(viewport.fit(whole, this.#pane));
  }

  /** Goes to a changed place. */
  #goTo(index: number): void {
    const layout = this.#layout;
    const change = this.#changes[index];
    if (layout === undefined || change === undefined) return;
    this.#current = index;
    this.requestUpdate();
    const place = this.#onTable(change, 0, layout);
    this.#travelTo(viewport.fitPlace(place, layout.whole, this.#pane));
    const stage = this.#find('.stage');
    stage?.scrollIntoView({ block: 'nearest' });
  }

  #travelTo(target: viewport.Viewport): void {
    const from = this.#viewport;
    if (from === undefined || matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.#show(target);
      return;
    }
    cancelAnimationFrame(this.#travel);
    let start: number | undefined;
    const step = (now: number): void => {
      start ??= now;
      const part = Math.min(1, (now - start) / TRAVEL);
      this.#show(viewport.between(from, target, 1 - (1 - part) ** 3));
      if (part < 1) this.#travel = requestAnimationFrame(step);
    };
    this.#travel = requestAnimationFrame(step);
  }

  #doubleClick(event: MouseEvent): void {
    if (!this.#all) {
      this.#showAll();
      return;
    }
    const { left, top } = this.#find('.stage')?.getBoundingClientRect() ?? { left: 0, top: 0 };
    this.#zoom(3, { x: event.clientX - left, y: event.clientY - top });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { width, height } = this.#pane;
    const go = (by: number): void => {
      const count = this.#changes.length;
      if (count > 0) this.#goTo(((this.#current ?? (by > 0 ? -1 : 0)) + by + count) % count);
    };
    const move = (x: number, y: number): void => {
      this.#pan({ x: x * KEY_PAN * width, y: y * KEY_PAN * height });
      this.#readPixels({ at: this.#middle, side: 0 });
    };
    const zoomBy = (factor: number): void => {
      this.#zoomBy(factor);
      this.#readPixels({ at: this.#middle, side: 0 });
    };
    const acts: Readonly<Record<string, () => void>> = {
      '+': () => zoomBy(STEP),
      '=': () => zoomBy(STEP),
      '-': () => zoomBy(1 / STEP),
      '0': () => this.#showAll(),
      f: () => this.#toggleFullScreen(),
      n: () => go(1),
      p: () => go(-1),
      ...(this.#view === 'blink' && { ' ': () => this.#flip() }),
      ...(!this.#all && {
        ArrowLeft: () => move(1, 0),
        ArrowRight: () => move(-1, 0),
        ArrowUp: () => move(0, 1),
        ArrowDown: () => move(0, -1),
      }),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  /** Says what is under the pointer in both pictures, and marks the point in the other one. */
  #readPixels(pointed: { readonly at: Point; readonly side: Side } | undefined): void {
    const line = this.#find('.pixels');
    const layout = this.#layout;
    const view = this.#viewport;
    for (const [side, twin] of [
      ...this.renderRoot.querySelectorAll<HTMLElement>('.twin'),
    ].entries()) {
      twin.hidden = pointed === undefined || this.#arrange === 'over' || side === pointed.side;
      if (pointed !== undefined) {
        twin.style.left = `${pointed.at.x}px`;
        twin.style.top = `${pointed.at.y}px`;
      }
    }
    if (line === undefined || layout === undefined || view === undefined) return;
    if (pointed === undefined) {
      line.replaceChildren();
      return;
    }
    this.#pixels ??= new PixelReader();
    const reader = this.#pixels;
    const onTable = viewport.tablePoint(view, pointed.at);
    const read = this.#images.map((image, side) => {
      const place = layout.places[side];
      const at = place === undefined ? undefined : apply(invert(place), onTable);
      return { at, colour: at === undefined ? undefined : reader.read(image, at) };
    });
    const [first, second] = read.map(({ colour }) => colour);
    if (first === undefined && second === undefined) {
      line.replaceChildren();
      return;
    }
    const parts = read.map(({ at, colour }) => this.#describePixel(at, colour));
    if (first !== undefined && second !== undefined) {
      const difference = document.createElement('span');
      difference.textContent = this.#words.differBy(differenceOf(first, second));
      parts.push(difference);
    }
    line.replaceChildren(...parts);
  }

  #describePixel(at: Point | undefined, colour: Rgb | undefined): HTMLElement {
    const part = document.createElement('span');
    if (at === undefined || colour === undefined) {
      part.textContent = this.#words.nothingThere;
      return part;
    }
    const swatch = document.createElement('span');
    swatch.className = 'swatch';
    swatch.style.background = asHex(colour);
    part.append(swatch, `${asHex(colour)} (${Math.floor(at.x)}, ${Math.floor(at.y)})`);
    return part;
  }

  #dropMap(): void {
    this.#map = undefined;
    this.#layers = undefined;
    this.#cell = undefined;
  }

  /** Finds out where the likeness comes from, once for each pair. */
  async #explain(): Promise<void> {
    const explain = this.#pair?.explain;
    const [a, b] = this.#images;
    const [first, second] = this.#sizes;
    if (this.#map !== undefined || explain === undefined) return;
    if (a === undefined || b === undefined || first === undefined || second === undefined) return;
    // Before it is known how they lie over each other, a map would be another pair's.
    if (this.#pair?.evidence === undefined) return;
    const pair = this.#pair;
    const registered = this.#registration === undefined ? undefined : this.#layOut(true);
    this.#map = 'loading';
    try {
      const map = await explainPair([a, b], registered, explain);
      if (pair !== this.#pair) return;
      this.#map = map;
      const layer = (side: Side): MapLayer =>
        new MapLayer(
          side,
          map.sides[side],
          registered,
          side === 0 ? first : second,
          this.#words,
          (index) => this.#chooseCell({ side, index }),
        );
      this.#layers = [layer(0), layer(1)];
      this.#chooseCell({ side: 0, index: strongestOf(map) });
    } catch {
      if (pair !== this.#pair) return;
      this.#map = 'failed';
      this.requestUpdate();
    }
  }

  #chooseCell(cell: { readonly side: Side; readonly index: number }): void {
    if (typeof this.#map !== 'object') return;
    this.#cell = cell;
    const partners = this.#map.partnersOf(cell.side, cell.index);
    this.#layers?.[cell.side].mark(cell.index, []);
    this.#layers?.[cell.side === 0 ? 1 : 0].mark(undefined, partners);
    this.requestUpdate();
  }
}

/** A place as large as a thumbnail shows it without its surroundings growing out of sight. */
function widen({ x, y, width, height }: Rectangle): Rectangle {
  return { x: x + width / 4, y: y + height / 4, width: width / 2, height: height / 2 };
}

function putAt(node: HTMLElement, { x, y, width, height }: Rectangle): void {
  node.style.left = `${x - 4}px`;
  node.style.top = `${y - 4}px`;
  node.style.width = `${width + 8}px`;
  node.style.height = `${height + 8}px`;
}

function meanOf({ sides }: LikenessMap): number {
  const shares = sides.flatMap((side) => side.shares);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function strongestOf({ sides: [{ shares }] }: LikenessMap): number {
  return shares.reduce((best, share, at) => (share > (shares[best] ?? 0) ? at : best), 0);
}
