import { css, html, nothing, type TemplateResult } from 'lit';
import type { FolderCollection } from './collection.ts';
import type { LayoutReply } from './layout-worker.ts';
import { FEWEST_LAID_OUT, MOST_LAID_OUT, NEIGHBOURS, type Neighbours } from './neighbours.ts';
import { FolderPart } from './part.ts';
import { nearest, type Plane, pan, scaleOf, spacingOf, WHOLE, zoomAt } from './plane.ts';
import { spawnLayout } from './spawn-layout.ts';

export const scatterStyles = css`
  .scatter { display: block; inline-size: 100%; block-size: min(75vh, 60rem); border: 1px solid var(--line); border-radius: 0.5rem;
    background: var(--paper); cursor: grab; touch-action: pan-y; }
  .scatter[data-zoomed] { touch-action: none; }
`;

/** Pictures in sight from which on they are dots. */
const MOST_THUMBNAILS = 160;

/** Pixels of the long side of a thumbnail, which grows as the map is enlarged. */
const SMALLEST = 22;
const LARGEST = 128;

/** Thumbnails are so many times as large as the room from one to the next: they may overlap a little. */
const CROWDED = 1.5;

/** Radius of a dot, in pixels. */
const DOT = 3;

/** Pixels of movement that are no longer a click. */
const CLICK = 4;

/** Factor of a key or a button. */
const STEP = 1.5;

/** Pixels that an arrow key moves. */
const KEY_PAN = 60;

/** What is laid out: places of all pictures of a collection. */
interface Laid {
  readonly collection: FolderCollection;
  readonly count: number;
  readonly places?: Float32Array<ArrayBuffer>;
}

