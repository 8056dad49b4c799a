import { createLikeness, type Likeness } from 'image-likeness';
import { packedModel } from '../models.ts';
import { get, onSettings } from '../settings.ts';
import { LikenessFolder } from './likeness-folder.ts';

/** The folder view as part of the page: it does as the page's settings say. */
export class PageFolder extends LikenessFolder {
  #made: string | undefined;

  constructor() {
    super();
    onSettings(() => this.#follow());
  }

  /**
   * One model reads a whole folder: the small one unless the full one was chosen. Threads, which share out
   * one picture, gain nothing where every worker has a picture of its own.
   */
  override createLikeness = (): Promise<Likeness> => {
    this.#made = readSettings();
    const full = get('model') === 'mobilenetv2';
    return createLikeness({
      ...(full && { model: 'mobilenetv2', modelUrl: packedModel('mobilenetv2') }),
      backend: get('backend'),
    });
  };

  #follow(): void {
    if (this.#made === undefined || this.#made === readSettings()) return;
    this.#made = undefined;
    void this.restart();
  }
}

/** What the model depends on. */
function readSettings(): string {
  return `${get('model') === 'mobilenetv2'} ${get('backend')}`;
}
