import type { LikenessCompare } from '../compare/compare-view.ts';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { Shared } from './part.ts';
import { type CardActions, decisionButtons, pictureFacts } from './picture-card.ts';
import type { RankedGroup } from './review.ts';

export const compareStyles = css`
  .compare { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; }
  likeness-compare { --compare-height: clamp(14rem, 46vh, 60rem); }
  .beside { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; }
  .beside > div { display: grid; gap: 0.5rem; align-content: space-between; min-inline-size: 0; }
  .beside > div > p { font-weight: 600; }
`;

/** A picture beside the one that stays, in the compare view, which is loaded when it is first asked for. */
export class ComparePane {
  /** The picture that somebody wanted to see. */
  other: number | undefined;
  #view: LikenessCompare | undefined;
  #loading: Promise<void> | undefined;
  /** What the compare view shows: the one that stays, and the other. */
  #pair: readonly [number, number] | undefined;
  readonly #urls = new Map<File, string>();

  constructor(
    private readonly shared: Shared,
    private readonly actions: CardActions,
    private readonly changed: () => void,
  ) {}

  isOpen({ members }: RankedGroup): boolean {
    return this.other !== undefined && members.includes(this.other);
  }

  /** The picture that is beside the one that stays: another one as soon as the one that was wanted stays itself. */
  compared(group: RankedGroup): number | undefined {
    const keeper = this.shared.session.review.keeperOf(group);
    return this.other === keeper ? group.members.find((other) => other !== keeper) : this.other;
  }

  /** Shows a picture; of the one that stays, beside the first other one. */
  open(group: RankedGroup, number: number): void {
    this.other = number;
    this.other = this.compared(group);
    this.#loading ??= this.#load();
    this.changed();
  }

  /** Shows the next picture of the group, or the one before. */
  step(group: RankedGroup, by: number): void {
    const keeper = this.shared.session.review.keeperOf(group);
    const others = group.members.filter((number) => number !== keeper);
    const at = others.indexOf(this.compared(group) ?? -1) + by;
    this.other = others[(at + others.length) % others.length];
    this.changed();
  }

  close(): void {
    this.other = undefined;
    this.#pair = undefined;
    if (this.#view !== undefined) this.#view.pair = undefined;
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
    this.changed();
  }

  render(group: RankedGroup): TemplateResult | typeof nothing {
    const { words, session } = this.shared;
    const keeper = session.review.keeperOf(group);
    const compared = this.compared(group);
    if (compared === undefined) return nothing;
    this.#show(keeper, compared);
    const about = (number: number): TemplateResult => html`<div>
      ${pictureFacts(this.shared, group, number)} ${decisionButtons(this.shared, number, this.actions)}</div>`;
    return html`<div class="compare" data-part="compare">
      <div class="row"><button data-part="back" @click=${() => history.back()}>${words.back}</button></div>
      ${this.#view ?? html`<p class="faint">${words.comparing}</p>`}
      <div class="beside">${about(keeper)}${about(compared)}</div>
    </div>`;
  }

  async #load(): Promise<void> {
    try {
      const { LikenessCompare: Compare } = await import('../compare/compare-view.ts');
      const name = 'likeness-compare';
      if (customElements.get(name) === undefined) customElements.define(name, Compare);
      const view = new Compare();
      view.explain = async (first, second) => {
        const likeness = await this.shared.session.likeness;
        if (likeness === undefined) throw new Error('The folder has been closed.');
        return likeness.compare(first, second, { explain: true });
      };
      this.#view = view;
    } catch (error) {
      // The next time tries again.
      this.#loading = undefined;
      this.shared.session.fail(error);
    }
    this.changed();
  }

  /** Has the compare view show two pictures, at once; over each other as soon as it is known how they lie. */
  #show(keeper: number, other: number): void {
    const view = this.#view;
    if (view === undefined) return;
    if (this.#pair?.[0] === keeper && this.#pair[1] === other) {
      view.requestUpdate();
      return;
    }
    const pair = [keeper, other] as const;
    this.#pair = pair;
    const { session } = this.shared;
    const picture = (number: number) => ({
      src: this.#urlOf(number),
      name: session.pathOf(number),
    });
    const pictures = [picture(keeper), picture(other)] as const;
    view.pair = { pictures };
    void session.compare(keeper, other).then((similarity) => {
      if (this.#pair === pair) view.pair = { pictures, evidence: similarity?.evidence };
    });
  }

  #urlOf(number: number): string {
    const file = this.shared.session.items[number]?.file;
    if (file === undefined) return '';
    const url = this.#urls.get(file) ?? URL.createObjectURL(file);
    this.#urls.set(file, url);
    return url;
  }
}
