import { html, nothing, type TemplateResult } from 'lit';
import type { CompareView, ComparedPair, LikenessCompare } from '../compare/compare-view.ts';
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

/** What is loaded when there is an answer. */
interface Evidence {
  readonly compare: LikenessCompare;
  readonly details: DetailsView;
}

/** The page's view of two pictures. */
export class PairView extends View {
  readonly #addresses = new Addresses();
  readonly #answer: AnswerView;
  readonly #places: PlacesView;
  readonly #model: ModelView;
  #evidence: Evidence | undefined;
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
    if (answer !== undefined && this.#evidence === undefined) this.#loading ??= this.#load();
  }

  protected override render(): TemplateResult {
    const { pair, phase, answer } = this.session;
    const evidence = phase.kind === 'failed' ? undefined : this.#evidence;
    const compared = pair === undefined ? undefined : evidence;
    this.#places.small = compared !== undefined;
    this.toggleAttribute('data-compared', compared !== undefined);
    if (compared !== undefined) this.#show(compared);
    return html`
      ${this.#answer}
      ${this.#places}
      ${compared?.compare ?? nothing}
      ${answer === undefined ? nothing : (evidence?.details ?? nothing)}
      ${this.#model}
      ${this.#camera ?? nothing}`;
  }

  protected override updated(): void {
    this.#addresses.keep(this.session.files);
  }

  #show({ compare, details }: Evidence): void {
    const { pair, answer, sizes } = this.session;
    if (pair === undefined) return;
    const [a, b] = pair.map((file) => ({ src: this.#addresses.of(file), name: file.name }));
    if (a === undefined || b === undefined) return;
    const evidence = answer?.comparison.evidence;
    const { pair: before } = compare;
    const same =
      before?.pictures[0].src === a.src &&
      before.pictures[1].src === b.src &&
      before.evidence === evidence;
    if (!same) {
      const next: ComparedPair = {
        pictures: [a, b],
        evidence,
        explain: (first, second) => this.session.explain(first, second),
      };
      compare.pair = next;
    }
    compare.view = get('pictures');
    compare.requestUpdate();
    if (answer !== undefined) details.show(answer, pair, sizes[0]);
  }

  /** The code that shows evidence, when there is some. */
  async #load(): Promise<void> {
    try {
      const [{ LikenessCompare }, { DetailsView }] = await Promise.all([
        import('../compare/compare-view.ts'),
        import('./details-view.ts'),
      ]);
      customElements.define('likeness-compare', LikenessCompare);
      customElements.define('likeness-details', DetailsView);
      const compare = new LikenessCompare();
      compare.addEventListener('view-change', (event) => {
        set('pictures', (event as CustomEvent<CompareView>).detail);
      });
      this.#evidence = { compare, details: new DetailsView() };
      this.requestUpdate();
    } catch {
      // The answer stands; the next one tries again.
      this.#loading = undefined;
    }
  }

  async #openCamera(): Promise<void> {
    if (this.#camera === undefined) {
      const { CameraView: Camera } = await import('./camera-view.ts');
      if (customElements.get('likeness-camera') === undefined) {
        customElements.define('likeness-camera', Camera);
      }
      this.#camera = new Camera((picture, place) => this.session.receive([picture], place));
      this.requestUpdate();
      await this.updateComplete;
    }
    const [a, b] = this.session.files;
    await this.#camera.open(a !== undefined && b === undefined ? 1 : 0);
  }
}

/** Defines the elements of the view; a bundler would drop a module of which only that is wanted. */
export function definePairView(): void {
  customElements.define('likeness-answer', AnswerView);
  customElements.define('likeness-places', PlacesView);
  customElements.define('likeness-model', ModelView);
  customElements.define('likeness-pair', PairView);
}
