import type { Likeness } from 'image-likeness';
import { createLikeness } from 'image-likeness';
import type { EmbeddingFormat } from 'image-likeness/formats';
import { fitThreshold, groupsOf, suggestKept } from 'image-likeness/grouping';
import { grid } from '@lit-labs/virtualizer/layouts/grid.js';
import { virtualize } from '@lit-labs/virtualizer/virtualize.js';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { Collection, type Pair } from './collection.ts';
import { asCsv, asJson, asScript, rowsOf } from './exports.ts';
import { type FoundFile, fromDirectory, fromDrop, fromInput } from './files.ts';
import { FolderMemory } from './memory.ts';
import { type Strings, stringsFor } from './strings.ts';
import { styles } from './styles.ts';
import { Thumbnails } from './thumbnails.ts';

const PAGE = 24;
const IMAGE_LAYOUT = grid({
  itemSize: { width: '152px', height: '250px' },
  gap: '12px',
  padding: '4px',
});
const MATRIX_LIMIT = 200;
const EVIDENCE_LIMIT = 50;
/** Milliseconds between two looks at the results while they come in. */
const REFRESH = 400;

type State = 'empty' | 'loading' | 'reading' | 'paused' | 'finished' | 'cancelled';

/** What the threshold, the marks and the images read so far lead to. */
interface Result {
  readonly accepted: readonly Pair[];
  readonly groups: readonly number[][];
  /** Pairs within each group. */
  readonly evidence: readonly Pair[][];
  /** The image of each group that had best be kept. */
  readonly suggested: readonly number[];
}

interface Matrix {
  readonly order: readonly number[];
  readonly cosines: Float32Array;
}

/** The folder view. Its colours are the page's custom properties, its language that of the document. */
export class LikenessFolder extends LitElement {
  static override styles = styles;

  /** Makes the model; the page may put its own way here. The element disposes of what comes out. */
  createLikeness: () => Promise<Likeness> = () => createLikeness();

  #memory = new FolderMemory();
  #thumbnails = new Thumbnails(() => this.requestUpdate());
  #likeness: Promise<Likeness> | undefined;
  #collection: Collection | undefined;
  #controller: AbortController | undefined;
  #running: Promise<void> | undefined;
  #queue: FoundFile[] = [];
  #result: Result = { accepted: [], groups: [], evidence: [], suggested: [] };
  #state: State = 'empty';
  #done = 0;
  #all = 0;
  #started = 0;
  #problem = '';
  #said = '';
  #copiesOnly = true;
  #threshold = 0;
  #marks = new Map<Pair, boolean>();
  #kept = new Map<number, number>();
  #shownGroups = PAGE;
  #like: { number: number; near: { number: number; cosine: number }[] } | undefined;
  #matrix: Matrix | undefined;
  #cell = { row: 0, column: 0 };
  #remembered = { count: 0, bytes: 0 };
  #lastRefresh = 0;

