import { words } from '../language.ts';
import { TAKE_OVER } from './names.ts';

/** How long a change to the new version may take before the visitor is told what else to do, in ms. */
const PATIENCE = 5000;

/** Says that there is a new version, and changes to it when, and only when, the visitor wants. */
export class UpdateNotice {
  private readonly text = document.createElement('p');
  private shown = false;

  /** @param reload loads the page anew, and keeps what that would lose */
  constructor(private readonly reload: () => Promise<void>) {}

  /** Watches a registration from now on. */
  watch(registration: ServiceWorkerRegistration): void {
    const look = (): void => {
      if (registration.waiting !== null && navigator.serviceWorker.controller !== null) {
        this.show(registration);
      }
    };
    look();
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', look);
    });
  }

  private show(registration: ServiceWorkerRegistration): void {
    if (this.shown) return;
    this.shown = true;
    const notice = document.createElement('div');
    notice.className = 'update';
    notice.dataset['testid'] = 'update';
    notice.setAttribute('role', 'status');
    document.body.append(notice);
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = words().update.button;
    button.addEventListener('click', () => this.takeOver(registration));
    this.text.textContent = words().update.text;
    // A live region speaks of what is added to it once it is there.
    notice.append(this.text, button);
  }

  /** The new version answers for the page when the browser has let the old one go; mostly at once. */
  private takeOver({ waiting }: ServiceWorkerRegistration): void {
    setTimeout(() => {
      this.text.textContent = words().update.late;
    }, PATIENCE);
    // Another tab may have changed to it already.
    if (waiting === null) {
      void this.change();
      return;
    }
    const { serviceWorker } = navigator;
    serviceWorker.addEventListener('controllerchange', () => this.change(), { once: true });
    waiting.postMessage(TAKE_OVER);
  }

  private async change(): Promise<void> {
    try {
      await this.reload();
    } catch {
      // What can't be kept is no reason to stay with the old version.
      location.reload();
    }
  }
}
