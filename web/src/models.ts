import { createLikeness, type Likeness, type LoadProgress } from 'image-likeness';
import { threadOptions } from './offline/isolation.ts';

/** The model that answers: at first the small one that is part of the page, later perhaps another. */
export class Models {
  private loading: Promise<Likeness> | undefined;

  /** @param onProgress told how far a model has been loaded; undefined when that is over */
  constructor(private readonly onProgress: (progress: LoadProgress | undefined) => void) {}

  /** The model that answers now; a load that failed is tried again by the next call. */
  current(): Promise<Likeness> {
    this.loading ??= this.load(undefined).catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  /**
   * Puts another model in place of the one that answers, which stays if the other can't be loaded.
   * @returns the one before, for the caller to dispose of when nothing is asked of it any more
   */
  async change(id: string): Promise<Likeness | undefined> {
    const next = await this.load(id);
    const previous = this.loading;
    this.loading = Promise.resolve(next);
    return previous;
  }

  private async load(id: string | undefined): Promise<Likeness> {
    try {
      return await createLikeness({
        ...(id !== undefined && { model: id, modelUrl: packedModel(id) }),
        ...threadOptions(),
        onProgress: this.onProgress,
      });
    } finally {
      this.onProgress(undefined);
    }
  }
}

/** Beside the page, models are compressed by ourselves: static hosts don't compress .onnx. */
function packedModel(id: string): URL {
  return new URL(`models/${id}.onnx.gz`, document.baseURI);
}