  get #words(): Strings {
    return stringsFor(this.#language);
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
    this.#controller?.abort();
    this.#thumbnails.dispose();
    await this.#running;
    const [likeness, collection] = [this.#likeness, this.#collection];
    this.#likeness = undefined;
    this.#collection = undefined;
    this.#like = undefined;
    this.#matrix = undefined;
    this.#marks.clear();
    this.#kept.clear();
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
    this.#all += files.length;
    this.requestUpdate();
    this.#running ??= this.#readQueue().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #readQueue(): Promise<void> {
    const controller = new AbortController();
    this.#controller = controller;
    this.#problem = '';
    this.#said = '';
    this.#matrix = undefined;
    this.#done = 0;
    this.#show('loading');
    try {
      this.#likeness ??= this.createLikeness();
      const likeness = await this.#likeness;
      this.#collection ??= new Collection(likeness, this.#memory);
      if (!controller.signal.aborted) this.#show('reading');
      this.#started = performance.now();
      while (this.#queue.length > 0) {
        await this.#collection.read(this.#queue.splice(0), controller.signal, () => {
          this.#done += 1;
          if (performance.now() - this.#lastRefresh < REFRESH) return;
          this.#lastRefresh = performance.now();
          this.#regroup();
        });
      }
      this.#show('finished');
    } catch (error) {
      if (controller.signal.aborted) this.#show('cancelled');
      else {
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
      await this.#countMemory();
      await this.#drawMatrix();
    }
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
        <p class="faint" data-part="memory">${words.memory(this.#number(this.#remembered.count), this.#size(this.#remembered.bytes))}</p>
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
    const done = this.#number(this.#done);
    const all = this.#number(this.#all);
    const rate = this.#done / Math.max(0.001, (performance.now() - this.#started) / 1000);
    const left = this.#duration((this.#all - this.#done) / Math.max(rate, 0.001));
    const text = {
      empty: '',
      loading: words.loading,
      reading: words.progress(done, all, this.#number(rate, 1), left),
      paused: words.paused(done, all),
      finished: words.finished(
        this.#number(this.#collection?.items.length ?? 0),
        this.#number(this.#collection?.remembered ?? 0),
      ),
      cancelled: words.cancelled(this.#number(this.#collection?.items.length ?? 0)),
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

  #accepted(): Pair[] {
    return (this.#collection?.pairs ?? []).filter(
      (pair) =>
        this.#marks.get(pair) !== false &&
        pair.similarity.score >= this.#threshold &&
        (!this.#copiesOnly ||
          pair.similarity.verdict === 'identical' ||
          pair.similarity.verdict === 'near-duplicate'),
    );
  }

  #regroup(): void {
    const accepted = this.#accepted();
    const groups = groupsOf(this.#collection?.items.length ?? 0, accepted);
    const groupOf = new Map<number, number>();
    groups.forEach((group, at) => {
      for (const number of group) groupOf.set(number, at);
    });
    const evidence: Pair[][] = groups.map(() => []);
    for (const pair of this.#collection?.pairs ?? []) {
      const at = groupOf.get(pair.a);
      if (at !== undefined && at === groupOf.get(pair.b)) evidence[at]?.push(pair);
    }
    const suggested = groups.map((group) => this.#suggested(group));
    this.#result = { accepted, groups, evidence, suggested };
    this.requestUpdate();
  }

  #keptOf(group: readonly number[], suggested: number): number {
    const chosen = this.#kept.get(group[0] ?? -1);
    return chosen !== undefined && group.includes(chosen) ? chosen : suggested;
  }

  #suggested(group: readonly number[]): number {
    const pictures = group.map((number) => {
      const item = this.#collection?.items[number];
      const { width = 0, height = 0 } = item?.embedding.fingerprint ?? {};
      return { width, height, sharpness: item?.sharpness, bytes: item?.file.size ?? 0 };
    });
    return group[suggestKept(pictures)] ?? -1;
  }

  #controls(groups: readonly number[][]): TemplateResult {
    const words = this.#words;
    const mode = (copies: boolean, text: string) => html`<label>
      <input type="radio" name="mode" .checked=${this.#copiesOnly === copies}
        @change=${() => {
          this.#copiesOnly = copies;
          this.#regroup();
        }} />${text}</label>`;
    return html`<section class="card" aria-label=${words.together}>
      <h2>${words.together}</h2>
      <div class="row" role="radiogroup" aria-label=${words.together}>${mode(true, words.copies)} ${mode(false, words.alike)}</div>
      <label for="threshold">${words.threshold}: ${this.#number(this.#threshold, 1)}</label>
      <input id="threshold" type="range" min="0" max="100" step="0.5" .value=${String(this.#threshold)}
        @input=${(event: Event) => {
          this.#threshold = Number((event.target as HTMLInputElement).value);
          this.#regroup();
        }} />
      <div class="row">
        <output for="threshold">${words.accepted(this.#number(this.#result.accepted.length), this.#number(groups.length))}</output>
        <button data-part="fit" ?disabled=${new Set(this.#marks.values()).size < 2} @click=${this.#fit}>${words.fit}</button>
      </div>
    </section>`;
  }

  #fit(): void {
    const marks = [...this.#marks].map(([{ similarity }, right]) => ({
      score: similarity.score,
      right,
    }));
    const { threshold, balancedError } = fitThreshold(marks);
    this.#threshold = threshold;
    const share = new Intl.NumberFormat(this.#language, { style: 'percent' });
    this.#said = this.#words.fitted(this.#number(threshold, 1), share.format(balancedError));
    this.#regroup();
  }

  #groupList(groups: readonly number[][]): TemplateResult {
    const words = this.#words;
    return html`<section data-part="groups">
      ${groups.length === 0 ? html`<p class="faint">${words.noGroups}</p>` : nothing}
      ${groups.slice(0, this.#shownGroups).map((group, at) => {
        const suggested = this.#result.suggested[at] ?? -1;
        const kept = this.#keptOf(group, suggested);
        return html`<article class="card" data-part="group">
          <h3>${words.group(this.#number(at + 1), this.#number(group.length))}</h3>
          <div class="grid" role="list">${group.slice(0, EVIDENCE_LIMIT).map((number) =>
            this.#tile(
              number,
              number === kept,
              html`<label><input type="radio" name=${`keep-${group[0]}`} .checked=${number === kept}
                @change=${() => {
                  this.#kept.set(group[0] ?? -1, number);
                  this.requestUpdate();
                }} />${words.keep}</label>
                ${number === suggested ? html`<span class="faint">${words.suggested}</span>` : nothing}`,
            ),
          )}</div>
          ${this.#evidence(this.#result.evidence[at] ?? [])}
        </article>`;
      })}
      ${this.#moreButton(groups.length > this.#shownGroups, () => {
        this.#shownGroups += PAGE;
      })}
    </section>`;
  }

  #evidence(pairs: readonly Pair[]): TemplateResult {
    const words = this.#words;
    const mark = (pair: Pair, right: boolean, text: string) => html`<button
      aria-pressed=${this.#marks.get(pair) === right}
      @click=${() => {
        if (this.#marks.get(pair) === right) this.#marks.delete(pair);
        else this.#marks.set(pair, right);
        this.#regroup();
      }}>${text}</button>`;
    return html`<details><summary>${words.evidence(this.#number(pairs.length))}</summary>
      <div class="scroll" tabindex="0" role="group" aria-label=${words.evidence(this.#number(pairs.length))}><table>
        <thead><tr>${[words.pairColumn, words.verdictColumn, words.score, words.cosine, words.hashes, words.mark].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${pairs.slice(0, EVIDENCE_LIMIT).map((pair) => {
          const { score, verdict, cosine, evidence } = pair.similarity;
          return html`<tr><td>${this.#path(pair.a)} – ${this.#path(pair.b)}</td>
            <td>${words.verdict[verdict]}</td><td>${this.#number(score, 1)}</td><td>${this.#number(cosine, 3)}</td>
            <td>${evidence === undefined ? '' : `${evidence.hashDistance.dct} / ${evidence.hashDistance.gradient}`}</td>
            <td><div class="row">${mark(pair, true, words.right)}${mark(pair, false, words.wrong)}</div></td></tr>`;
        })}</tbody></table></div></details>`;
  }

  #tile(number: number, kept: boolean, extra: unknown): TemplateResult {
    const item = this.#collection?.items[number];
    if (item === undefined) return html``;
    const url = this.#thumbnails.of(item.file);
    const { width = 0, height = 0 } = item.embedding.fingerprint ?? {};
    return html`<div role="listitem" class=${kept ? 'tile kept' : 'tile'}>
      <div class="frame">${url ? html`<img src=${url} alt=${this.#words.thumbnail(item.path)} />` : nothing}</div>
      <div><p class="name">${item.path}</p><p class="faint">${width} × ${height} · ${this.#size(item.file.size)}</p>
        ${extra}
        <button data-part="more-like" aria-label=${`${this.#words.more}: ${item.path}`} @click=${() => this.#showLike(number)}>${this.#words.more}</button></div>
    </div>`;
  }

  async #showLike(number: number): Promise<void> {
    const near = (await this.#collection?.moreLike(number, 12)) ?? [];
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
      <div class="grid" role="list">${this.#like.near.map(({ number, cosine }) => this.#tile(number, false, html`<p>${this.#words.cosine} ${this.#number(cosine, 3)}</p>`))}</div>
    </section>`;
  }

  #imageList(): TemplateResult {
    const count = this.#collection?.items.length ?? 0;
    const numbers = Array.from({ length: count }, (_, number) => number);
    return html`<section data-part="images"><h2 id="images">${this.#words.images} (${this.#number(count)})</h2>
      <div class="all" role="list" tabindex="0" aria-labelledby="images">${virtualize({
        items: numbers,
        scroller: true,
        layout: IMAGE_LAYOUT,
        renderItem: (number) => this.#tile(number, false, nothing),
      })}</div></section>`;
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
    return html`<section><details data-part="unreadable" open><summary class="alarm">${this.#words.unreadable(this.#number(files.length))}</summary>
      <p class="faint">${this.#words.readable}</p>
      <ul>${files.slice(0, 500).map(({ path, code, message }) => html`<li class="name"><strong>${path}</strong> · <code>${code}</code> · ${message}</li>`)}</ul></details></section>`;
  }

  async #drawMatrix(): Promise<void> {
    const collection = this.#collection;
    const count = collection?.items.length ?? 0;
    if (collection === undefined || count < 2 || count > MATRIX_LIMIT) return;
    const first = [...new Set([...this.#result.groups.flat(), ...collection.items.keys()])];
    const embeddings = first.flatMap((number) => collection.items[number]?.embedding ?? []);
    const cosines = await collection.likeness.pairwise(embeddings);
    this.#matrix = { order: first, cosines };
    this.#cell = { row: 0, column: 1 };
    this.requestUpdate();
  }

  #map(): TemplateResult | typeof nothing {
    const matrix = this.#matrix;
    if (matrix === undefined) return nothing;
    const words = this.#words;
    const { row, column } = this.#cell;
    const { order } = matrix;
    const count = order.length;
    const nearest = order
      .map((number, at) => ({ number, cosine: cosineAt(matrix, row, at), at }))
      .filter(({ at }) => at !== row)
      .sort((x, y) => y.cosine - x.cosine)
      .slice(0, 10);
    const said = words.matrixCell(
      this.#path(order[row] ?? 0),
      this.#path(order[column] ?? 0),
      this.#number(cosineAt(matrix, row, column), 3),
    );
    return html`<section class="card" data-part="matrix"><h2>${words.matrix}</h2>
      <p class="faint" id="matrix-help">${words.matrixHelp(this.#number(count))}</p>
      <canvas role="img" tabindex="0" aria-label=${words.matrix} aria-describedby="matrix-help cell" width=${count} height=${count}
        @keydown=${this.#moveCell} @pointermove=${this.#pointAtCell}></canvas>
      <p id="cell" aria-live="polite">${said}</p>
      <details><summary>${words.nearest}</summary><div class="scroll"><table><tbody>${nearest.map(({ number, cosine }) => html`<tr><th scope="row">${this.#path(number)}</th><td>${this.#number(cosine, 3)}</td></tr>`)}</tbody></table></div></details>
    </section>`;
  }

  #moveCell(event: KeyboardEvent): void {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
      event.key
    ];
    if (step === undefined) return;
    event.preventDefault();
    this.#goToCell(this.#cell.row + (step[0] ?? 0), this.#cell.column + (step[1] ?? 0));
  }

  #pointAtCell(event: PointerEvent): void {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const scale = canvas.width / canvas.clientWidth;
    this.#goToCell(Math.floor(event.offsetY * scale), Math.floor(event.offsetX * scale));
  }

  #goToCell(row: number, column: number): void {
    const last = (this.#matrix?.order.length ?? 1) - 1;
    const within = (value: number): number => Math.min(last, Math.max(0, value));
    this.#cell = { row: within(row), column: within(column) };
    this.requestUpdate();
  }

  override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const context = canvas?.getContext('2d');
    const matrix = this.#matrix;
    if (!canvas || !context || matrix === undefined) return;
    const count = matrix.order.length;
    const image = context.createImageData(count, count);
    for (let at = 0; at < count * count; at += 1) {
      const row = Math.floor(at / count);
      const column = at % count;
      const chosen = (row === this.#cell.row) !== (column === this.#cell.column) ? 0.7 : 1;
      // Dark blue to light yellow; the rest of the chosen row and column is darker.
      const heat = Math.max(0, Math.min(1, (cosineAt(matrix, row, column) - 0.2) / 0.8)) ** 2;
      image.data.set(
        [(20 + 235 * heat) * chosen, (30 + 205 * heat) * chosen, (80 + 70 * heat) * chosen, 255],
        at * 4,
      );
    }
    context.putImageData(image, 0, 0);
  }

  #exports(groups: readonly number[][]): TemplateResult {
    const collection = this.#collection;
    const items = collection?.items ?? [];
    const rows = () =>
      rowsOf(items, groups, (group, at) => this.#keptOf(group, this.#result.suggested[at] ?? -1));
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
      ${button('json', 'JSON', () => asJson(rows(), this.#result.accepted, items))}
      ${button('sh', this.#words.script, () => asScript(rows()))}
      ${button('npy', '.npy', () => embeddings('npy'))}
      ${button('parquet', 'Parquet', () => embeddings('parquet'))}</div></section>`;
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

  #show(state: State): void {
    this.#state = state;
    this.requestUpdate();
  }

  #path(number: number): string {
    return this.#collection?.items[number]?.path ?? '';
  }

  #number(value: number, digits = 0): string {
    return new Intl.NumberFormat(this.#language, { maximumFractionDigits: digits }).format(value);
  }

  #size(bytes: number): string {
    const unit = bytes < 1e6 ? 'kilobyte' : 'megabyte';
    return new Intl.NumberFormat(this.#language, {
      style: 'unit',
      unit,
      maximumFractionDigits: 1,
    }).format(bytes / (bytes < 1e6 ? 1e3 : 1e6));
  }

  #duration(seconds: number): string {
    const unit = seconds < 90 ? 'second' : 'minute';
    const value = Math.ceil(seconds < 90 ? seconds : seconds / 60);
    return new Intl.NumberFormat(this.#language, { style: 'unit', unit }).format(value);
  }
}

/** A cosine from the list of all pairs. */
function cosineAt({ order, cosines }: Matrix, row: number, column: number): number {
  if (row === column) return 1;
  const i = Math.min(row, column);
  const j = Math.max(row, column);
  return cosines[i * order.length - (i * (i + 1)) / 2 + j - i - 1] ?? 0;
}

function save(name: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content]));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
