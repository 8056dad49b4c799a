import { LitElement } from 'lit';
import type { Figures } from './figures.ts';
import type { FolderSession } from './session.ts';
import type { Thumbnails } from './thumbnails.ts';
import type { FolderStrings } from './words.ts';

/** What all parts of the folder view share. */
export interface Shared {
  readonly session: FolderSession;
  readonly thumbnails: Thumbnails;
  /** In the document's language. */
  readonly words: FolderStrings;
  readonly figures: Figures;
}

/**
 * A part of the folder view. It draws into the view itself, where names and descriptions reach across parts; the view
 * draws it anew whenever anything has changed.
 */
export abstract class FolderPart extends LitElement {
  constructor(protected readonly shared: Shared) {
    super();
  }

  protected get session(): FolderSession {
    return this.shared.session;
  }

  protected get words(): FolderStrings {
    return this.shared.words;
  }

  protected get figures(): Figures {
    return this.shared.figures;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** The first element that a selector finds in this part. */
  protected find<E extends HTMLElement>(selector: string): E | null {
    return this.renderRoot.querySelector<E>(selector);
  }
}
