import { html, type TemplateResult } from 'lit';
import { inLanguage, words } from '../language.ts';
import { german } from '../strings/camera-de.ts';
import { type CameraStrings, english } from '../strings/camera-en.ts';
import { View } from '../view.ts';
import './camera-view.css';
import type { Place } from './session.ts';

/** Names of what the dialog says. */
type Message = keyof CameraStrings['messages'];

/**
 * Takes a picture with the camera, in a dialog. Whichever way the dialog closes, the camera is off
 * afterwards.
 */
export class CameraView extends View {
  #said: Message = 'starting';
  #ready = false;
  #place: Place = 0;
  #stream: MediaStream | undefined;

  /** @param receive gets the picture and where it is to go */
  constructor(private readonly receive: (picture: File, place: Place) => void) {
    super();
  }

  /** Opens the dialog. @param place what is offered first */
  async open(place: Place): Promise<void> {
    this.#place = place;
    this.#ready = false;
    this.#said = 'starting';
    this.requestUpdate();
    await this.updateComplete;
    this.#dialog.showModal();
    if (isSecureContext) await this.#start();
    else this.#say('insecure');
  }

  protected override render(): TemplateResult {
    const { page } = words();
    const camera = inLanguage({ en: english, de: german });
    const choice = (place: Place, name: string): TemplateResult =>
      html`<label><input type="radio" name="place" value=${place} .checked=${this.#place === place}
        @change=${() => this.#choose(place)} /><span>${name}</span></label>`;
    return html`<dialog class="camera" aria-labelledby="camera-title" data-testid="camera-dialog" @close=${this.#stop}>
      <h2 id="camera-title">${camera.title}</h2>
      <video muted playsinline aria-label=${camera.sees} @loadeddata=${this.#begin}></video>
      <p data-testid="camera-message" role="status">${camera.messages[this.#said]}</p>
      <fieldset class="choices"><legend>${camera.use}</legend>
        ${choice(0, page.firstImage)}${choice(1, page.secondImage)}</fieldset>
      <p class="row">
        <button type="button" class="take" data-testid="camera-take" ?disabled=${!this.#ready} @click=${this.#snap}>${camera.take}</button>
        <button type="button" data-testid="camera-cancel" @click=${() => this.#dialog.close()}>${camera.cancel}</button>
      </p>
    </dialog>`;
  }

  get #dialog(): HTMLDialogElement {
    return this.#find('dialog');
  }

  #find<Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] {
    const found = this.querySelector(name);
    if (found === null) throw new Error(`The camera view has no ${name}.`);
    return found;
  }

  async #start(): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: { ideal: 'environment' }, width: { ideal: 1920 } },
      });
      // The dialog may have been closed while the visitor was asked.
      if (!this.#dialog.open || this.#stream !== undefined) {
        stopTracks(stream);
        return;
      }
      this.#stream = stream;
      for (const track of stream.getTracks()) {
        track.addEventListener('ended', () => {
          this.#ready = false;
          this.#say('ended');
        });
      }
      const video = this.#find('video');
      video.srcObject = stream;
      await video.play();
    } catch (error) {
      if (this.#dialog.open) this.#say(messageFor(error));
    }
  }

  async #begin(): Promise<void> {
    this.#ready = true;
    this.#say('ready');
    await this.updateComplete;
    this.querySelector<HTMLButtonElement>('.take')?.focus();
  }

  #choose(place: Place): void {
    this.#place = place;
    this.requestUpdate();
  }

  async #snap(): Promise<void> {
    const video = this.#find('video');
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    this.#stop();
    // A second press would find no picture.
    this.#ready = false;
    this.requestUpdate();
    // Without loss: what was taken is what is compared.
    const picture = await canvas.convertToBlob({ type: 'image/png' });
    this.#dialog.close();
    this.receive(new File([picture], 'camera.png', { type: 'image/png' }), this.#place);
  }

  /** Whichever way the dialog is left: Escape, Cancel or Take. */
  #stop(): void {
    if (this.#stream !== undefined) stopTracks(this.#stream);
    this.#stream = undefined;
    this.#find('video').srcObject = null;
  }

  #say(message: Message): void {
    this.#said = message;
    this.requestUpdate();
  }
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function messageFor(error: unknown): Message {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return 'busy';
}
