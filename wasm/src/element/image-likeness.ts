import { css, html, nothing, unsafeCSS } from '#libraries/lit';
import { MatchMapPair, matchMapStyles } from '../display/match-map-pair.js';
import { describeTime, describeVerdict } from '../display/words.js';
import { asLikenessError, type LikenessError } from '../errors.js';
import type { Comparison, ImageSource, Likeness, LoadProgress, View } from '../types.js';
import { type Picture, pictureOf } from './picture.js';
import { type ElementStyles, LitBase } from './reactive-element.js';
import { type SharedLikeness, share } from './shared.js';

/** The HTML attributes of `<image-likeness>`. */
export interface ImageLikenessAttributes {
  /** Address of the first image, relative to the document. */
  readonly a?: string;
  /** Address of the second image, relative to the document. */
  readonly b?: string;
  /** Text alternative of the first image. */
  readonly 'alt-a'?: string;
  /** Text alternative of the second image. */
  readonly 'alt-b'?: string;
  /** Model id; see LikenessOptions.model. */
  readonly model?: string;
  /** See LikenessOptions.modelBaseUrl. */
  readonly 'model-base-url'?: string;
  /** See LikenessOptions.view. */
  readonly view?: View;
  /** Whether the match map is laid over the images. */
  readonly explain?: boolean;
  /** See CompareOptions.orientations. */
  readonly orientations?: boolean;
}

/** The events of `<image-likeness>`; they bubble and are composed. */
export interface ImageLikenessEvents {
  /** The model is being loaded. */
  'likeness-progress': CustomEvent<LoadProgress>;
  /** Two images have been compared. */
  'likeness-result': CustomEvent<Comparison>;
  /** Loading or comparing failed; the next change of an image tries again. */
  'likeness-error': CustomEvent<LikenessError>;
}

declare global {
  interface HTMLElementTagNameMap {
    'image-likeness': ImageLikeness;
  }
  interface HTMLElementEventMap extends ImageLikenessEvents {}
}

/** Where an image is shown. */
type Side = 'a' | 'b';

/**
 * `<image-likeness a="…" b="…">`: shows two images, their score and verdict, and on request the match map. All
 * elements that use the same model share it; when the last one leaves the document, the model is disposed of.
 *
 * Parts for `::part()`: `pair`, `image`, `score`, `verdict`, `status`, `progress`, `readout`, `error`.
 * Custom properties: `--image-likeness-ink`, `-faint`, `-line`, `-card`, `-accent`, `-alarm`
 * (colours), `-radius`, `-gap` (lengths), `-ratio` (width over height of each image's frame). Colours
 * follow the `color-scheme` of the page.
 */
export class ImageLikeness extends LitBase {
  /** The style sheets of the shadow root. */
  static readonly styles: readonly ElementStyles[] = [
    css`
      :host {
        --ink: var(--image-likeness-ink, light-dark(#1d2129, #eceef1));
        --faint: var(--image-likeness-faint, light-dark(#5a616e, #a3abb8));
        --line: var(--image-likeness-line, light-dark(#d9d4cc, #3a3f49));
        --card: var(--image-likeness-card, light-dark(#ffffff, #1f2228));
        --accent: var(--image-likeness-accent, light-dark(#2a62c4, #7aa8f5));
        --alarm: var(--image-likeness-alarm, light-dark(#a3231a, #ff9d92));
        display: grid;
        gap: var(--image-likeness-gap, 0.75rem);
        color: var(--ink);
      }
      :host([hidden]) {
        display: none;
      }
      .pair {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--image-likeness-gap, 0.75rem);
      }
      .image {
        position: relative;
        container-type: size;
        aspect-ratio: var(--image-likeness-ratio, 4 / 3);
        overflow: hidden;
        border: 1px solid var(--line);
        border-radius: var(--image-likeness-radius, 0.75rem);
        background: var(--card);
      }
      .image > img,
      .image > canvas {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        object-fit: contain;
      }
      .answer {
        display: grid;
        justify-items: center;
        gap: 0.25rem;
        text-align: center;
      }
      p {
        margin: 0;
      }
      .score {
        font-size: 2.5em;
        font-weight: 700;
        font-variant-numeric: tabular-nums;
        line-height: 1;
      }
      .score small {
        font-size: 0.45em;
        font-weight: 500;
      }
      meter {
        width: min(100%, 20rem);
        height: 0.5rem;
        overflow: hidden;
        appearance: none;
        border-radius: 0.25rem;
        background: var(--line);
      }
      meter::-webkit-meter-bar {
        height: 0.5rem;
        border: 0;
        border-radius: 0.25rem;
        background: var(--line);
      }
      /* Two rules: a selector that a browser does not know takes its whole list with it. */
      meter::-webkit-meter-optimum-value {
        background: var(--accent);
      }
      meter::-moz-meter-bar {
        background: var(--accent);
      }
      .status,
      .readout {
        color: var(--faint);
        font-size: 0.875em;
      }
      .readout {
        text-align: center;
      }
      progress {
        width: min(100%, 16rem);
        accent-color: var(--accent);
      }
      .error {
        padding: 0.5rem 0.75rem;
        border: 1px solid currentcolor;
        border-radius: var(--image-likeness-radius, 0.75rem);
        color: var(--alarm);
        overflow-wrap: anywhere;
      }
      @media (forced-colors: active) {
        meter::-webkit-meter-optimum-value {
          background: Highlight;
        }
      }
    `,
    unsafeCSS(matchMapStyles),
  ];

