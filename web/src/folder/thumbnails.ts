/** Pixels of the long side. */
const SIDE = 192;
const KEPT = 400;
const AT_ONCE = 2;

/** Small pictures made when they are first shown; the oldest are let go of. */
export class Thumbnails {
  #urls = new Map<File, string>();
  #waiting = new Set<File>();
  #running = 0;

  constructor(private readonly changed: () => void) {}

  /** The address of a small picture, or undefined until `changed` is called. */
  of(file: File): string | undefined {
    const url = this.#urls.get(file);
    if (url === undefined) {
      this.#waiting.add(file);
      this.#next();
    }
    return url;
  }

  dispose(): void {
    this.#waiting.clear();
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }

  #next(): void {
    for (const file of this.#waiting) {
      if (this.#running >= AT_ONCE) return;
      this.#waiting.delete(file);
      this.#running += 1;
      void this.#make(file).finally(() => {
        this.#running -= 1;
        this.changed();
        this.#next();
      });
    }
  }

  async #make(file: File): Promise<void> {
    if (this.#urls.has(file)) return;
    this.#urls.set(file, '');
    try {
      const bitmap = await createImageBitmap(file, { resizeWidth: SIDE, resizeQuality: 'medium' });
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
      bitmap.close();
      const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
      this.#urls.set(file, URL.createObjectURL(blob));
    } catch {
      // What the browser can't draw keeps its name and no picture.
    }
    const [oldest] = this.#urls;
    if (this.#urls.size > KEPT && oldest !== undefined) {
      URL.revokeObjectURL(oldest[1]);
      this.#urls.delete(oldest[0]);
    }
  }
}
