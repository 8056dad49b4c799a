import type { MatchMap } from 'image-likeness';
import { drawLegend, MatchMapPair, matchMapStyles } from 'image-likeness/display';
import { element } from './dom.ts';
import { onLanguage, words } from './language.ts';
import type { Slot } from './slot.ts';

/**
 * Shows where the likeness comes from: a heat map over each picture; the cell under the pointer or
 * with the focus lights up its partners in the other picture, and a line of text has the numbers.
 */
export class MatchMapView {
  private readonly toggle = element('[data-testid="explain"]', HTMLButtonElement);
  private readonly legend = element('.legend', HTMLElement);
  private readonly readout = element('[data-testid="cell"]', HTMLElement);
  /** Whether the visitor wants to see maps. */
  private open = false;
  private map: MatchMap | undefined;
  private pair: MatchMapPair | undefined;

  constructor(private readonly slots: readonly [Slot, Slot]) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(matchMapStyles);
    document.adoptedStyleSheets.push(sheet);
    drawLegend(element('canvas', HTMLCanvasElement, this.legend));
    this.toggle.addEventListener('click', () => {
      this.open = !this.open;
      this.render();
    });
    onLanguage(() => this.render());
  }

  /** Takes the map of a new comparison, or none; when the view is open, it shows at once. */
  update(map: MatchMap | undefined): void {
    this.map = map;
    this.toggle.hidden = map === undefined;
    this.render();
  }

  private render(): void {
    const { slots } = this;
    const shown = this.open ? this.map : undefined;
    this.toggle.setAttribute('aria-pressed', String(this.open));
    this.pair?.remove();
    this.pair = undefined;
    this.legend.hidden = shown === undefined;
    this.readout.hidden = shown === undefined;
    if (shown === undefined) return;
    this.pair = new MatchMapPair(shown, {
      aspects: [slots[0].aspect, slots[1].aspect],
      ...words().matchMap,
      onRead: (sentence) => {
        this.readout.textContent = sentence;
      },
    });
    for (const [index, overlay] of this.pair.overlays.entries()) slots[index]?.cover(overlay);
  }
}