  /** The reactive properties, for Lit. */
  static readonly properties = {
    a: {},
    b: {},
    altA: { attribute: 'alt-a' },
    altB: { attribute: 'alt-b' },
    model: {},
    modelBaseUrl: { attribute: 'model-base-url' },
    view: {},
    explain: { type: Boolean, reflect: true },
    orientations: { type: Boolean, reflect: true },
    likeness: { attribute: false },
    comparison: { state: true },
    failure: { state: true },
    work: { state: true },
    loaded: { state: true },
    readout: { state: true },
  };

  /** The first image: any source that `compare` takes, or its address relative to the document. */
  declare a: ImageSource | null | undefined;
  /** The second image: any source that `compare` takes, or its address relative to the document. */
  declare b: ImageSource | null | undefined;
  /** Text alternative of the first image. */
  declare altA: string | undefined;
  /** Text alternative of the second image. */
  declare altB: string | undefined;
  /** Model id; see LikenessOptions.model. */
  declare model: string | undefined;
  /** See LikenessOptions.modelBaseUrl. */
  declare modelBaseUrl: string | undefined;
  /** See LikenessOptions.view. */
  declare view: View | undefined;
  /** Whether the match map is laid over the images. */
  declare explain: boolean;
  /** See CompareOptions.orientations. */
  declare orientations: boolean;
  /** A Likeness of your own to use; then `model`, `modelBaseUrl` and `view` are ignored. */
  declare likeness: Likeness | undefined;

  declare private comparison: Comparison | undefined;
  declare private failure: LikenessError | undefined;
  /** What is being done. */
  declare private work: string;
  /** Share of the model that has been loaded, 0 to 1; undefined when no model is being loaded. */
  declare private loaded: number | undefined;
  declare private readout: string;

  private readonly pictures: Record<Side, Picture | undefined> = { a: undefined, b: undefined };
  private shared: SharedLikeness | undefined;
  private underWay: AbortController | undefined;
  private map: MatchMapPair | undefined;

  constructor() {
    super();
    this.explain = false;
    this.orientations = false;
    this.work = '';
    this.readout = '';
  }

  /** The last result; undefined before the first one and while a comparison is running. */
  get result(): Comparison | undefined {
    return this.comparison;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // After a move the images are shown and compared again.
    if (this.hasUpdated) this.requestUpdate('a', null);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.underWay?.abort();
    this.show('a', undefined);
    this.show('b', undefined);
    // An element that is only moved is back before this task is over.
    setTimeout(() => {
      if (!this.isConnected) this.leave();
    });
  }

  /** Lit calls this when changes are shown. @param changed earlier values by the names of the properties */
  protected updated(changed: ReadonlyMap<PropertyKey, unknown>): void {
    const asked = (name: string): boolean => changed.has(name);
    if (!this.isConnected) return;
    const ours = ['likeness', 'model', 'modelBaseUrl', 'view'];
    if (ours.some(asked)) this.leave();
    const inputs = ['a', 'b', ...ours, 'explain', 'orientations'];
    if (inputs.some(asked)) void this.compare();
    else if (asked('altA') || asked('altB')) this.describePictures();
  }

  /** Lit calls this for what is to be shown. */
  protected render(): unknown {
    const { comparison, failure, work, loaded, readout } = this;
    return html`
      <div class="pair" part="pair">
        <div class="image" part="image" data-side="a"></div>
        <div class="image" part="image" data-side="b"></div>
      </div>
      <div class="answer" aria-live="polite" aria-busy=${work !== ''}>
        ${
          comparison === undefined
            ? nothing
            : html`
              <p class="score" part="score">${comparison.score.toFixed(1)}<small> %</small></p>
              <meter min="0" max="100" .value=${comparison.score} aria-hidden="true"></meter>
              <p class="verdict" part="verdict" data-verdict=${comparison.verdict}>
                ${describeVerdict(comparison)}
              </p>
            `
        }
        <p class="status" part="status" role="status">${this.statusLine()}</p>
        ${
          loaded === undefined
            ? nothing
            : html`<progress part="progress" max="1" .value=${loaded} aria-label="Loading the model"></progress>`
        }
      </div>
      ${
        readout === ''
          ? nothing
          : html`<p class="readout" part="readout" aria-live="polite">${readout}</p>`
      }
      ${
        failure === undefined
          ? nothing
          : html`<p class="error" part="error" role="alert">${failure.message} (${failure.code})</p>`
      }
    `;
  }

