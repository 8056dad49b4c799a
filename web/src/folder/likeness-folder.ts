import { grid } from '@lit-labs/virtualizer/layouts/grid.js';
import { virtualize } from '@lit-labs/virtualizer/virtualize.js';
import { createLikeness, type Likeness } from 'image-likeness';
import type { EmbeddingFormat } from 'image-likeness/formats';
import { type Alike, LARGEST_MATRIX } from 'image-likeness/grouping';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { FolderCollection, type Pair } from './collection.ts';
import { asCsv, asJson, asScript, rowsOf } from './exports.ts';
import { Figures } from './figures.ts';
import { type FoundFile, fromDirectory, fromDrop, fromInput } from './files.ts';
import { Marks } from './marks.ts';
import { MatrixView } from './matrix-view.ts';
import { FolderMemory } from './memory.ts';
import {
  copiesFrom,
  evidenceOf,
  type Group,
  MOST_EVIDENCE,
  type Mode,
  type Result,
  similarFrom,
} from './result.ts';
import { SimilarSearch } from './similar-search.ts';
import { styles } from './styles.ts';
import { Thumbnails } from './thumbnails.ts';
import { type FolderStrings, folderWords } from './words.ts';

const PAGE = 24;
const IMAGE_LAYOUT = grid({
  itemSize: { width: '152px', height: '250px' },
  gap: '12px',
  padding: '4px',
});
/** Images of a group that are shown. */
const MOST_TILES = 50;
/** Images that "more like this" shows. */
const MOST_ALIKE = 12;
/** Unreadable files that are named. */
const MOST_UNREADABLE = 500;
/** Milliseconds between two looks at the results while they come in. */
const REFRESH = 400;
/** Milliseconds that thumbnails wait for others to be shown with. */
const TOGETHER = 100;

const NOTHING: Result = { pairs: 0, groups: [] };

type State = 'empty' | 'loading' | 'reading' | 'paused' | 'finished' | 'cancelled';

/** The folder view. Its colours are the page's custom properties, its language that of the document. */
export class LikenessFolder extends LitElement {
  static override styles = styles;

  /** Makes the model; the page may put its own way here. The element disposes of what comes out. */
  createLikeness: () => Promise<Likeness> = () => createLikeness();

  #memory = new FolderMemory();
  #thumbnails = new Thumbnails(() => this.#updateSoon());
  #soon: ReturnType<typeof setTimeout> | undefined;
  #matrix = new MatrixView(this);
  #search = new SimilarSearch(() => this.#regroup());
  #marks = new Marks();
  #likeness: Promise<Likeness> | undefined;
  #collection: FolderCollection | undefined;
  #controller: AbortController | undefined;
  #running: Promise<void> | undefined;
  #queue: FoundFile[] = [];
  /** All that was added, without what a cancelled reading left out. */
  #files: FoundFile[] = [];
  #result: Result = NOTHING;
  /** While the result is being made anew. */
  #regrouping: Promise<void> | undefined;
  /** Whether something has changed since that began. */
  #stale = false;
  #state: State = 'empty';
  #done = 0;
  #all = 0;
  #started = 0;
  #problem = '';
  #said = '';
  #mode: Mode = 'copies';
  #thresholds: Record<Mode, number> = { copies: 0, alike: 0 };
  #kept = new Map<number, number>();
  #shownGroups = PAGE;
  /** Pairs of groups of similar images that somebody wanted to see, by the group's images. */
  #evidence = new Map<string, readonly Pair[]>();
  #looking = false;
  #like: { number: number; near: readonly Alike[] } | undefined;
  #remembered = { count: 0, bytes: 0 };
  #lastRefresh = 0;
  /** Of all images; the list of them is laid out anew when this is another array. */
  #numbers: number[] = [];

  get #words(): FolderStrings {
    return folderWords(this.#language);
  }

  get #figures(): Figures {
    return new Figures(this.#language);
  }

