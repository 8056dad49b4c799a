import { LikenessError, type ModelInfo } from 'image-likeness';
import type { ChangeOptions } from '../models.ts';
import type { SettingValue } from '../settings.ts';

/** What becomes of the full model. */
export type FullModelState =
  | { readonly kind: 'idle' | 'missing' }
  | { readonly kind: 'loading'; readonly share: number }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What getting the full model depends on. */
export interface FullModelWorld {
  /** Loads the model of that id and makes it the one that answers. */
  readonly change: (id: string, options: ChangeOptions) => Promise<void>;
  /** Which model the visitor wants. */
  readonly choice: () => SettingValue<'model'>;
  readonly choose: (model: SettingValue<'model'>) => void;
  /** Whether the visitor asked that no data be spent unasked. */
  readonly savesData: () => boolean;
  /** Whether this site has the model, or may have it. */
  readonly mayHave: (id: string) => Promise<boolean>;
}

/**
 * Gets the full model where there is one: by itself after the first answer unless the visitor saves data or
 * said no, else when asked. Knows no document.
 */
export class FullModel {
  #model: ModelInfo | undefined;
  #answered = false;
  #there: boolean | undefined;
  #state: FullModelState = { kind: 'idle' };
  #underWay: AbortController | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly world: FullModelWorld) {}

  /** The model that answers now. */
  get model(): ModelInfo | undefined {
    return this.#model;
  }

  get state(): FullModelState {
    return this.#state;
  }

  /** Whether there is an answer that the model could be asked about. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Whether the full model can be asked for: it is here or may be, and neither answers nor loads. */
  get offered(): boolean {
    return (
      this.#model?.fullModel !== undefined &&
      this.#answered &&
      this.#there === true &&
      this.#state.kind !== 'loading'
    );
  }

  /** Whether it isn't loaded because data is being saved. */
  get savesData(): boolean {
    return this.#answered && this.world.choice() === 'auto' && this.world.savesData();
  }

  /** Calls `listener` whenever anything has changed. */
  subscribe(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Another model answers; the full one is loaded if that is wanted from the start. */
  showModel(model: ModelInfo): void {
    this.#model = model;
    this.#tell();
    this.consider();
  }

  /** The visitor has an answer: now there is time for the full model. */
  afterAnswer(): void {
    if (this.#answered) return;
    this.#answered = true;
    this.consider();
  }

  /** The visitor asks for it. */
  ask(): void {
    this.#show({ kind: 'idle' });
    this.world.choose('mobilenetv2');
  }

  /** The visitor does not want it. */
  refuse(): void {
    this.world.choose('mobilenetv2-lite');
  }

  /** Gives up loading. */
  cancel(): void {
    this.#underWay?.abort();
    this.#underWay = undefined;
    this.#show({ kind: 'idle' });
  }

  /** The visitor's choice may have changed. */
  consider(): void {
    const choice = this.world.choice();
    if (choice === 'mobilenetv2-lite') this.cancel();
    else if (choice === 'mobilenetv2' || (this.#answered && !this.world.savesData())) {
      void this.#start();
    }
    void this.#look();
  }

  /** Finds out whether there is one to be offered. */
  async #look(): Promise<void> {
    const id = this.#model?.fullModel;
    if (id === undefined || !this.#answered || this.#there !== undefined) return;
    this.#there = await this.world.mayHave(id);
    this.#tell();
  }

  async #start(): Promise<void> {
    const id = this.#model?.fullModel;
    if (id === undefined || this.#underWay !== undefined || this.#state.kind !== 'idle') return;
    const underWay = new AbortController();
    this.#underWay = underWay;
    this.#show({ kind: 'loading', share: 0 });
    const { signal } = underWay;
    const show = (state: FullModelState): void => {
      if (!signal.aborted) this.#show(state);
    };
    try {
      // One that the visitor asked for by name is asked for, whatever the list says.
      if (this.world.choice() === 'auto' && !(await this.world.mayHave(id))) {
        this.#there = false;
        show({ kind: 'missing' });
        return;
      }
      await this.world.change(id, {
        signal,
        onProgress: ({ phase, loaded, total }) => {
          if (phase === 'model') show({ kind: 'loading', share: loaded / total });
        },
      });
      show({ kind: 'idle' });
    } catch (error) {
      show(this.#stateAfter(error));
    } finally {
      if (this.#underWay === underWay) this.#underWay = undefined;
    }
  }

  /** A site without the full model is nothing to be alarmed about, unless the visitor asked for it. */
  #stateAfter(error: unknown): FullModelState {
    const missing = error instanceof LikenessError && error.code === 'model-load-failed';
    return missing && this.world.choice() === 'auto'
      ? { kind: 'missing' }
      : { kind: 'failed', error };
  }

  #show(state: FullModelState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
