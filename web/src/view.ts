import { LitElement } from 'lit';
import { onLanguage } from './language.ts';

/**
 * A view of the page: a Lit element that shows what a session knows, and draws itself anew when that or the
 * language has changed. It renders into the page itself, where the page's styles, labels and landmarks are.
 */
export abstract class View extends LitElement {
  /** @param sources what is shown */
  constructor(...sources: readonly { subscribe(listener: () => void): unknown }[]) {
    super();
    const render = (): void => this.requestUpdate();
    for (const source of sources) source.subscribe(render);
    onLanguage(render);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
