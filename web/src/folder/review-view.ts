import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { ComparePane } from './compare-pane.ts';
import { GroupList } from './group-list.ts';
import { pairTable } from './pair-table.ts';
import { FolderPart, type Shared } from './part.ts';
import { type CardActions, pictureCard } from './picture-card.ts';
import { type Group, MOST_EVIDENCE } from './result.ts';
import {
  type Decision,
  REVIEW_KINDS,
  type RankedGroup,
  type ReviewGroup,
  type ReviewKind,
} from './review.ts';

/** Pictures of a group that are shown at a time. */
const PAGE = 48;

/** So many pictures of a group are shown larger. */
const FEW = 3;

export const reviewStyles = css`
  .review .panes { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; align-items: start; }
  .review .group { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; min-inline-size: 0; }
  .kinds { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; margin: 0; padding: 0; border: 0; min-inline-size: 0; }
  .kinds legend { float: inline-start; padding: 0; margin-inline-end: 0.75rem; color: var(--faint); }
  .keys { display: flex; flex-wrap: wrap; gap: 0.25rem 0.9rem; color: var(--faint); font-size: 0.875rem; }
  kbd { display: inline-block; min-inline-size: 1.5rem; padding-inline: 0.35rem; border: 1px solid var(--edge-strong); border-radius: 0.3rem;
    background: var(--paper); color: var(--ink); font: inherit; text-align: center; }
  @media (min-width: 62rem) {
    .review .panes { grid-template-columns: 17rem minmax(0, 1fr); }
    .review .groups { order: -1; position: sticky; inset-block-start: 1rem; }
    .review .groups ol { --list-height: calc(100vh - 6rem); }
  }
  @media (pointer: coarse) { .keys { display: none; } }
`;

