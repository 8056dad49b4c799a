import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { FIT_ICON, FULL_ICON, MINUS_ICON, PLUS_ICON } from '../icons.ts';
import { german } from '../strings/compare-de.ts';
import { type CompareStrings, english } from '../strings/compare-en.ts';
import { renderChanges } from './change-list.ts';
import type { Size } from './geometry.ts';
import { Gestures } from './gestures.ts';
import { MapView } from './map-view.ts';
import type { Explain } from './map-layer.ts';
import { imagesOf, paintStage, paintThumbnails } from './painter.ts';
import { PixelLine } from './pixel-line.ts';
import {
  type ComparedPair,
  CompareSession,
  type CompareView,
  type PanePoint,
  type Side,
  VIEWS,
} from './session.ts';
import { styles } from './styles.ts';
import { between, matrixOf, type Viewport } from './viewport.ts';

export type { ComparedPair, ComparedPicture, CompareView } from './session.ts';
export type { Explain } from './map-layer.ts';

const SIDES: readonly Side[] = [0, 1];

/** Milliseconds that each picture is seen for in turn. */
const BLINK = 800;

/** Milliseconds on the way to a place. */
const TRAVEL = 350;

/** How much a key or a button zooms. */
const STEP = 1.5;

/** How much a double click does. */
const LEAP = 3;

/** How far an arrow key moves, as a share of the pane. */
const KEY_PAN = 0.15;

/**
 * Two pictures compared: side by side, behind a slider, in turn, as their difference or with a map of where
 * their likeness comes from. They lie over each other where that is known, and move and zoom together. Its colours
 * are the page's custom properties, its language that of the document.
 */
export class LikenessCompare extends LitElement {
  static override styles = styles;

