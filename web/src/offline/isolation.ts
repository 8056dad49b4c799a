/**
 * Threads need a cross-origin isolated page, and that needs headers which static hosts don't send: the
 * service worker adds them while the visitor wants threads.
 */
import { IN_ONE_FILE } from '../beside.ts';
import { get, onSettings } from '../settings.ts';
import { ISOLATION_CACHE } from './names.ts';

/** Set in tabs that have been reloaded for threads. */
const RELOADED = 'likeness-reloaded-for-threads';

/**
 * What has become of the visitor's wish for threads: `ready` where none has been made and the page is
 * isolated already, `impossible` where there is no service worker to grant one, `refused` where the page
 * has been reloaded for it, in vain or long ago.
 */
export type ThreadState = 'impossible' | 'off' | 'ready' | 'starting' | 'on' | 'refused';

/** Whether a service worker can start here. */
export function canGoOffline(): boolean {
  return navigator.serviceWorker !== undefined && !IN_ONE_FILE;
}

/** Makes the page cross-origin isolated while the settings ask for threads. */
export class Isolation {
  private readonly listeners: (() => void)[] = [];
  private failed = false;

  /** @param reload loads the page anew, and keeps what that would lose */
  constructor(private readonly reload: () => Promise<void>) {}

  get state(): ThreadState {
    const wanted = get('threads') === 'on';
    if (crossOriginIsolated) return wanted ? 'on' : 'ready';
    if (!canGoOffline()) return 'impossible';
    if (!wanted) return 'off';
    return this.failed ? 'refused' : 'starting';
  }

  /** Calls `listener` when the state has changed, unless the settings say so too. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Does from now on what the settings say; the service worker is there, or on its way. */
  async follow(): Promise<void> {
    onSettings(() => void this.apply());
    await this.apply();
  }

  /** There will be no service worker. */
  giveUp(): void {
    this.failed = true;
    for (const listener of this.listeners) listener();
  }

  private async apply(): Promise<void> {
    try {
      if (get('threads') === 'off') await caches.delete(ISOLATION_CACHE);
      else await this.isolate();
    } catch {
      // Without storage there are no threads; everything works all the same.
      this.giveUp();
    }
  }

  /** Reloads the page once a tab, so that a browser which does not play along is left in peace. */
  private async isolate(): Promise<void> {
    await caches.open(ISOLATION_CACHE);
    if (crossOriginIsolated) return;
    await navigator.serviceWorker.ready;
    if (sessionStorage.getItem(RELOADED) !== null) {
      this.giveUp();
      return;
    }
    sessionStorage.setItem(RELOADED, 'yes');
    await this.reload();
  }
}