  get #language(): string {
    return document.documentElement.lang || navigator.language;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#countMemory();
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
    this.#queue.length = 0;
    this.#controller?.abort();
    this.#thumbnails.dispose();
    await this.#running;
    const [likeness, collection] = [this.#likeness, this.#collection];
    this.#likeness = undefined;
    this.#collection = undefined;
    this.#like = undefined;
    this.#matrix.clear();
    this.#search.clear();
    this.#marks.clear();
    this.#kept.clear();
    this.#evidence.clear();
    this.#files = [];
    this.#regroup();
    this.#show('empty');
    await collection?.dispose();
    // A model that never came has nothing to free.
    await likeness?.then(
      (model) => model.dispose(),
      () => {},
    );
  }

  /**
   * Reads files and shows what belongs together; files of earlier calls stay, and those of a call
   * during a reading wait for its end. Resolves when all have been read or it was cancelled.
   */
  add(files: readonly FoundFile[]): Promise<void> {
    if (files.length === 0) return this.#running ?? Promise.resolve();
    this.#queue.push(...files);
    this.#files.push(...files);
    this.#all += files.length;
    this.requestUpdate();
    this.#running ??= this.#readAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Also what is added while a reading that has been said to be over is still being closed. */
  async #readAll(): Promise<void> {
    do await this.#readQueue();
    while (this.#queue.length > 0);
  }

  /** Makes the model anew, and reads again with it what was added. */
  async restart(): Promise<void> {
    const files = this.#files;
    await this.dispose();
    await this.add(files);
  }

  async #readQueue(): Promise<void> {
    const controller = new AbortController();
    this.#controller = controller;
    this.#problem = '';
    this.#said = '';
    this.#matrix.clear();
    this.#done = 0;
    this.#show('loading');
    try {
      this.#likeness ??= this.createLikeness();
      const likeness = await this.#likeness;
      if (this.#collection === undefined) {
        this.#collection = new FolderCollection(likeness, this.#memory);
        this.#thresholds = { copies: 0, alike: likeness.model.similarFrom };
      }
      if (!controller.signal.aborted) this.#show('reading');
      this.#started = performance.now();
      while (this.#queue.length > 0) {
        await this.#collection.read(this.#queue.splice(0), controller.signal, () => {
          this.#done += 1;
          if (performance.now() - this.#lastRefresh < REFRESH) return;
          this.#lastRefresh = performance.now();
          this.#regroup();
          void this.#findSimilar();
        });
      }
      this.#show('finished');
    } catch (error) {
      if (controller.signal.aborted) {
        const { items = [], unreadable = [] } = this.#collection ?? {};
        const read = new Set([...items, ...unreadable].map(({ file }) => file));
        this.#files = this.#files.filter(({ file }) => read.has(file));
        this.#show('cancelled');
      } else {
        if (this.#collection === undefined) this.#likeness = undefined;
        this.#problem = error instanceof Error ? error.message : String(error);
        this.#show('finished');
      }
    } finally {
      this.#queue.length = 0;
      this.#all = 0;
      this.#controller = undefined;
      // A reading that was cancelled while it paused must not hold up the next one.
      this.#collection?.resume();
      this.#regroup();
      void this.#findSimilar();
      await this.#countMemory();
      await this.#drawMatrix();
    }
  }

  override updated(): void {
    void this.#lookAtOpen();
  }

