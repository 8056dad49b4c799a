import { element } from './dom.ts';

/** One of the two places for an image: a file input with a preview. */
export class Slot {
  private readonly label: HTMLLabelElement;
  private readonly input: HTMLInputElement;
  private readonly preview: HTMLImageElement;
  private readonly noPreview: HTMLElement;
  private readonly caption: HTMLElement;
  private current: File | undefined;

  /**
   * @param name value of `data-slot`
   * @param onChange called whenever another image is here
   */
  constructor(
    name: 'a' | 'b',
    private readonly onChange: () => void,
  ) {
    this.label = element(`[data-slot="${name}"]`, HTMLLabelElement);
    this.input = element('input', HTMLInputElement, this.label);
    this.preview = element('img', HTMLImageElement, this.label);
    this.noPreview = element('.no-preview', HTMLElement, this.label);
    this.caption = element('.caption', HTMLElement, this.label);
    this.preview.addEventListener('load', () => this.showPreview(!this.rejected));
    // The comparison says what is wrong with it.
    this.preview.addEventListener('error', () => this.showPreview(false));
    this.input.addEventListener('change', () => {
      const [file] = this.input.files ?? [];
      if (file !== undefined) this.show(file);
      // Choosing the same file again counts as a choice.
      this.input.value = '';
    });
  }

  /** The image that is here. */
  get file(): File | undefined {
    return this.current;
  }

  /** Whether a node of the page belongs to this place. */
  contains(node: Node): boolean {
    return this.label.contains(node);
  }

  /** Width of the shown picture over its height. */
  get aspect(): number {
    const { naturalWidth, naturalHeight } = this.preview;
    return naturalHeight > 0 ? naturalWidth / naturalHeight : 1;
  }

  /** Lays something over the picture. */
  cover(overlay: HTMLElement): void {
    this.preview.after(overlay);
  }

  /** Puts an image here in place of the one before, and says so. */
  show(file: File): void {
    this.put(file);
    this.onChange();
  }

  /** Puts an image here, or takes the one that is here away, without a word. */
  put(file: File | undefined): void {
    this.current = file;
    this.markRejected(false);
    URL.revokeObjectURL(this.preview.src);
    if (file === undefined) this.preview.removeAttribute('src');
    else this.preview.src = URL.createObjectURL(file);
    this.preview.alt = file?.name ?? '';
    // Whether another one can be shown turns out when it has been decoded.
    if (file === undefined) this.preview.hidden = this.noPreview.hidden = true;
    this.caption.textContent = file?.name ?? '';
    this.label.classList.toggle('filled', file !== undefined);
  }

  private get rejected(): boolean {
    return this.label.classList.contains('rejected');
  }

  private markRejected(rejected: boolean): void {
    this.label.classList.toggle('rejected', rejected);
    this.input.setAttribute('aria-invalid', String(rejected));
  }

  private showPreview(shown: boolean): void {
    this.preview.hidden = !shown;
    this.noPreview.hidden = shown;
  }

  /**
   * What is here can't be read, as the comparison has found: browsers show a broken picture, or a part
   * of one, for files whose beginning alone is sound.
   */
  reject(): void {
    this.markRejected(true);
    this.showPreview(false);
  }

  /** Makes the next key go here. */
  focus(): void {
    this.input.focus();
  }
}
