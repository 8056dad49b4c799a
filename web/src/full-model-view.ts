import { LikenessError, type ModelInfo } from 'image-likeness';
import { IN_ONE_FILE } from './beside.ts';
import { element } from './dom.ts';
import { onLanguage, words } from './language.ts';
import { type ChangeOptions, mayHaveModel } from './models.ts';
import { get, onSettings, set } from './settings.ts';
import { describeError, showProblem } from './words.ts';

/** Gets a model, and puts it beside the built page. */
const fetchCommand = (id: string): string => `npm run models -- fetch ${id}`;

type State =
  | { readonly kind: 'idle' | 'missing' }
  | { readonly kind: 'loading'; readonly share: number }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Says which model answers and what it is good for, and gets the full one where there is one: by itself
 * after the first answer unless the visitor saves data or said no, else when asked.
 */
export class FullModelView {
  private readonly root = element('[data-testid="model"]', HTMLElement);
  private readonly text = element('[data-testid="model-text"]', HTMLElement);
  private readonly note = element('[data-testid="full-model-note"]', HTMLElement);
  private readonly progress = element('[data-testid="full-model-progress"]', HTMLProgressElement);
  private readonly button = element('[data-testid="full-model"]', HTMLButtonElement);
  private readonly refusal = element('[data-testid="refuse-full-model"]', HTMLButtonElement);
  private readonly problem = element('[data-testid="full-model-error"]', HTMLElement);
  private model: ModelInfo | undefined;
  private answered = false;
  private state: State = { kind: 'idle' };
  private underWay: AbortController | undefined;

  /** @param change loads the model of that id and makes it the one that answers */
  constructor(private readonly change: (id: string, options: ChangeOptions) => Promise<void>) {
    this.button.addEventListener('click', () => {
      this.show({ kind: 'idle' });
      set('model', 'mobilenetv2');
    });
    this.refusal.addEventListener('click', () => {
      set('model', 'mobilenetv2-lite');
      // The button that had the focus is gone.
      this.button.focus();
    });
    onSettings(() => this.consider());
    onLanguage(() => this.render());
  }

  /** Shows the model that answers, and loads the full one if that is wanted from the start. */
  showModel(model: ModelInfo): void {
    this.model = model;
    this.root.hidden = false;
    this.render();
    this.consider();
  }

  /** The visitor has an answer: now there is time for the full model. */
  afterAnswer(): void {
    this.answered = true;
    this.consider();
  }

  /** Gives up loading. */
  cancel(): void {
    this.underWay?.abort();
    this.underWay = undefined;
    this.show({ kind: 'idle' });
  }

  private consider(): void {
    const choice = get('model');
    if (choice === 'mobilenetv2-lite') this.cancel();
    else if (choice === 'mobilenetv2' || (this.answered && !savesData())) this.start();
    this.render();
  }

  private async start(): Promise<void> {
    const id = this.model?.fullModel;
    if (id === undefined || this.underWay !== undefined || this.state.kind !== 'idle') return;
    const underWay = new AbortController();
    this.underWay = underWay;
    this.show({ kind: 'loading', share: 0 });
    const { signal } = underWay;
    const show = (state: State): void => {
      if (!signal.aborted) this.show(state);
    };
    try {
      // One that the visitor asked for by name is asked for, whatever the list says.
      if (IN_ONE_FILE || (get('model') === 'auto' && !(await mayHaveModel(id)))) {
        show({ kind: 'missing' });
        return;
      }
      await this.change(id, {
        signal,
        onProgress: ({ phase, loaded, total }) => {
          if (phase === 'model') show({ kind: 'loading', share: loaded / total });
        },
      });
      show({ kind: 'idle' });
    } catch (error) {
      show(this.stateAfter(error));
    } finally {
      if (this.underWay === underWay) this.underWay = undefined;
    }
  }

  /** A site without the full model is nothing to be alarmed about, unless the visitor asked for it. */
  private stateAfter(error: unknown): State {
    const missing = error instanceof LikenessError && error.code === 'model-load-failed';
    return missing && get('model') === 'auto' ? { kind: 'missing' } : { kind: 'failed', error };
  }

  private show(state: State): void {
    this.state = state;
    this.render();
  }

  private render(): void {
    const { model, state } = this;
    if (model === undefined) return;
    const loading = state.kind === 'loading';
    this.text.textContent = words().model(model.title, words().purpose(model));
    this.button.hidden = model.fullModel === undefined || loading || IN_ONE_FILE;
    this.refusal.hidden = !loading;
    this.progress.hidden = !loading;
    if (loading) this.progress.value = state.share;
    const note = this.describe(state, model);
    // A screen reader would say the same text again.
    if (this.note.textContent !== note) this.note.textContent = note;
    showProblem(this.problem, state.kind === 'failed' ? describeError(state.error) : undefined);
  }

  private describe(state: State, { fullModel }: ModelInfo): string {
    const { fullModelLoading, fullModelMissing, fullModelNotInFile, savingData } = words();
    if (fullModel === undefined) return '';
    if (state.kind === 'loading') return fullModelLoading;
    if (state.kind === 'missing') {
      return IN_ONE_FILE ? fullModelNotInFile : fullModelMissing(fetchCommand(fullModel));
    }
    return this.answered && get('model') === 'auto' && savesData() ? savingData : '';
  }
}

/** Whether the visitor asked that no data be spent unasked. */
function savesData(): boolean {
  const { connection } = navigator as { connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true || matchMedia('(prefers-reduced-data: reduce)').matches;
}
