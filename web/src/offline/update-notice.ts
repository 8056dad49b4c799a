import { words } from '../language.ts';
import { SERVICE_WORKER, TAKE_OVER } from './names.ts';

/** How long the browser may take to let the old version go before the page does without it, in ms. */
const PATIENCE = 5000;

/** Says that there is a new version, and changes to it when, and only when, the visitor wants. */
export class UpdateNotice {
  private readonly text = document.createElement('p');
  private shown = false;
  private changing = false;

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
  private takeOver(registration: ServiceWorkerRegistration): void {
    const { waiting } = registration;
    setTimeout(() => this.doWithout(registration), PATIENCE);
    // Another tab may have changed to it already.
    if (waiting === null) {
      void this.change();
      return;
    }
    const { serviceWorker } = navigator;
    serviceWorker.addEventListener('controllerchange', () => this.change(), { once: true });
    waiting.postMessage(TAKE_OVER);
  }

  /**
   * Chromium 156 may keep the old one for minutes where the page asks it for something just as it is to go, and
   * nothing that a page does wakes it. With no service worker at all the page comes from its server, and starts
   * the new one. Whether there is a network is asked first: without one the old version is all there is.
   */
  private async doWithout(registration: ServiceWorkerRegistration): Promise<void> {
    this.text.textContent = words().update.late;
    if (this.changing) return;
    try {
      // Never among what is kept.
      const { ok } = await fetch(new URL(SERVICE_WORKER, document.baseURI), { cache: 'no-store' });
      if (!ok) return;
      await registration.unregister();
    } catch {
      return;
    }
    await this.change();
  }

  private async change(): Promise<void> {
    if (this.changing) return;
    this.changing = true;
    try {
      await this.reload();
    } catch {
      // What can't be kept is no reason to stay with the old version.
      location.reload();
    }
  }
}
