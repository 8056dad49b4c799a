import { words } from '../language.ts';
import { TAKE_OVER } from './names.ts';

/** Says that there is a new version, and changes to it when, and only when, the visitor wants. */
export class UpdateNotice {
  private shown = false;

  /** @param beforeReload keeps what a reload would lose */
  constructor(private readonly beforeReload: () => Promise<void>) {}

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
    const text = document.createElement('p');
    text.textContent = words().update.text;
    // A live region speaks of what is added to it once it is there.
    notice.append(text, button);
  }

  private async takeOver(registration: ServiceWorkerRegistration): Promise<void> {
    // What can't be kept is no reason to stay with the old version.
    await this.beforeReload().catch(() => undefined);
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
      once: true,
    });
    registration.waiting?.postMessage(TAKE_OVER);
  }
}
