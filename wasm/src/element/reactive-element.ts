import { LitElement } from '#libraries/lit';

/** A style sheet of a reactive element, as Lit's `css` makes it. */
export interface ElementStyles {
  /** The rules. */
  readonly cssText: string;
  /** The same for `adoptedStyleSheets`, where the browser has them. */
  readonly styleSheet: CSSStyleSheet | undefined;
}

/** What `<image-likeness>` has of Lit's elements. Lit is inside the package, so its types name nothing of Lit's own. */
declare abstract class ReactiveElement extends HTMLElement {
  /** Whether the element has been rendered. */
  readonly hasUpdated: boolean;
  /** Where it is rendered: its shadow root. */
  readonly renderRoot: HTMLElement | DocumentFragment;
  /** Settles when everything that has changed is shown; false where that changed something again. */
  get updateComplete(): Promise<boolean>;
  /** Has the element rendered again, as if a property had had another value. */
  requestUpdate(name?: PropertyKey, oldValue?: unknown): void;
  /** Called by the document that the element enters. */
  connectedCallback(): void;
  /** Called by the document that the element leaves. */
  disconnectedCallback(): void;
}

/** The class that `<image-likeness>` extends. */
export const LitBase: typeof ReactiveElement = LitElement;