/** One group at a time, large, with the decision about each of its pictures; and all groups beside it. */
export class ReviewView extends FolderPart {
  readonly #list: GroupList;
  readonly #compare: ComparePane;
  #said = '';
  #shown = PAGE;
  /** The group that is drawn. */
  #group: string | undefined;
  readonly #actions: CardActions = {
    open: (number) => this.#open(number),
    decide: (number, decision) => this.#decide(number, decision),
    keepOnly: (number) => this.#keepOnly(number),
  };

  constructor(shared: Shared) {
    super(shared);
    this.#list = new GroupList(shared, () => this.requestUpdate());
    this.#compare = new ComparePane(shared, this.#actions, () => this.requestUpdate());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('popstate', this.#leave);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('popstate', this.#leave);
    this.#compare.close();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words, figures, session } = this;
    const { review } = session;
    if (session.items.length === 0) return nothing;
    const group = review.current;
    if (group?.key !== this.#group) {
      this.#group = group?.key;
      this.#shown = PAGE;
    }
    const { share } = session.search;
    return html`<section class="review" data-part="review" aria-label=${words.review} @keydown=${this.#key}>
      <fieldset class="kinds"><legend>${words.kinds}</legend>${REVIEW_KINDS.map((kind) => this.#kind(kind))}</fieldset>
      ${
        share === undefined
          ? nothing
          : html`<p class="faint" data-part="searching">${words.searching(figures.share(share))}</p>
            <progress aria-label=${words.alike} .value=${share}></progress>`
      }
      <p role="status" class="hidden-text" data-part="said">${this.#said}</p>
      ${
        group === undefined
          ? html`<p class="faint">${session.busy ? words.noGroups : words.noneFound}</p>`
          : html`<div class="panes">${this.#groupOf(group)}${this.#list.render((chosen) => this.#goTo(() => review.goTo(chosen.key)))}</div>`
      }
    </section>`;
  }

  protected override updated(): void {
    const group = this.session.review.current;
    const open = this.find<HTMLDetailsElement>('[data-part=evidence]')?.open === true;
    if (group !== undefined && open) void this.session.lookAt(asResult(group));
  }

  #kind(kind: ReviewKind): TemplateResult {
    const { words, figures, session } = this;
    const { review } = session;
    const searched = kind !== 'alike' || session.mode === 'alike';
    return html`<label><input type="checkbox" name="kind" value=${kind} .checked=${searched && review.shows(kind)}
      @change=${(event: Event) => {
        const { checked } = event.target as HTMLInputElement;
        if (kind === 'alike') session.mode = checked ? 'alike' : 'copies';
        review.show(kind, checked);
      }} />${words.kind[kind]}${searched ? html` <span class="faint">(${figures.number(review.count(kind))})</span>` : nothing}</label>`;
  }

  #groupOf(group: RankedGroup): TemplateResult {
    const { words, figures, session } = this;
    const { review, evidence } = session;
    const { kind, members, suggested, wins } = group;
    const count = review.shown.length;
    const place = figures.number(review.place + 1);
    const reasons =
      suggested === undefined
        ? []
        : evidence.reasons(suggested, members).map((reason) => words.reason[reason]);
    return html`<article class="group card" data-part="group" data-kind=${kind} aria-labelledby="group-title">
      <div class="row">
        <div><p class="faint">${words.groupOf(place, figures.number(count))}${wins > 0 ? ` · ${words.wins(figures.size(wins))}` : nothing}</p>
          <h2 id="group-title">${words.groupTitle[kind](figures.count(members.length))}</h2></div>
        <div class="row end">
          ${
            suggested === undefined
              ? nothing
              : html`<button data-part="keep-best" class="main" @click=${() => this.#keepBest()}>${words.keepBest}</button>`
          }
          <button data-part="keep-all" @click=${() => this.#keepAll()}>${words.keepAll}</button>
          <button data-part="previous" ?disabled=${review.place <= 0} @click=${() => this.#goTo(() => review.go(-1))}>${words.previous}</button>
          <button data-part="next" ?disabled=${review.place >= count - 1} @click=${() => this.#goTo(() => review.go(1))}>${words.next}</button>
        </div>
      </div>
      <p data-part="reason" class=${suggested === undefined ? 'faint' : ''}>${
        suggested === undefined
          ? words.noneSpare
          : words.suggestion(nameOf(session.pathOf(suggested)), figures.list(reasons))
      }</p>
      ${this.#compare.isOpen(group) ? this.#compare.render(group) : this.#cards(group)}
      ${this.#help()} ${this.#evidence(group)}
    </article>`;
  }

  #cards(group: RankedGroup): TemplateResult {
    const { members } = group;
    return html`<div class="cards" ?data-few=${members.length <= FEW} role="list" aria-labelledby="group-title">${repeat(
      members.slice(0, this.#shown),
      (number) => number,
      (number) => pictureCard(this.shared, group, number, this.#actions),
    )}</div>
      ${
        members.length > this.#shown
          ? html`<div><button @click=${() => {
              this.#shown += PAGE;
              this.requestUpdate();
            }}>${this.words.showMore}</button></div>`
          : nothing
      }`;
  }

  #help(): TemplateResult {
    const { keyNames, keys } = this.words;
    const key = (name: string, ...letters: string[]) =>
      html`<span>${letters.map((letter) => html`<kbd>${letter}</kbd> `)}${name}</span>`;
    return html`<p class="keys" data-part="keys"><span>${keys}:</span>
      ${key(keyNames.choose, '←', '→')} ${key(keyNames.keep, 'K')} ${key(keyNames.spare, 'S')} ${key(keyNames.only, 'O')}
      ${key(keyNames.best, 'B')} ${key(keyNames.next, 'N')} ${key(keyNames.previous, 'P')} ${key(keyNames.undo, 'U')}
      ${key(keyNames.compare, 'C')}</p>`;
  }

  /** What proves copies and variants is known; pairs that are alike only are looked at when asked for. */
  #evidence(reviewed: ReviewGroup): TemplateResult {
    const { words, figures, session } = this;
    const known = session.knownEvidence(asResult(reviewed));
    const count = Math.min(MOST_EVIDENCE, known?.length ?? reviewed.members.length - 1);
    const title = words.evidence(figures.number(count));
    return html`<details data-part="evidence" @toggle=${() => this.requestUpdate()}><summary>${title}</summary>
      ${known === undefined ? html`<p class="faint">${words.rating}</p>` : pairTable(this.shared, known.slice(0, MOST_EVIDENCE), title)}</details>`;
  }

  #decide(number: number, decision: Decision): void {
    const { words, session } = this;
    const { review } = session;
    const path = session.pathOf(number);
    const wanted = review.decisionOf(number) === decision ? undefined : decision;
    const done = review.decide(number, wanted);
    this.#say(done ? words.decidedNow(path, words.decisions[`${wanted}`]) : words.lastStays(path));
  }

  #keepOnly(number: number): void {
    const { review } = this.session;
    const group = review.current;
    if (group === undefined) return;
    review.keepOnly(group, number);
    this.#goOn();
  }

  #keepBest(): void {
    const { review } = this.session;
    const group = review.current;
    if (group?.suggested === undefined) return;
    review.keepBest([group]);
    this.#goOn();
  }

  #keepAll(): void {
    const { review } = this.session;
    const group = review.current;
    if (group === undefined) return;
    review.keepAll(group);
    this.#goOn();
  }

  /** To the next group that is not decided yet. */
  #goOn(): void {
    const { words, session } = this;
    const before = session.review.current?.key;
    this.#goTo(() => session.review.goToUndecided());
    if (session.review.current?.key === before) this.#say(words.allDecided);
  }

  /** Looks at another group; the focus goes there from what it was on. */
  #goTo(act: () => void): void {
    const { words, figures, session } = this;
    const { review } = session;
    const before = review.current;
    const within = this.find('[data-part=group]:focus-within') !== null;
    act();
    const group = review.current;
    if (group === undefined || group.key === before?.key) return;
    this.#compare.close();
    const place = words.groupOf(
      figures.number(review.place + 1),
      figures.number(review.shown.length),
    );
    this.#say(`${place}: ${words.groupTitle[group.kind](figures.count(group.members.length))}`);
    if (within) void this.#focusCard(0);
  }

  #open(number: number): void {
    const group = this.session.review.current;
    if (group === undefined) return;
    // The browser's own way back leads to the group.
    if (!this.#compare.isOpen(group)) history.pushState(history.state, '');
    this.#compare.open(group, number);
    void this.updateComplete.then(() => this.find('[data-part=back]')?.focus());
  }

  readonly #leave = (): void => {
    const group = this.session.review.current;
    if (group === undefined || !this.#compare.isOpen(group)) return;
    const { other } = this.#compare;
    this.#compare.close();
    void this.#focusCard(group.members.indexOf(other ?? -1));
  };

  readonly #key = (event: KeyboardEvent): void => {
    const { target, key, altKey, ctrlKey, metaKey } = event;
    const group = this.session.review.current;
    if (altKey || ctrlKey || metaKey || group === undefined) return;
    if (event.defaultPrevented || target instanceof HTMLInputElement) return;
    if (key.startsWith('Arrow') && event.composedPath().some(movesByArrows)) return;
    const act = this.#keyed(group, key.length === 1 ? key.toLowerCase() : key);
    if (act === undefined) return;
    event.preventDefault();
    act();
  };

  /** What a key does; undefined for one that does nothing here. */
  #keyed(group: RankedGroup, key: string): (() => void) | undefined {
    const { review } = this.session;
    const open = this.#compare.isOpen(group);
    const chosen = open ? this.#compare.compared(group) : this.#focused(group);
    const forward = getComputedStyle(this).direction === 'rtl' ? -1 : 1;
    const keys: Record<string, (() => void) | undefined> = {
      ArrowRight: () => this.#choose(group, forward),
      ArrowLeft: () => this.#choose(group, -forward),
      n: () => this.#goTo(() => review.go(1)),
      p: () => this.#goTo(() => review.go(-1)),
      b: () => this.#keepBest(),
      u: () => this.#step(() => review.undo()),
      r: () => this.#step(() => review.redo()),
      Escape: open ? () => history.back() : undefined,
      ...(chosen !== undefined && {
        k: () => this.#decide(chosen, 'keep'),
        s: () => this.#decide(chosen, 'spare'),
        o: () => this.#keepOnly(chosen),
        c: () => (open ? history.back() : this.#open(chosen)),
      }),
    };
    return Object.hasOwn(keys, key) ? keys[key] : undefined;
  }

  /** Takes a step back, or makes it again, and shows the group that it was about. */
  #step(act: () => void): void {
    this.#goTo(act);
    const { words, figures, session } = this;
    const { decided, groups, spare, bytes } = session.review.totals;
    this.#say(
      words.decidedCount(
        figures.count(decided),
        figures.count(groups),
        figures.count(spare),
        figures.size(bytes),
      ),
    );
  }

  /** The next picture of a group, or the one before. */
  #choose(group: RankedGroup, by: number): void {
    if (this.#compare.isOpen(group)) {
      this.#compare.step(group, by);
      return;
    }
    const { members } = group;
    const at = members.indexOf(this.#focused(group) ?? -1) + (by > 0 ? 1 : -1);
    void this.#focusCard(Math.min(members.length - 1, Math.max(0, at)));
  }

  /** The picture whose card has the focus. */
  #focused({ members }: RankedGroup): number | undefined {
    const card = this.find<HTMLElement>('.choice:focus-within .open');
    const number = Number(card?.dataset['number'] ?? -1);
    return members.includes(number) ? number : undefined;
  }

  async #focusCard(at: number): Promise<void> {
    this.requestUpdate();
    await this.updateComplete;
    this.renderRoot.querySelectorAll<HTMLElement>('.choice .open')[Math.max(0, at)]?.focus();
  }

  #say(text: string): void {
    this.#said = text;
    this.requestUpdate();
  }
}

customElements.define('likeness-folder-review', ReviewView);

/** Whether arrow keys mean something else there. */
function movesByArrows(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.matches('.scroll, likeness-compare');
}

/** A group as it was found. */
function asResult({ kind, members, suggested }: ReviewGroup): Group {
  if (kind === 'variants' || kind === 'alike') return { kind, members };
  return { kind: 'copies', members, ...(suggested !== undefined && { kept: suggested }) };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
