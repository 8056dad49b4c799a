import { element } from './dom.ts';
import { onLanguage, words } from './language.ts';
import type { Strings } from './strings/en.ts';

/** Names of what the dialog says. */
type Message = keyof Strings['camera'];

/** Where a picture is to go: 0 the first place, 1 the second. */
type Place = 0 | 1;

/**
 * Takes a picture with the camera, in a dialog. Whichever way the dialog closes, the camera is off
 * afterwards.
 */
export class CameraView {
  private readonly button = element('[data-testid="camera"]', HTMLButtonElement);
  private readonly dialog = element('.camera', HTMLDialogElement);
  private readonly video = element('video', HTMLVideoElement, this.dialog);
  private readonly message = element('[data-testid="camera-message"]', HTMLElement, this.dialog);
  private readonly take = element('[data-testid="camera-take"]', HTMLButtonElement, this.dialog);
  private said: Message = 'starting';
  private stream: MediaStream | undefined;

  /**
   * @param firstEmpty the place that is offered first
   * @param receive gets the picture
   */
  constructor(
    firstEmpty: () => Place,
    private readonly receive: (picture: File, place: Place) => void,
  ) {
    this.button.hidden = isSecureContext && navigator.mediaDevices === undefined;
    this.button.addEventListener('click', () => {
      const place = firstEmpty();
      element(`[value="${place}"]`, HTMLInputElement, this.dialog).checked = true;
      this.open();
    });
    element('[data-testid="camera-cancel"]', HTMLButtonElement, this.dialog).addEventListener(
      'click',
      () => this.dialog.close(),
    );
    this.take.addEventListener('click', () => this.snap());
    onLanguage(() => this.say(this.said));
    // Escape, Cancel and Take all end here.
    this.dialog.addEventListener('close', () => this.stop());
    this.video.addEventListener('loadeddata', () => {
      this.say('ready');
      this.take.disabled = false;
      this.take.focus();
    });
  }

  private async open(): Promise<void> {
    this.take.disabled = true;
    this.say('starting');
    this.dialog.showModal();
    if (!isSecureContext) {
      this.say('insecure');
      return;
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: { ideal: 'environment' }, width: { ideal: 1920 } },
      });
      // The dialog may have been closed while the visitor was asked.
      if (!this.dialog.open || this.stream !== undefined) {
        stopTracks(stream);
        return;
      }
      this.stream = stream;
      for (const track of stream.getTracks()) {
        track.addEventListener('ended', () => {
          this.take.disabled = true;
          this.say('ended');
        });
      }
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) {
      if (this.dialog.open) this.say(messageFor(error));
    }
  }

  private async snap(): Promise<void> {
    const { videoWidth: width, videoHeight: height } = this.video;
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(this.video, 0, 0);
    // Without loss: what was taken is what is compared.
    const picture = await canvas.convertToBlob({ type: 'image/png' });
    const place = element('input:checked', HTMLInputElement, this.dialog).value === '1' ? 1 : 0;
    this.dialog.close();
    this.receive(new File([picture], 'camera.png', { type: 'image/png' }), place);
  }

  private stop(): void {
    if (this.stream !== undefined) stopTracks(this.stream);
    this.stream = undefined;
    this.video.srcObject = null;
  }

  private say(message: Message): void {
    this.said = message;
    this.message.textContent = words().camera[message];
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