  private statusLine(): string {
    if (this.work !== '') return this.work;
    return this.comparison === undefined
      ? ''
      : `Compared in ${describeTime(this.comparison.timings.total)}.`;
  }

  /** Shows the images, compares them and dispatches events; the result of an earlier call is dropped. */
  private async compare(): Promise<void> {
    this.underWay?.abort();
    const underWay = new AbortController();
    this.underWay = underWay;
    const { signal } = underWay;
    this.forget();
    try {
      const [a, b] = [sourceOf(this.a), sourceOf(this.b)];
      this.show('a', a);
      this.show('b', b);
      if (a === undefined || b === undefined) {
        this.work = '';
        return;
      }
      this.work = 'Comparing…';
      const { explain, orientations } = this;
      const likeness = await this.current();
      if (signal.aborted) return;
      const comparison = await likeness.compare(a, b, { signal, explain, orientations });
      if (signal.aborted) return;
      this.comparison = comparison;
      await this.explainWith(comparison, signal);
      if (!signal.aborted) this.tell('likeness-result', comparison);
    } catch (error) {
      if (signal.aborted) return;
      this.failure = asLikenessError(error, 'invalid-argument', 'An image can not be shown');
      this.tell('likeness-error', this.failure);
    } finally {
      if (!signal.aborted) {
        this.work = '';
        this.loaded = undefined;
      }
    }
  }

  /** The page's own Likeness, or the one shared by all elements with the same model. */
  private async current(): Promise<Likeness> {
    if (this.likeness !== undefined) return this.likeness;
    const { model, modelBaseUrl, view } = this;
    this.shared ??= share(
      { ...(model && { model }), ...(modelBaseUrl && { modelBaseUrl }), ...(view && { view }) },
      (progress) => this.showProgress(progress),
    );
    const { shared } = this;
    try {
      return await shared.likeness;
    } catch (error) {
      // The next attempt loads the model again.
      if (this.shared === shared) this.leave();
      throw error;
    }
  }

  private showProgress(progress: LoadProgress): void {
    if (progress.phase === 'model') this.loaded = progress.loaded / progress.total;
    this.tell('likeness-progress', progress);
  }

  private leave(): void {
    this.shared?.release();
    this.shared = undefined;
  }

  private forget(): void {
    this.comparison = undefined;
    this.failure = undefined;
    this.readout = '';
    this.map?.remove();
    this.map = undefined;
  }

  private show(side: Side, source: Exclude<ImageSource, string> | undefined): void {
    this.pictures[side]?.view.remove();
    this.pictures[side]?.release();
    const picture = source === undefined ? undefined : pictureOf(source);
    this.pictures[side] = picture;
    if (picture !== undefined) this.frame(side)?.prepend(picture.view);
    this.describePictures();
  }

  private describePictures(): void {
    this.pictures.a?.view.setAttribute('role', 'img');
    this.pictures.b?.view.setAttribute('role', 'img');
    this.pictures.a?.view.setAttribute('aria-label', this.altA ?? 'First image');
    this.pictures.b?.view.setAttribute('aria-label', this.altB ?? 'Second image');
  }

  private async explainWith({ matchMap }: Comparison, signal: AbortSignal): Promise<void> {
    const { a, b } = this.pictures;
    if (matchMap === undefined || a === undefined || b === undefined) return;
    const aspects = [await a.aspect, await b.aspect] as const;
    if (signal.aborted) return;
    this.map = new MatchMapPair(matchMap, {
      aspects,
      onRead: (sentence) => {
        this.readout = sentence;
      },
    });
    const [first, second] = this.map.overlays;
    this.frame('a')?.append(first);
    this.frame('b')?.append(second);
  }

  private frame(side: Side): Element | null {
    return this.renderRoot.querySelector(`[data-side="${side}"]`);
  }

  private tell<N extends keyof ImageLikenessEvents>(
    name: N,
    detail: ImageLikenessEvents[N]['detail'],
  ): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** Turns an address into a URL; an empty one means that there is no image. */
function sourceOf(
  source: ImageSource | null | undefined,
): Exclude<ImageSource, string> | undefined {
  if (source === null || source === undefined || source === '') return undefined;
  return typeof source === 'string' ? new URL(source, document.baseURI) : source;
}
