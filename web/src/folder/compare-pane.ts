import { css, html, nothing, type TemplateResult } from 'lit';
import type { Shared } from './part.ts';
import { type CardActions, decisionButtons, pictureFacts } from './picture-card.ts';
import type { RankedGroup } from './review.ts';

export const compareStyles = css`
  .compare { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; }
  .beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 0.75rem; }
  .beside figure { display: grid; gap: 0.5rem; align-content: start; margin: 0; min-inline-size: 0; }
  .beside .frame { block-size: clamp(14rem, 55vh, 48rem); }
`;

/** A picture beside the one that stays for it. */
export class ComparePane {
  /** The picture that is compared with the one that stays. */
  other: number | undefined;
  readonly #urls = new Map<File, string>();

  constructor(
    private readonly shared: Shared,
    private readonly actions: CardActions,
    private readonly changed: () => void,
  ) {}

  isOpen({ members }: RankedGroup): boolean {
    return this.other !== undefined && members.includes(this.other);
  }

  /** Shows a picture; of the one that stays, beside the first other one. */
  open(group: RankedGroup, number: number): void {
    const keeper = this.shared.session.review.keeperOf(group);
    this.other = number === keeper ? group.members.find((other) => other !== keeper) : number;
    this.changed();
  }

  /** Shows the next picture of the group, or the one before. */
  step(group: RankedGroup, by: number): void {
    const keeper = this.shared.session.review.keeperOf(group);
    const others = group.members.filter((number) => number !== keeper);
    const at = others.indexOf(this.other ?? -1) + by;
    this.other = others[(at + others.length) % others.length];
    this.changed();
  }

  close(): void {
    this.other = undefined;
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
    this.changed();
  }

  render(group: RankedGroup): TemplateResult | typeof nothing {
    const { words, session } = this.shared;
    const { other } = this;
    if (other === undefined) return nothing;
    const keeper = session.review.keeperOf(group);
    const picture = (number: number): TemplateResult => html`<figure>
      <div class="frame"><img src=${this.#urlOf(number)} alt=${words.thumbnail(session.pathOf(number))} /></div>
      <figcaption>${pictureFacts(this.shared, group, number)}</figcaption>
      ${decisionButtons(this.shared, number, this.actions)}</figure>`;
    return html`<div class="compare" data-part="compare">
      <div class="row"><button data-part="back" @click=${() => history.back()}>${words.back}</button></div>
      <div class="beside">${picture(keeper)}${picture(other)}</div>
    </div>`;
  }

  #urlOf(number: number): string {
    const file = this.shared.session.items[number]?.file;
    if (file === undefined) return '';
    const url = this.#urls.get(file) ?? URL.createObjectURL(file);
    this.#urls.set(file, url);
    return url;
  }
}