  readonly #session = new CompareSession(
    () => this.requestUpdate(),
    () => this.#paint(),
  );
  readonly #map = new MapView(this.#session);
  #strength = 2;
  #travel = 0;
  #blinker: ReturnType<typeof setInterval> | undefined;
  #pixels: PixelLine | undefined;
  /** The pair whose changed places have been drawn. */
  #drawn: ComparedPair | undefined;
  #connected = new AbortController();
  readonly #room = new ResizeObserver(() => this.#arrange());

  /** What is shown; undefined is nothing. */
  get pair(): ComparedPair | undefined {
    return this.#session.pair;
  }

  set pair(pair: ComparedPair | undefined) {
    this.#session.pair = pair;
  }

  /** How the pictures are shown. The event `view-change` tells when the visitor has chosen another one. */
  get view(): CompareView {
    return this.#session.view;
  }

  set view(view: CompareView) {
    this.#session.view = view;
  }

  /** Says where likeness comes from; without it there is no map. */
  set explain(explain: Explain | undefined) {
    this.#map.explain = explain;
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#connected = new AbortController();
    const { signal } = this.#connected;
    document.addEventListener('fullscreenchange', () => this.requestUpdate(), { signal });
    void this.updateComplete.then(() => {
      const stage = this.#stage;
      if (stage === null || signal.aborted) return;
      this.#room.observe(stage);
      this.#pixels = new PixelLine(stage, this.#session);
      const session = this.#session;
      new Gestures(
        stage,
        {
          grab: (at) => session.takesLine(at),
          drag: (at) => session.dragLine(at),
          pan: (by) => this.#still(() => session.pan(by)),
          zoom: (factor, at) => this.#still(() => session.zoom(factor, at)),
          takesWheel: (factor) => factor > 1 || !session.showsAll,
          point: (at) => this.#point(at && session.inPane(at)),
        },
        signal,
      );
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

  get #stage(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.stage');
  }

  protected override render(): TemplateResult {
    const words = this.#words;
    const session = this.#session;
    return html`
      ${this.#renderViews()}
      <div class="frame">
        <div class="stage" data-testid="stage" tabindex="0" role="group" aria-label=${words.stage}
          aria-describedby="keys" data-view=${session.view} data-shown=${session.shown}
          @keydown=${this.#key} @dblclick=${this.#doubleClick}>
          <div class="panes">${SIDES.map((side) => this.#renderPicture(side))}</div>
          <div class="overlays">${SIDES.map((side) => this.#renderOverlay(side))}</div>
          <div class="divider" ?hidden=${session.view !== 'slider'}></div>
          <p class="pixels" data-testid="pixels"></p>
        </div>
        ${this.#renderZoom()}
      </div>
      <p class="hidden-text" id="keys">${words.keys}</p>
      <div class="under">${session.view === 'map' ? this.#map.render(words) : this.#renderControls()}</div>
      ${renderChanges(session, words, (index) => this.#goTo(index))}`;
  }

  #renderViews(): TemplateResult {
    const words = this.#words;
    const views = VIEWS.filter((view) => view !== 'map' || this.#map.isThere);
    return html`<fieldset class="choices views" data-testid="views" @change=${this.#choose}>
      <legend>${words.view}</legend>
      ${views.map(
        (
          view,
        ) => html`<label><input type="radio" name="view" value=${view} .checked=${view === this.view} />
          <span>${words.views[view]}</span></label>`,
      )}
    </fieldset>`;
  }

  #renderZoom(): TemplateResult {
    const words = this.#words;
    const button = (id: string, label: string, icon: TemplateResult, act: () => void) =>
      html`<button type="button" class="round" data-testid=${id} aria-label=${label} title=${label}
        @click=${act}>${icon}</button>`;
    const isFull = document.fullscreenElement === this;
    const full = isFull ? words.leaveFullScreen : words.fullScreen;
    return html`<div class="zoom">
      ${button('zoom-out', words.zoomOut, MINUS_ICON, () => this.#zoomBy(1 / STEP))}
      <output class="percent" data-testid="zoom"></output>
      ${button('zoom-in', words.zoomIn, PLUS_ICON, () => this.#zoomBy(STEP))}
      ${button('zoom-fit', words.zoomFit, FIT_ICON, () => this.#showAll())}
      ${
        document.fullscreenEnabled
          ? button('full-screen', full, FULL_ICON, () => this.#toggleFullScreen())
          : nothing
      }
    </div>`;
  }

  #renderPicture(side: Side): TemplateResult {
    const picture = this.pair?.pictures[side];
    return html`<div class="pane" data-side=${side}>
      <img src=${picture?.src ?? nothing} alt=${picture?.name ?? ''} draggable="false"
        @load=${() => this.#measure()} @error=${() => this.#session.giveUp()} />
    </div>`;
  }

  #renderOverlay(side: Side): TemplateResult {
    const { view, shown, changes, place } = this.#session;
    const nameOf = (of: Side): string => this.pair?.pictures[of].name ?? '';
    return html`<div class="overlay" data-side=${side}>
      ${changes.map(
        (_, at) =>
          html`<div class="place ${at === place ? 'current' : ''}" data-place=${at}><span>${at + 1}</span></div>`,
      )}
      ${view === 'map' ? this.#map.overlay(side) : nothing}
      <p class="name" ?hidden=${view === 'difference'}>${nameOf(view === 'blink' ? shown : side)}</p>
      <p class="name end" ?hidden=${view !== 'slider'}>${nameOf(1)}</p>
      <div class="twin" hidden></div>
    </div>`;
  }

  /** What belongs to the way in which the pictures are shown, and how they lie. */
  #renderControls(): TemplateResult {
    const words = this.#words;
    const { view, lie, registration, asTheyAre } = this.#session;
    return html`
      ${view === 'slider' ? this.#renderSlider() : nothing}
      ${view === 'difference' ? this.#renderStrength() : nothing}
      ${view === 'blink' ? this.#renderBlinking() : nothing}
      <label class="check" ?hidden=${registration === undefined}>
        <input type="checkbox" data-testid="as-they-are" .checked=${asTheyAre} @change=${this.#toggleRegistered} />
        ${words.asTheyAre}
      </label>
      <p class="note" data-testid="alignment">${lie === undefined ? '' : words[lie]}</p>`;
  }

  #renderSlider(): TemplateResult {
    return html`<input type="range" min="0" max="100" .value=${String(this.#session.split)}
      aria-label=${this.#words.slider} data-testid="slider"
      @input=${(event: Event) => {
        this.#session.split = numberOf(event);
      }} />`;
  }

  #renderStrength(): TemplateResult {
    return html`<input type="range" min="1" max="16" step="0.5" .value=${String(this.#strength)}
      aria-label=${this.#words.strength} data-testid="strength"
      @input=${(event: Event) => {
        this.#strength = numberOf(event);
        this.#paint();
      }} />`;
  }

  #renderBlinking(): TemplateResult {
    const words = this.#words;
    const session = this.#session;
    return html`
      <button type="button" data-testid="flip" @click=${() => session.flip()}>${words.flip}</button>
      <button type="button" data-testid="pause" @click=${() => session.togglePause()}>${
        session.paused ? words.play : words.pause
      }</button>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#measure();
    this.#arrange();
    this.#paintThumbnails();
    this.#blink();
    if (this.view === 'map') this.#map.ask(imagesOf(this.renderRoot), this.#words);
  }

  /** The pictures' sizes are known once they have loaded, and no longer than they are the ones to be shown. */
  #measure(): void {
    const [a, b] = imagesOf(this.renderRoot).map(sizeOf);
    this.#session.measure([a, b]);
  }

  #arrange(): void {
    const stage = this.#stage;
    if (stage === null) return;
    this.#session.arrange({ width: stage.clientWidth, height: stage.clientHeight });
    this.#paint();
  }

  #paint(): void {
    const stage = this.#stage;
    const { layout, viewport } = this.#session;
    if (stage === null) return;
    stage.style.setProperty('--strength', String(this.#strength));
    paintStage(stage, this.#session);
    if (layout === undefined || viewport === undefined) return;
    this.#map.place(layout, matrixOf(viewport));
    const percent = this.renderRoot.querySelector('.percent');
    const format = new Intl.NumberFormat(document.documentElement.lang || 'en', {
      style: 'percent',
      maximumFractionDigits: 0,
    });
    if (percent !== null) percent.textContent = format.format(viewport.scale * layout.places[0][0]);
  }

  /** Each only once: drawing a large picture takes a while. */
  #paintThumbnails(): void {
    const { pair, registeredLayout } = this.#session;
    const isListed = this.renderRoot.querySelector('[data-thumbnail]') !== null;
    if (registeredLayout === undefined || !isListed || pair === this.#drawn) return;
    this.#drawn = pair;
    paintThumbnails(this.renderRoot, this.#session);
  }

  #choose(event: Event): void {
    const view = VIEWS.find(
      (one) => event.target instanceof HTMLInputElement && one === event.target.value,
    );
    if (view === undefined) return;
    this.view = view;
    this.dispatchEvent(new CustomEvent('view-change', { detail: view }));
  }

  #toggleRegistered({ target }: Event): void {
    this.#session.asTheyAre = target instanceof HTMLInputElement && target.checked;
  }

  #toggleFullScreen(): void {
    if (document.fullscreenElement === this) void document.exitFullscreen();
    else void this.requestFullscreen();
  }

  /** Shows the pictures in turn, unless the visitor has stopped that or wants nothing to move. */
  #blink(): void {
    if (this.view !== 'blink' || this.#session.paused || wantsStillness()) this.#stopBlinking();
    else this.#blinker ??= setInterval(() => this.#session.flip(), BLINK);
  }

  #stopBlinking(): void {
    clearInterval(this.#blinker);
    this.#blinker = undefined;
  }

  /** Ends a journey for something that the visitor does. */
  #still(act: () => void): void {
    cancelAnimationFrame(this.#travel);
    act();
  }

  #zoomBy(factor: number): void {
    this.#still(() => this.#session.zoom(factor));
  }

  #showAll(): void {
    this.#travelTo(this.#session.viewOfAll());
  }

  /** Goes to a changed place. */
  #goTo(index: number | undefined): void {
    if (index === undefined) return;
    this.#travelTo(this.#session.viewOfPlace(index));
    this.#stage?.scrollIntoView({ block: 'nearest' });
  }

  #travelTo(target: Viewport | undefined): void {
    const from = this.#session.viewport;
    cancelAnimationFrame(this.#travel);
    if (target === undefined || from === undefined) return;
    if (wantsStillness()) {
      this.#session.show(target);
      return;
    }
    let start: number | undefined;
    const step = (now: number): void => {
      start ??= now;
      const part = Math.min(1, (now - start) / TRAVEL);
      this.#session.show(between(from, target, 1 - (1 - part) ** 3));
      if (part < 1) this.#travel = requestAnimationFrame(step);
    };
    this.#travel = requestAnimationFrame(step);
  }

  #doubleClick(event: MouseEvent): void {
    const stage = this.#stage?.getBoundingClientRect();
    if (stage === undefined) return;
    const at = { x: event.clientX - stage.x, y: event.clientY - stage.y };
    if (this.#session.showsAll) this.#still(() => this.#session.zoom(LEAP, at));
    else this.#showAll();
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.#acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  /** What keys do now. */
  get #acts(): Readonly<Record<string, () => void>> {
    const session = this.#session;
    const middle = (act: () => void) => (): void => {
      this.#still(act);
      this.#point({ at: session.middle, side: 0 });
    };
    const move = (x: number, y: number) =>
      middle(() =>
        session.pan({ x: x * KEY_PAN * session.pane.width, y: y * KEY_PAN * session.pane.height }),
      );
    const zoom = (factor: number) => middle(() => session.zoom(factor));
    return {
      '+': zoom(STEP),
      '=': zoom(STEP),
      '-': zoom(1 / STEP),
      '0': () => this.#showAll(),
      f: () => this.#toggleFullScreen(),
      n: () => this.#goTo(session.neighbour(1)),
      p: () => this.#goTo(session.neighbour(-1)),
      ...(session.view === 'blink' && { ' ': () => session.flip() }),
      ...(!session.showsAll && {
        ArrowLeft: move(1, 0),
        ArrowRight: move(-1, 0),
        ArrowUp: move(0, 1),
        ArrowDown: move(0, -1),
      }),
    };
  }

  /** Says what is under the pointer, or in the middle for those who use keys. */
  #point(pointed: PanePoint | undefined): void {
    this.#pixels?.show(pointed, this.#words);
  }
}

function sizeOf(image: HTMLImageElement): Size | undefined {
  const { complete, naturalWidth: width, naturalHeight: height } = image;
  return complete && width > 0 && height > 0 ? { width, height } : undefined;
}

function numberOf({ target }: Event): number {
  return target instanceof HTMLInputElement ? Number(target.value) : 0;
}

function wantsStillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
