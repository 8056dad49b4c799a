/** Pixels of the long side. */
const SIDE = 192;
const KEPT = 400;
/** Larger ones, for the group that is looked at. */
const LARGE_SIDE = 640;
const LARGE_KEPT = 100;
const AT_ONCE = 2;
/** More than are in sight at once; what waits behind them has been scrolled past. */
const MOST_WAITING = 128;

/** How large a picture is shown. */
export type ThumbnailSize = 'small' | 'large';

interface Store {
  readonly side: number;
  readonly kept: number;
  readonly urls: Map<File, string>;
}

/** Small pictures made when they are first shown; the oldest are let go of. */
export class Thumbnails {
  readonly #stores: Readonly<Record<ThumbnailSize, Store>> = {
    small: { side: SIDE, kept: KEPT, urls: new Map() },
    large: { side: LARGE_SIDE, kept: LARGE_KEPT, urls: new Map() },
  };
  readonly #waiting: { readonly small: Set<File>; readonly large: Set<File> } = {
    small: new Set(),
    large: new Set(),
  };
  #running = 0;

  constructor(private readonly changed: () => void) {}

  /** The address of a small picture, or undefined until `changed` is called; empty where the browser can't draw it. */
  of(file: File, size: ThumbnailSize = 'small'): string | undefined {
    const url = this.#stores[size].urls.get(file);
    if (url === undefined) {
      this.#ask(file, this.#waiting[size]);
    }
    return url;
  }

  /** Lets go of those that were asked for longest ago: what is still shown asks again. */
  #ask(file: File, waiting: Set<File>): void {
    waiting.add(file);
    const [oldest = file] = waiting;
    if (waiting.size > MOST_WAITING) waiting.delete(oldest);
    this.#next();
  }

  dispose(): void {
    for (const size of ['small', 'large'] as const) {
      this.#waiting[size].clear();
      const { urls } = this.#stores[size];
      for (const url of urls.values()) URL.revokeObjectURL(url);
      urls.clear();
    }
  }

  /** Large ones first: somebody looks at them. */
  #next(): void {
    for (const size of ['large', 'small'] as const) {
      for (const file of this.#waiting[size]) {
        if (this.#running >= AT_ONCE) return;
        this.#waiting[size].delete(file);
        this.#running += 1;
        void this.#make(file, this.#stores[size]).finally(() => {
          this.#running -= 1;
          this.changed();
          this.#next();
        });
      }
    }
  }

  async #make(file: File, { side, kept, urls }: Store): Promise<void> {
    if (urls.has(file)) return;
    urls.set(file, '');
    try {
      const bitmap = await createImageBitmap(file, { resizeWidth: side, resizeQuality: 'medium' });
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
      bitmap.close();
      const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
      urls.set(file, URL.createObjectURL(blob));
    } catch {
      // What the browser can't draw keeps its name and no picture.
    }
    const [oldest] = urls;
    if (urls.size > kept && oldest !== undefined) {
      URL.revokeObjectURL(oldest[1]);
      urls.delete(oldest[0]);
    }
  }
}
