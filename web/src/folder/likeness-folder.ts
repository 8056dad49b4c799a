import { createLikeness, type Likeness } from 'image-likeness';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { compareStyles } from './compare-pane.ts';
import { ExportsView } from './exports-view.ts';
import { Figures } from './figures.ts';
import type { FoundFile } from './files.ts';
import { groupListStyles } from './group-list.ts';
import { ImagesView, imagesStyles } from './images-view.ts';
import { IntakeView, intakeStyles } from './intake-view.ts';
import { LikeView } from './like-view.ts';
import { MatrixView, matrixStyles } from './matrix-view.ts';
import { MemoryView } from './memory-view.ts';
import type { FolderPart, Shared } from './part.ts';
import { cardStyles } from './picture-card.ts';
import { ReviewView, reviewStyles } from './review-view.ts';
import { ScatterView, scatterStyles } from './scatter-view.ts';
import { FolderSession } from './session.ts';
import { styles } from './styles.ts';
import { SummaryView, summaryStyles } from './summary-view.ts';
import { Thumbnails } from './thumbnails.ts';
import { tileStyles } from './tile.ts';
import { TuneView } from './tune-view.ts';
import { type FolderStrings, folderWords } from './words.ts';

/** Milliseconds that thumbnails wait for others to be shown with. */
const TOGETHER = 100;

/** Groups have more room than the rest of the page. */
const width = css`
  :host { inline-size: min(100vw - 4rem, 104rem); margin-inline: calc((100% - min(100vw - 4rem, 104rem)) / 2); }
  @media (max-width: 48rem) { :host { inline-size: auto; margin-inline: 0; } }
`;

/** The folder view. Its colours are the page's custom properties, its language that of the document. */
export class LikenessFolder extends LitElement {
  static override styles = [
    styles,
    width,
    intakeStyles,
    summaryStyles,
    reviewStyles,
    groupListStyles,
    cardStyles,
    compareStyles,
    tileStyles,
    imagesStyles,
    matrixStyles,
    scatterStyles,
  ];

  /** Makes the model; the page may put its own way here. The element disposes of what comes out. */
  createLikeness: () => Promise<Likeness> = () => createLikeness();

  readonly #session = new FolderSession(() => this.createLikeness());
  readonly #thumbnails = new Thumbnails(() => this.#updateSoon());
  #soon: ReturnType<typeof setTimeout> | undefined;
  readonly #parts: readonly FolderPart[];

  constructor() {
    super();
    const shared = new SharedParts(this.#session, this.#thumbnails);
    this.#parts = [
      new IntakeView(shared),
      new SummaryView(shared),
      new ReviewView(shared),
      new LikeView(shared),
      new TuneView(shared),
      new ScatterView(shared),
      new MatrixView(shared),
      new ImagesView(shared),
      new ExportsView(shared),
      new MemoryView(shared),
    ];
    for (const part of this.#parts) part.classList.add('part');
    this.#session.subscribe(() => this.requestUpdate());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#session.countMemory();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // An element that only moves is connected again before this runs.
    queueMicrotask(() => {
      if (!this.isConnected) void this.dispose();
    });
  }

  /** Ends what is under way and frees the model and all that was read; the next `add` starts anew. */
  async dispose(): Promise<void> {
    this.#thumbnails.dispose();
    await this.#session.dispose();
  }

  /**
   * Reads files and shows what belongs together; files of earlier calls stay, and those of a call during a reading
   * wait for its end. Resolves when all have been read or it was cancelled.
   */
  add(files: readonly FoundFile[]): Promise<void> {
    return this.#session.add(files);
  }

  /** Reads a directory that was chosen; what is spare in it can be moved. */
  open(directory: FileSystemDirectoryHandle): Promise<void> {
    return this.#session.open(directory);
  }

  /** Makes the model anew, and reads again with it what was added. */
  restart(): Promise<void> {
    return this.#session.restart();
  }

  protected override render(): TemplateResult {
    return html`${this.#parts}`;
  }

  protected override updated(): void {
    for (const part of this.#parts) part.requestUpdate();
  }

  protected override async getUpdateComplete(): Promise<boolean> {
    const done = await super.getUpdateComplete();
    await Promise.all(this.#parts.map(({ updateComplete }) => updateComplete));
    return done;
  }

  /** Thumbnails come many at a time. */
  #updateSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.requestUpdate();
    }, TOGETHER);
  }
}

class SharedParts implements Shared {
  constructor(
    readonly session: FolderSession,
    readonly thumbnails: Thumbnails,
  ) {}

  get words(): FolderStrings {
    return folderWords(language());
  }

  get figures(): Figures {
    return new Figures(language());
  }
}

function language(): string {
  return document.documentElement.lang || navigator.language;
}
