import { html, nothing, type TemplateResult } from 'lit';
import { CAMERA_ICON, CLOSE_ICON, SWAP_ICON } from '../icons.ts';
import { words } from '../language.ts';
import { renderProblem } from '../problem.ts';
import { View } from '../view.ts';
import { describeError } from '../words.ts';
import type { Addresses } from './addresses.ts';
import './places-view.css';
import type { PairSession, Place } from './session.ts';

/** Whether a page may use a camera here, or can say why not. */
const HAS_CAMERA = !isSecureContext || navigator.mediaDevices !== undefined;

/** The two places for pictures: large until there is an answer, then a line above the compared pictures. */
export class PlacesView extends View {
  #small = false;
  /** Files that this browser can't show. */
  readonly #unshowable = new WeakSet<File>();

  constructor(
    private readonly session: PairSession,
    private readonly addresses: Addresses,
    private readonly openCamera: () => void,
  ) {
    super(session);
  }

  /** Whether the pictures are shown somewhere else. */
  set small(small: boolean) {
    if (small === this.#small) return;
    this.#small = small;
    this.requestUpdate();
  }

  /** The place that a node of the page belongs to. */
  placeOf(node: Node | undefined): Place | undefined {
    const slots = [...this.querySelectorAll('.slot')];
    const at = node === undefined ? -1 : slots.findIndex((slot) => slot.contains(node));
    return at === 0 || at === 1 ? at : undefined;
  }

  protected override render(): TemplateResult {
    const { page } = words();
    const some = this.session.files.some((file) => file !== undefined);
    return html`
      <section class="pair" aria-label=${page.pair} ?data-small=${this.#small}>
        ${this.#renderPlace(0)}
        <button class="swap" type="button" data-testid="swap" aria-label=${page.swap} title=${page.swap}
          ?hidden=${!some} @click=${() => this.session.swap()}>${SWAP_ICON}</button>
        ${this.#renderPlace(1)}
        ${this.#renderProblem()}
        <div class="tools">
          <button type="button" data-testid="camera" ?hidden=${this.#small || !HAS_CAMERA}
            @click=${this.openCamera}>${CAMERA_ICON}${page.camera}</button>
          <button type="button" class="clear" data-testid="clear" aria-label=${page.clear} title=${page.clear}
            ?hidden=${!some} @click=${this.#clear}>${CLOSE_ICON}<span>${page.clear}</span></button>
        </div>
      </section>`;
  }

  #renderPlace(place: Place): TemplateResult {
    const { page } = words();
    const file = this.session.files[place];
    const rejected = this.session.unreadable === place;
    const name = place === 0 ? page.firstImage : page.secondImage;
    const shown = file !== undefined && !rejected && !this.#unshowable.has(file);
    return html`<label class="slot ${file === undefined ? '' : 'filled'} ${rejected ? 'rejected' : ''}"
      data-slot=${place === 0 ? 'a' : 'b'} title=${file?.name ?? nothing}>
      <input type="file" accept="image/*" multiple data-testid=${place === 0 ? 'file-a' : 'file-b'}
        aria-label=${name} aria-invalid=${rejected} @change=${(event: Event) => this.#choose(place, event)} />
      ${
        file === undefined
          ? html`<span class="invitation"><strong>${name}</strong><span>${page.invitation}</span></span>`
          : html`<img class="preview" alt=${file.name} src=${this.addresses.of(file)} ?hidden=${!shown}
                @load=${(event: Event) => this.#measure(file, event)}
                @error=${() => this.#giveUp(file)} />
              <span class="no-preview" ?hidden=${shown}>${page.noPreview}</span>
              <span class="caption">${file.name}</span>`
      }
    </label>`;
  }

  /** Below the picture that it is about, or below both. */
  #renderProblem(): TemplateResult {
    const { phase, unreadable } = this.session;
    return html`<div class="error" data-testid="error" role="alert" data-at=${unreadable ?? 'both'}
      ?hidden=${phase.kind !== 'failed'}>${phase.kind === 'failed' ? renderProblem(describeError(phase.error)) : nothing}</div>`;
  }

  #choose(place: Place, { target }: Event): void {
    if (!(target instanceof HTMLInputElement)) return;
    const files = [...(target.files ?? [])];
    // Choosing the same file again counts as a choice.
    target.value = '';
    void this.session.receive(files, place);
  }

  #measure(file: File, { target }: Event): void {
    if (!(target instanceof HTMLImageElement)) return;
    const { naturalWidth: width, naturalHeight: height } = target;
    this.session.measure(file, { width, height });
  }

  /** The comparison says what is wrong with it. */
  #giveUp(file: File): void {
    this.#unshowable.add(file);
    this.requestUpdate();
  }

  #clear(): void {
    this.session.clear();
    // The button that had the focus is gone.
    this.querySelector<HTMLInputElement>('.slot input')?.focus();
  }
}
