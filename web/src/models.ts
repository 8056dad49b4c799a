import {
  createLikeness,
  type Likeness,
  type LikenessOptions,
  type LoadProgress,
} from 'image-likeness';
import { fetchBeside, runtimeFor } from './beside.ts';
import { get } from './settings.ts';

/** What a caller of `change` may say. */
export interface ChangeOptions {
  /** Gives the loading up. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** The model that answers: at first the small one that is part of the page, later perhaps another. */
export class Models {
  private loading: Promise<Likeness> | undefined;
  private ready = false;

  /** @param onProgress told how far the first model has been loaded; undefined when that is over */
  constructor(private readonly onProgress: (progress: LoadProgress | undefined) => void) {}

  /** Whether a model is there, so that `current` gives it at once. */
  get arrived(): boolean {
    return this.ready;
  }

  /** The model that answers now; a load that failed is tried again by the next call. */
  current(): Promise<Likeness> {
    if (this.loading === undefined) {
      const loading = this.load().catch((error: unknown) => {
        if (this.loading === loading) this.loading = undefined;
        throw error;
      });
      this.loading = loading;
    }
    return this.loading;
  }

  /**
   * Puts another model in place of the one that answers, which stays if the other can't be loaded.
   * @returns the one before, for the caller to dispose of when nothing is asked of it any more
   */
  async change(id: string, options: ChangeOptions): Promise<Likeness | undefined> {
    const next = await createLikeness({
      model: id,
      modelUrl: packedModel(id),
      ...(await computingOptions()),
      ...threadOptions(),
      ...options,
    });
    if (options.signal.aborted) {
      await next.dispose();
      options.signal.throwIfAborted();
    }
    const previous = this.loading;
    this.loading = Promise.resolve(next);
    this.ready = true;
    return previous;
  }

  /** Goes back to the small model, made anew as the settings say. */
  async reset(): Promise<void> {
    const previous = this.loading;
    this.loading = undefined;
    this.ready = false;
    const likeness = await previous?.catch(() => undefined);
    await likeness?.dispose();
  }

  private async load(): Promise<Likeness> {
    try {
      const likeness = await createLikeness({
        ...(await computingOptions()),
        // The core has one thread for each image.
        ...(!['auto', 'core'].includes(get('backend')) && threadOptions()),
        onProgress: this.onProgress,
      });
      this.ready = true;
      return likeness;
    } finally {
      this.onProgress(undefined);
    }
  }
}

/** What computes, as the settings say. */
async function computingOptions(): Promise<Pick<LikenessOptions, 'backend' | 'runtime'>> {
  const backend = get('backend');
  const runtime = await runtimeFor(backend);
  return { backend, ...(runtime && { runtime }) };
}

/** Threads beyond these gain nothing: one forward pass has little to share out. */
const MOST_THREADS = 4;

/** How many threads work on one picture as the settings and the browser have it; 1 is none beside it. */
export function threadCount(): number {
  if (!crossOriginIsolated || get('threads') === 'off') return 1;
  return Math.min(navigator.hardwareConcurrency, MOST_THREADS);
}

/** One worker with all threads, or as many workers as the package thinks best. */
function threadOptions(): { readonly workers?: number; readonly threads?: number } {
  const threads = threadCount();
  return threads > 1 ? { workers: 1, threads } : {};
}

/**
 * Whether the site's list of models has this one. Where there is no list, and without a network, it may
 * be: the package keeps what it has once fetched.
 */
export async function mayHaveModel(id: string): Promise<boolean> {
  if (!navigator.onLine) return true;
  try {
    const response = await fetchBeside('models/index.json');
    const list: unknown = await response.json();
    return !Array.isArray(list) || list.includes(id);
  } catch {
    return true;
  }
}

/** Beside the page, models are compressed by ourselves: static hosts don't compress .onnx. */
export function packedModel(id: string): URL {
  return new URL(`models/${id}.onnx.gz`, document.baseURI);
}