  override render(): TemplateResult {
    const words = this.#words;
    const collection = this.#collection;
    const { groups } = this.#result;
    return html`
      <section aria-labelledby="title">
        <h2 id="title">${words.title}</h2>
        <p class="faint">${words.lead}</p>
        ${this.#input()} ${this.#progress()}
      </section>
      ${
        collection === undefined || collection.items.length + collection.unreadable.length === 0
          ? nothing
          : html`${this.#controls(groups)} ${this.#groupList(groups)} ${this.#likeList()}
              ${this.#map()} ${this.#imageList()} ${this.#unreadableList()} ${this.#exports(groups)}`
      }
      <section class="row">
        <p class="faint" data-part="memory">${words.memory(this.#figures.number(this.#remembered.count), this.#figures.size(this.#remembered.bytes))}</p>
        <button data-part="forget" @click=${this.#forget}>${words.forget}</button>
      </section>
      ${this.#memory.full ? html`<p role="status" class="alarm">${words.full}</p>` : nothing}
    `;
  }

  #input(): TemplateResult {
    const words = this.#words;
    const choose = (id: string) => () =>
      this.renderRoot.querySelector<HTMLInputElement>(id)?.click();
    const take = (event: Event): void => {
      const input = event.target as HTMLInputElement;
      const files = fromInput(input);
      input.value = '';
      void this.add(files);
    };
    const over = (on: boolean) => (event: DragEvent) => {
      event.preventDefault();
      (event.currentTarget as Element).classList.toggle('over', on);
    };
    return html`<div class="drop" @dragover=${over(true)} @dragleave=${over(false)}
      @drop=${async (event: DragEvent) => {
        over(false)(event);
        event.stopPropagation();
        if (event.dataTransfer !== null) await this.add(await fromDrop(event.dataTransfer));
      }}>
      <p>${words.drop}</p>
      <div class="row">
        <button class="main" @click=${this.#pickFolder}>${words.chooseFolder}</button>
        <button @click=${choose('#files')}>${words.chooseImages}</button>
      </div>
      <input id="files" type="file" multiple accept="image/*" hidden aria-label=${words.chooseImages} @change=${take} />
      <input id="folder" type="file" multiple webkitdirectory hidden aria-label=${words.chooseFolder} @change=${take} />
    </div>`;
  }

  async #pickFolder(): Promise<void> {
    const pick = (window as { showDirectoryPicker?: () => Promise<FileSystemDirectoryHandle> })
      .showDirectoryPicker;
    if (pick === undefined) {
      this.renderRoot.querySelector<HTMLInputElement>('#folder')?.click();
      return;
    }
    try {
      await this.add(await fromDirectory(await pick.call(window)));
    } catch (error) {
      // Closing the dialogue is no error.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.#problem = String(error);
      this.requestUpdate();
    }
  }

  #progress(): TemplateResult {
    const words = this.#words;
    const done = this.#figures.number(this.#done);
    const all = this.#figures.number(this.#all);
    const rate = this.#done / Math.max(0.001, (performance.now() - this.#started) / 1000);
    const left = this.#figures.duration((this.#all - this.#done) / Math.max(rate, 0.001));
    const text = {
      empty: '',
      loading: words.loading,
      reading: words.progress(done, all, this.#figures.number(rate, 1), left),
      paused: words.paused(done, all),
      finished: words.finished(
        this.#figures.number(this.#collection?.items.length ?? 0),
        this.#figures.number(this.#collection?.remembered ?? 0),
      ),
      cancelled: words.cancelled(this.#figures.number(this.#collection?.items.length ?? 0)),
    }[this.#state];
    const busy = this.#controller !== undefined;
    return html`
      <progress aria-label=${words.title} max=${this.#all || 1} .value=${this.#done} ?hidden=${!busy}></progress>
      <div class="row">
        <p data-part="progress" data-state=${this.#state}>${text}</p>
        <button data-part="pause" ?hidden=${this.#state !== 'reading' && this.#state !== 'paused'} @click=${this.#pauseOrResume}>
          ${this.#state === 'paused' ? words.resume : words.pause}</button>
        <button data-part="cancel" ?hidden=${!busy} @click=${() => this.#controller?.abort()}>${words.cancel}</button>
      </div>
      <p role="status" class="faint">${this.#state === 'reading' ? '' : this.#said}</p>
      ${this.#problem === '' ? nothing : html`<p role="alert" class="alarm">${words.failed(this.#problem)}</p>`}`;
  }

  #pauseOrResume(): void {
    if (this.#state === 'paused') {
      this.#collection?.resume();
      this.#show('reading');
    } else {
      this.#collection?.pause();
      this.#show('paused');
    }
  }

  get #threshold(): number {
    return this.#thresholds[this.#mode];
  }

  set #threshold(threshold: number) {
    this.#thresholds[this.#mode] = threshold;
  }

  /** Makes the result anew; what is asked for meanwhile counts as well. */
  #regroup(): void {
    this.#stale = true;
    this.#regrouping ??= this.#groupAnew().finally(() => {
      this.#regrouping = undefined;
    });
    this.requestUpdate();
  }

  async #groupAnew(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      const collection = this.#collection;
      try {
        const result = collection === undefined ? NOTHING : await this.#grouped(collection);
        if (collection === this.#collection) this.#result = result;
      } catch (error) {
        // A collection that has gone has nothing to group.
        if (collection === this.#collection) this.#fail(error);
      }
      this.requestUpdate();
    }
  }

  #grouped(collection: FolderCollection): Promise<Result> {
    const { groups: similar } = this.#search;
    const threshold = this.#threshold;
    if (this.#mode === 'copies') return copiesFrom(collection, threshold, this.#marks);
    if (similar === undefined) return copiesFrom(collection, 0, this.#marks);
    return similarFrom(collection, similar, threshold, this.#marks);
  }

  /** Has similar images looked for where they are shown and that is due. */
  async #findSimilar(): Promise<void> {
    if (this.#mode === 'copies' || this.#collection === undefined) return;
    try {
      await this.#search.update(this.#collection, this.#controller === undefined);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#problem = error instanceof Error ? error.message : String(error);
    this.requestUpdate();
  }

  /** The one of several copies that stays: the user's choice, else the suggestion. */
  #keptOf({ members, kept }: Group): number | undefined {
    const chosen = this.#kept.get(members[0] ?? -1);
    return kept !== undefined && chosen !== undefined && members.includes(chosen) ? chosen : kept;
  }

  #controls(groups: Result['groups']): TemplateResult {
    const words = this.#words;
    const figures = this.#figures;
    const { share } = this.#search;
    const mode = (mode: Mode, text: string) => html`<label>
      <input type="radio" name="mode" .checked=${this.#mode === mode}
        @change=${() => {
          this.#mode = mode;
          if (mode === 'copies') this.#search.cancel();
          this.#regroup();
          void this.#findSimilar();
        }} />${text}</label>`;
    return html`<section class="card" aria-label=${words.together}>
      <h2>${words.together}</h2>
      <div class="row" role="radiogroup" aria-label=${words.together}>${mode('copies', words.copies)} ${mode('alike', words.alike)}</div>
      ${
        share === undefined
          ? nothing
          : html`<p class="faint" data-part="searching">${words.searching(figures.share(share))}</p>
            <progress aria-label=${words.alike} .value=${share}></progress>`
      }
      <label for="threshold">${words.threshold}: ${figures.number(this.#threshold, 1)}</label>
      <input id="threshold" type="range" min="0" max="100" step="0.5" .value=${String(this.#threshold)}
        @input=${(event: Event) => {
          this.#threshold = Number((event.target as HTMLInputElement).value);
          this.#regroup();
        }} />
      <div class="row">
        <output for="threshold">${words.accepted(figures.number(this.#result.pairs), figures.number(groups.length))}</output>
        <button data-part="fit" ?disabled=${this.#marks.fit() === undefined} @click=${this.#fit}>${words.fit}</button>
      </div>
      ${this.#markList()}
    </section>`;
  }

  #markList(): TemplateResult | typeof nothing {
    const { pairs } = this.#marks;
    if (pairs.length === 0) return nothing;
    return html`<details data-part="marks"><summary>${this.#words.marks(this.#figures.number(pairs.length))}</summary>
      ${this.#pairTable(pairs, this.#words.marks(this.#figures.number(pairs.length)))}</details>`;
  }

  #fit(): void {
    const fitted = this.#marks.fit();
    if (fitted === undefined) return;
    this.#threshold = fitted.threshold;
    const figures = this.#figures;
    this.#said = this.#words.fitted(
      figures.number(fitted.threshold, 1),
      figures.share(fitted.balancedError),
    );
    this.#regroup();
  }

  #groupList(groups: Result['groups']): TemplateResult {
    const words = this.#words;
    const figures = this.#figures;
    const shown = groups.slice(0, this.#shownGroups);
    const none = this.#controller === undefined ? words.noneFound : words.noGroups;
    return html`<section data-part="groups">
      ${groups.length === 0 ? html`<p class="faint">${none}</p>` : nothing}
      ${repeat(
        shown,
        ({ kind, members: [first] }) => `${kind} ${first}`,
        (group, at) => {
          const { kind, members } = group;
          const kept = this.#keptOf(group);
          const choice = (
            number: number,
          ) => html`<label><input type="radio" name=${`keep-${members[0]}`}
              .checked=${number === kept}
              @change=${() => {
                this.#kept.set(members[0] ?? -1, number);
                this.requestUpdate();
              }} />${words.keep}</label>
            ${number === group.kept ? html`<p class="badge">${words.suggested}</p>` : nothing}`;
          return html`<article class="card" data-part="group" data-kind=${kind}>
          <h3>${words.groups[kind](figures.number(at + 1), figures.number(members.length))}</h3>
          ${kind === 'copies' ? nothing : html`<p class="faint">${words.noneSpare}</p>`}
          <div class="grid" role="list">${members
            .slice(0, MOST_TILES)
            .map((number) =>
              this.#tile(number, number === kept, kind === 'copies' ? choice(number) : nothing),
            )}</div>
          ${this.#evidenceOf(group, at)}
        </article>`;
        },
      )}
      ${this.#moreButton(groups.length > this.#shownGroups, () => {
        this.#shownGroups += PAGE;
      })}
    </section>`;
  }

  /** What proves copies and variants is known; pairs that are alike only are looked at when asked for. */
  #evidenceOf(group: Group, at: number): TemplateResult {
    const { evidence, rating } = this.#words;
    const known = this.#knownEvidence(group);
    const all = group.members.length - 1;
    const title = evidence(this.#figures.number(Math.min(MOST_EVIDENCE, known?.length ?? all)));
    return html`<details data-at=${at} @toggle=${() => this.requestUpdate()}><summary>${title}</summary>
      ${known === undefined ? html`<p class="faint">${rating}</p>` : this.#pairTable(known.slice(0, MOST_EVIDENCE), title)}</details>`;
  }

  #knownEvidence(group: Group): readonly Pair[] | undefined {
    const { kind, members } = group;
    if (kind === 'alike') return this.#evidence.get(nameOf(group));
    const { pairs = [], variants = [] } = this.#collection ?? {};
    const own = new Set(members);
    return (kind === 'copies' ? pairs : variants).filter(({ a, b }) => own.has(a) && own.has(b));
  }

  /** Looks at the pairs of the groups whose evidence is open, one group after the other. */
  async #lookAtOpen(): Promise<void> {
    const collection = this.#collection;
    if (this.#mode === 'copies' || this.#looking || collection === undefined) return;
    const open = this.renderRoot.querySelectorAll<HTMLElement>('details[data-at][open]');
    const group = [...open]
      .flatMap(({ dataset }) => this.#result.groups[Number(dataset['at'])] ?? [])
      .find((shown) => this.#knownEvidence(shown) === undefined);
    if (group === undefined) return;
    this.#looking = true;
    try {
      this.#evidence.set(nameOf(group), await evidenceOf(collection, group));
    } catch (error) {
      this.#fail(error);
      this.#evidence.set(nameOf(group), []);
    } finally {
      this.#looking = false;
    }
    this.#regroup();
  }

  #pairTable(pairs: readonly Pair[], title: string): TemplateResult {
    const words = this.#words;
    const figures = this.#figures;
    const mark = (pair: Pair, right: boolean, text: string) => html`<button
      aria-pressed=${this.#marks.of(pair) === right}
      @click=${() => {
        this.#marks.toggle(pair, right);
        this.#regroup();
      }}>${text}</button>`;
    const columns = [
      words.pairColumn,
      words.verdictColumn,
      words.score,
      words.cosine,
      words.changes,
      words.mark,
    ];
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${title}><table>
        <thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${pairs.map((pair) => {
          const { score, verdict, cosine, evidence } = pair.similarity;
          return html`<tr><td class="pair">${this.#path(pair.a)} – ${this.#path(pair.b)}</td>
            <td>${words.verdict[verdict]}</td><td class="figure">${figures.number(score, 1)}</td><td class="figure">${figures.number(cosine, 3)}</td>
            <td>${words.changeNames(evidence?.changes ?? []).join(', ')}</td>
            <td><div class="marks">${mark(pair, true, words.right)}${mark(pair, false, words.wrong)}</div></td></tr>`;
        })}</tbody></table></div>`;
  }

  #tile(number: number, kept: boolean, extra: unknown): TemplateResult {
    const item = this.#collection?.items[number];
    if (item === undefined) return html``;
    const url = this.#thumbnails.of(item.file);
    const { width = 0, height = 0 } = item.embedding.fingerprint ?? {};
    return html`<div role="listitem" class=${kept ? 'tile kept' : 'tile'}>
      <div class="frame">${url ? html`<img src=${url} alt=${this.#words.thumbnail(item.path)} />` : nothing}</div>
      <div class="about"><p class="name">${item.path}</p><p class="faint">${width} × ${height} · ${this.#figures.size(item.file.size)}</p>
        ${extra}
        <button data-part="more-like" aria-label=${`${this.#words.more}: ${item.path}`} @click=${() => this.#showLike(number)}>${this.#words.more}</button></div>
    </div>`;
  }

  async #showLike(number: number): Promise<void> {
    const near = (await this.#collection?.nearest(number, MOST_ALIKE)) ?? [];
    this.#like = { number, near };
    this.requestUpdate();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('#like')?.focus();
  }

  #likeList(): TemplateResult | typeof nothing {
    if (this.#like === undefined) return nothing;
    return html`<section class="card" data-part="like">
      <div class="row"><h2 id="like" tabindex="-1">${this.#words.moreOf(this.#path(this.#like.number))}</h2>
      <button @click=${() => {
        this.#like = undefined;
        this.requestUpdate();
      }}>${this.#words.close}</button></div>
      <div class="grid" role="list">${this.#like.near.map(({ index, score }) => this.#tile(index, false, html`<p>${this.#words.score} ${this.#figures.number(score, 1)}</p>`))}</div>
    </section>`;
  }

  #imageList(): TemplateResult {
    const count = this.#collection?.items.length ?? 0;
    if (this.#numbers.length !== count) this.#numbers = [...Array(count).keys()];
    const numbers = this.#numbers;
    const tile = (number: number) => this.#tile(number, false, nothing);
    const few = count <= PAGE;
    return html`<section data-part="images"><h2 id="images">${this.#words.images} (${this.#figures.number(count)})</h2>
      ${
        few
          ? html`<div class="grid" role="list" aria-labelledby="images">${numbers.map(tile)}</div>`
          : html`<div class="all" role="list" tabindex="0" aria-labelledby="images">${virtualize({
              items: numbers,
              scroller: true,
              layout: IMAGE_LAYOUT,
              renderItem: tile,
            })}</div>`
      }</section>`;
  }

  #moreButton(shown: boolean, act: () => void): TemplateResult | typeof nothing {
    if (!shown) return nothing;
    return html`<div><button @click=${() => {
      act();
      this.requestUpdate();
    }}>${this.#words.showMore}</button></div>`;
  }

  #unreadableList(): TemplateResult | typeof nothing {
    const files = this.#collection?.unreadable ?? [];
    if (files.length === 0) return nothing;
    return html`<section class="card"><details data-part="unreadable" open><summary class="alarm">${this.#words.unreadable(this.#figures.number(files.length))}</summary>
      ${files.some(({ code }) => code === 'unsupported-format') ? html`<p class="faint">${this.#words.readable}</p>` : nothing}
      <ul>${files.slice(0, MOST_UNREADABLE).map(({ path, code, message }) => html`<li class="name"><strong>${path}</strong> · <code>${code}</code> · ${message}</li>`)}</ul></details></section>`;
  }

  async #drawMatrix(): Promise<void> {
    const collection = this.#collection;
    if (collection === undefined || collection.items.length > LARGEST_MATRIX) return;
    await this.#matrix.show(collection, [...collection.items.keys()]);
  }

  #map(): TemplateResult | typeof nothing {
    const nameOf = (number: number): string => this.#path(number);
    return this.#matrix.render({ words: this.#words, figures: this.#figures, nameOf });
  }

  #exports(groups: Result['groups']): TemplateResult {
    const collection = this.#collection;
    const items = collection?.items ?? [];
    const rows = () => rowsOf(items, groups, (group) => this.#keptOf(group));
    const button = (name: string, text: string, make: () => BlobPart | Promise<BlobPart>) =>
      html`<button data-export=${name} ?disabled=${items.length === 0} @click=${async () => save(`likeness.${name}`, await make())}>${text}</button>`;
    const embeddings = async (format: EmbeddingFormat): Promise<BlobPart> => {
      const { writeEmbeddings } = await import('image-likeness/formats');
      const stored = items.map(({ path, embedding }) => ({
        id: path,
        model: embedding.model,
        dimension: embedding.dimension,
        vector: embedding.vector,
      }));
      return (await writeEmbeddings(stored, format)) as Uint8Array<ArrayBuffer>;
    };
    return html`<section class="card"><h2>${this.#words.save}</h2><div class="row">
      ${button('csv', 'CSV', () => asCsv(rows()))}
      ${button('json', 'JSON', async () => asJson(rows(), await this.#acceptedPairs(), items))}
      ${button('sh', this.#words.script, () => asScript(rows()))}
      ${button('npy', '.npy', () => embeddings('npy'))}
      ${button('parquet', 'Parquet', () => embeddings('parquet'))}</div></section>`;
  }

  /** What holds the groups together. */
  async #acceptedPairs(): Promise<Pair[]> {
    const collection = this.#collection;
    if (collection === undefined) return [];
    const pairs: Pair[] = [];
    for (const group of this.#result.groups) {
      pairs.push(...(this.#knownEvidence(group) ?? (await evidenceOf(collection, group))));
    }
    return pairs.filter((pair) => this.#marks.of(pair) !== false);
  }

  async #forget(): Promise<void> {
    try {
      await this.#memory.clear();
    } catch (error) {
      this.#problem = String(error);
    }
    await this.#countMemory();
  }

  async #countMemory(): Promise<void> {
    this.#remembered = await this.#memory.size();
    this.requestUpdate();
  }

  /** Thumbnails come many at a time. */
  #updateSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.requestUpdate();
    }, TOGETHER);
  }

  #show(state: State): void {
    this.#state = state;
    this.requestUpdate();
  }

  #path(number: number): string {
    return this.#collection?.items[number]?.path ?? '';
  }
}

/** What evidence of a group is remembered by. */
function nameOf({ kind, members }: Group): string {
  return `${kind} ${members}`;
}

function save(name: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content]));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