/** All pictures on a plane; what is alike lies close. It is laid out when it is opened. */
export class ScatterView extends FolderPart {
  #open = false;
  #laid: Laid | undefined;
  #doing: { readonly what: 'searching' | 'placing'; readonly share: number } | undefined;
  #worker: Worker | undefined;
  #plane: Plane = WHOLE;
  /** From one picture to the next. */
  #spacing = 1;
  #middle = -1;
  #grabbed: { x: number; y: number; moved: number } | undefined;
  readonly #pictures = new Map<string, HTMLImageElement>();
  readonly #size = new ResizeObserver(() => this.#draw());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#laid = undefined;
    this.#size.disconnect();
  }

  protected override willUpdate(): void {
    const { collection, busy, items } = this.session;
    const laid = this.#laid;
    if (laid !== undefined && laid.collection === collection && laid.count === items.length) return;
    this.#worker?.terminate();
    this.#laid = undefined;
    this.#doing = undefined;
    const fits = items.length >= FEWEST_LAID_OUT && items.length <= MOST_LAID_OUT;
    if (!this.#open || busy || collection === undefined || !fits) return;
    const next = { collection, count: items.length };
    this.#laid = next;
    void this.#layOut(next).catch((error) => this.session.fail(error));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words, figures, session } = this;
    const { items, busy } = session;
    if (busy || items.length < FEWEST_LAID_OUT) return nothing;
    return html`<section class="card" data-part="scatter"><details @toggle=${(event: Event) => {
      this.#open = (event.target as HTMLDetailsElement).open;
      this.requestUpdate();
    }}><summary>${words.scatter}</summary>${
      items.length > MOST_LAID_OUT
        ? html`<p class="faint">${words.scatterTooMany(figures.number(MOST_LAID_OUT))}</p>`
        : this.#map()
    }</details></section>`;
  }

  #map(): TemplateResult | typeof nothing {
    const { words, figures, session } = this;
    if (this.#doing !== undefined) {
      const { what, share } = this.#doing;
      const text = figures.share(share);
      return html`<p class="faint">${what === 'searching' ? words.scatterSearching(text) : words.scatterPlacing(text)}</p>
        <progress aria-label=${words.scatter} .value=${share}></progress>`;
    }
    if (this.#laid?.places === undefined) return nothing;
    const button = (name: string, factor: number) =>
      html`<button @click=${() => this.#see(zoomAt(this.#plane, this.#side, factor))}>${name}</button>`;
    return html`<section><p class="faint" id="scatter-help">${words.scatterHelp(figures.number(session.items.length))}</p>
      <div class="row">${button(words.zoomIn, STEP)} ${button(words.zoomOut, 1 / STEP)}
        <button @click=${() => this.#see(WHOLE)}>${words.showAll}</button></div>
      <canvas class="scatter" ?data-zoomed=${this.#plane !== WHOLE} role="img" tabindex="0" aria-label=${words.scatter} aria-describedby="scatter-help scatter-middle"
        @keydown=${this.#key} @wheel=${this.#wheel} @pointerdown=${this.#grab} @pointermove=${this.#drag} @pointerup=${this.#release}></canvas>
      <p id="scatter-middle" class="name" aria-live="polite">${words.inTheMiddle(session.pathOf(this.#middle))}</p></section>`;
  }

  protected override updated(): void {
    const canvas = this.#canvas;
    if (canvas !== null) this.#size.observe(canvas);
    this.#draw();
  }

  /** Looks which pictures are alike, and has a worker lay them out. */
  async #layOut(laid: Laid): Promise<void> {
    const { collection, count } = laid;
    const numbers: number[][] = [];
    const distances: number[][] = [];
    const near = Math.min(NEIGHBOURS, count - 2);
    for (let number = 0; number < count; number += 1) {
      const alike = await collection.nearest(number, near);
      if (this.#laid !== laid) return;
      numbers.push(alike.map(({ index }) => index));
      distances.push(alike.map(({ cosine }) => Math.max(0, 1 - cosine)));
      if (number % 20 === 0) this.#tell({ what: 'searching', share: number / count });
    }
    const worker = spawnLayout();
    this.#worker = worker;
    worker.addEventListener('error', () => this.session.fail(new Error(this.words.scatter)));
    worker.addEventListener('message', ({ data }: MessageEvent<LayoutReply>) => {
      if (this.#laid !== laid) return;
      if ('share' in data) {
        this.#tell({ what: 'placing', share: data.share });
        return;
      }
      worker.terminate();
      this.#laid = { ...laid, places: data.places };
      this.#doing = undefined;
      this.#spacing = spacingOf(data.places);
      this.#see(WHOLE);
    });
    worker.postMessage({ numbers, distances } satisfies Neighbours);
  }

  #tell(doing: { what: 'searching' | 'placing'; share: number }): void {
    this.#doing = doing;
    this.requestUpdate();
  }

  get #canvas(): HTMLCanvasElement | null {
    return this.find<HTMLCanvasElement>('canvas.scatter');
  }

  /** CSS pixels of the shorter side. */
  get #side(): number {
    const { clientWidth = 1, clientHeight = 1 } = this.#canvas ?? {};
    return Math.max(1, Math.min(clientWidth, clientHeight));
  }

  #see(plane: Plane): void {
    this.#plane = plane;
    const { places } = this.#laid ?? {};
    if (places !== undefined) this.#middle = nearest(places, plane.x, plane.y);
    this.requestUpdate();
  }

  #draw(): void {
    const canvas = this.#canvas;
    const context = canvas?.getContext('2d');
    const { places } = this.#laid ?? {};
    if (!canvas || !context || places === undefined) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const { devicePixelRatio: density } = window;
    canvas.width = width * density;
    canvas.height = height * density;
    context.scale(density, density);
    const scale = scaleOf(this.#plane, this.#side);
    const seen: { number: number; x: number; y: number }[] = [];
    for (let number = 0; number < places.length / 2; number += 1) {
      const x = width / 2 + ((places[number * 2] ?? 0) - this.#plane.x) * scale;
      const y = height / 2 + ((places[number * 2 + 1] ?? 0) - this.#plane.y) * scale;
      if (x > -60 && x < width + 60 && y > -60 && y < height + 60) seen.push({ number, x, y });
    }
    const { color } = getComputedStyle(canvas);
    const side = Math.min(LARGEST, Math.max(SMALLEST, scale * this.#spacing * CROWDED));
    for (const { number, x, y } of seen) {
      const picture = seen.length <= MOST_THUMBNAILS ? this.#pictureOf(number) : undefined;
      if (picture === undefined) {
        context.fillStyle = color;
        context.beginPath();
        context.arc(x, y, DOT, 0, 2 * Math.PI);
        context.fill();
      } else {
        const shrink = side / Math.max(picture.naturalWidth, picture.naturalHeight);
        const [wide, high] = [picture.naturalWidth * shrink, picture.naturalHeight * shrink];
        context.drawImage(picture, x - wide / 2, y - high / 2, wide, high);
      }
      if (number !== this.#middle) continue;
      context.strokeStyle = color;
      context.lineWidth = 2;
      context.strokeRect(x - side / 2 - 2, y - side / 2 - 2, side + 4, side + 4);
    }
  }

  /** A small picture; undefined until it has been loaded. */
  #pictureOf(number: number): HTMLImageElement | undefined {
    const file = this.session.items[number]?.file;
    const url = file && this.shared.thumbnails.of(file);
    if (!url) return undefined;
    const known = this.#pictures.get(url);
    if (known !== undefined) return known.complete && known.naturalWidth > 0 ? known : undefined;
    const picture = new Image();
    picture.addEventListener('load', () => this.#draw());
    picture.src = url;
    this.#pictures.set(url, picture);
    return undefined;
  }

  readonly #key = (event: KeyboardEvent): void => {
    const moves: Record<string, () => Plane> = {
      ArrowLeft: () => pan(this.#plane, this.#side, KEY_PAN, 0),
      ArrowRight: () => pan(this.#plane, this.#side, -KEY_PAN, 0),
      ArrowUp: () => pan(this.#plane, this.#side, 0, KEY_PAN),
      ArrowDown: () => pan(this.#plane, this.#side, 0, -KEY_PAN),
      '+': () => zoomAt(this.#plane, this.#side, STEP),
      '-': () => zoomAt(this.#plane, this.#side, 1 / STEP),
      '0': () => WHOLE,
    };
    const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
    if (move !== undefined) this.#see(move());
    else if (event.key === 'Enter' && this.#middle >= 0) void this.session.showLike(this.#middle);
    else return;
    event.preventDefault();
  };

  /** The wheel belongs to the page until the map has been clicked or reached by keyboard. */
  readonly #wheel = (event: WheelEvent): void => {
    const focused = this.find('canvas.scatter:focus') !== null;
    if (!focused && !event.ctrlKey) return;
    event.preventDefault();
    const { x, y } = this.#fromMiddle(event);
    this.#see(zoomAt(this.#plane, this.#side, 2 ** (-event.deltaY / 300), x, y));
  };

  readonly #grab = (event: PointerEvent): void => {
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.#grabbed = { x: event.offsetX, y: event.offsetY, moved: 0 };
  };

  readonly #drag = ({ offsetX: x, offsetY: y }: PointerEvent): void => {
    const grabbed = this.#grabbed;
    if (grabbed === undefined) return;
    const [byX, byY] = [x - grabbed.x, y - grabbed.y];
    this.#grabbed = { x, y, moved: grabbed.moved + Math.abs(byX) + Math.abs(byY) };
    this.#see(pan(this.#plane, this.#side, byX, byY));
  };

  readonly #release = (event: PointerEvent): void => {
    const grabbed = this.#grabbed;
    this.#grabbed = undefined;
    const { places } = this.#laid ?? {};
    if (grabbed === undefined || grabbed.moved > CLICK || places === undefined) return;
    const scale = scaleOf(this.#plane, this.#side);
    const { x, y } = this.#fromMiddle(event);
    const number = nearest(places, this.#plane.x + x / scale, this.#plane.y + y / scale);
    if (number >= 0) void this.session.showLike(number);
  };

  #fromMiddle({ offsetX, offsetY, currentTarget }: MouseEvent): { x: number; y: number } {
    const { clientWidth, clientHeight } = currentTarget as HTMLElement;
    return { x: offsetX - clientWidth / 2, y: offsetY - clientHeight / 2 };
  }
}

customElements.define('likeness-folder-scatter', ScatterView);
