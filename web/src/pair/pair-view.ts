import { html, nothing, type TemplateResult } from 'lit';
import type { CompareView, LikenessCompare } from '../compare/compare-view.ts';
import { words } from '../language.ts';
import { get, onSettings, set } from '../settings.ts';
import { View } from '../view.ts';
import { Addresses } from './addresses.ts';
import { AnswerView } from './answer-view.ts';
import type { CameraView } from './camera-view.ts';
import type { DetailsView } from './details-view.ts';
import type { FullModel } from './full-model.ts';
import { ModelView } from './model-view.ts';
import { PlacesView } from './places-view.ts';
import type { PairSession, Place } from './session.ts';

/** The page's view of two pictures. */
export class PairView extends View {
  readonly #addresses = new Addresses();
  readonly #answer: AnswerView;
  readonly #places: PlacesView;
  readonly #model: ModelView;
  #compare: LikenessCompare | undefined;
  #details: DetailsView | undefined;
  #loading: Promise<void> | undefined;
  #camera: CameraView | undefined;

  constructor(
    private readonly session: PairSession,
    full: FullModel,
  ) {
    super(session);
    this.#answer = new AnswerView(session);
    this.#places = new PlacesView(session, this.#addresses, () => this.#openCamera());
    this.#model = new ModelView(full);
    onSettings(() => this.requestUpdate());
  }

  /** The place that a node of the page belongs to. */
  placeOf(node: Node | undefined): Place | undefined {
    return this.#places.placeOf(node);
  }

  protected override willUpdate(): void {
    const { answer } = this.session;
    if (answer !== undefined && this.#compare === undefined) this.#loading ??= this.#loadCompare();
  }

  protected override render(): TemplateResult {
    const { pair, phase, answer } = this.session;
    const compare = pair === undefined || phase.kind === 'failed' ? undefined : this.#compare;
    this.#places.small = compare !== undefined;
    if (compare !== undefined) this.#show(compare);
    if (answer !== undefined && pair !== undefined) {
      this.#details?.show(answer, pair, this.session.sizes[0]);
    }
    return html`
      ${this.#answer}
      ${this.#places}
      ${compare ?? nothing}
      <details class="details" data-testid="details" ?hidden=${answer === undefined}
        @toggle=${this.#loadDetails}>
        <summary>${words().page.details}</summary>
        ${this.#details ?? nothing}
      </details>
      ${this.#model}
      ${this.#camera ?? nothing}`;
  }

  protected override updated(): void {
    this.#addresses.keep(this.session.files);
  }

  #show(compare: LikenessCompare): void {
    const { pair, answer } = this.session;
    if (pair === undefined) return;
    const [a, b] = pair.map((file) => ({ src: this.#addresses.of(file), name: file.name }));
    if (a === undefined || b === undefined) return;
    const evidence = answer?.comparison.evidence;
    const { pair: before } = compare;
    const same =
      before?.pictures[0].src === a.src &&
      before.pictures[1].src === b.src &&
      before.evidence === evidence;
    if (!same) compare.pair = { pictures: [a, b], evidence };
    compare.view = get('pictures');
    compare.requestUpdate();
  }

  /** The compare view, when there is an answer. */
  async #loadCompare(): Promise<void> {
    try {
      const { LikenessCompare: Compare } = await import('../compare/compare-view.ts');
      define('likeness-compare', Compare);
      const compare = new Compare();
      compare.explain = (first, second) => this.session.explain(first, second);
      compare.addEventListener('view-change', (event) => {
        set('pictures', (event as CustomEvent<CompareView>).detail);
      });
      this.#compare = compare;
      this.requestUpdate();
    } catch {
      // The answer stands; the next one tries again.
      this.#loading = undefined;
    }
  }

  /** What the details say, when they are unfolded. */
  async #loadDetails({ target }: Event): Promise<void> {
    if (!(target instanceof HTMLDetailsElement) || !target.open || this.#details) return;
    const { DetailsView: Details } = await import('./details-view.ts');
    define('likeness-details', Details);
    this.#details ??= new Details();
    this.requestUpdate();
  }

  async #openCamera(): Promise<void> {
    if (this.#camera === undefined) {
      const { CameraView: Camera } = await import('./camera-view.ts');
      define('likeness-camera', Camera);
      this.#camera = new Camera((picture, place) => this.session.receive([picture], place));
      this.requestUpdate();
      await this.updateComplete;
    }
    const [a, b] = this.session.files;
    await this.#camera.open(a !== undefined && b === undefined ? 1 : 0);
  }
}

function define(name: string, element: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) customElements.define(name, element);
}

/** Defines the elements of the view; a bundler would drop a module of which only that is wanted. */
export function definePairView(): void {
  customElements.define('likeness-answer', AnswerView);
  customElements.define('likeness-places', PlacesView);
  customElements.define('likeness-model', ModelView);
  customElements.define('likeness-pair', PairView);
}
