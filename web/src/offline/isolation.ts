/**
 * Threads need a cross-origin isolated page, and that needs headers which static hosts don't send: the
 * service worker adds them where the visitor asks for it, by `#threads=on`.
 */
import { ISOLATION_CACHE } from './names.ts';

const KEY = 'likeness-threads';
const RELOADED = 'likeness-reloaded-for-threads';

/** Whether the visitor wants threads: what the address says is remembered. */
export function wantsThreads(): boolean {
  const asked = new URLSearchParams(location.hash.slice(1)).get('threads');
  try {
    if (asked !== null) localStorage.setItem(KEY, asked);
    return localStorage.getItem(KEY) === 'on';
  } catch {
    return asked === 'on';
  }
}

/** Threads beyond these gain nothing: one forward pass has little to share out. */
const MOST_THREADS = 4;

/** What to ask of the package where the visitor's wish has come true: one worker with all threads. */
export function threadOptions(): { readonly workers?: number; readonly threads?: number } {
  if (!crossOriginIsolated || !wantsThreads()) return {};
  return { workers: 1, threads: Math.min(navigator.hardwareConcurrency, MOST_THREADS) };
}

/**
 * Tells the service worker, and reloads the page if that makes it isolated: once a tab, so that a
 * browser which does not play along is left in peace.
 */
export async function applyIsolation(wanted: boolean): Promise<void> {
  if (!wanted) {
    await caches.delete(ISOLATION_CACHE);
    return;
  }
  await caches.open(ISOLATION_CACHE);
  if (crossOriginIsolated || sessionStorage.getItem(RELOADED) !== null) return;
  await controlled();
  sessionStorage.setItem(RELOADED, 'yes');
  location.reload();
}

/** Waits until the service worker answers for this page. */
async function controlled(): Promise<void> {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller !== null) return;
  await new Promise((resolve) => {
    serviceWorker.addEventListener('controllerchange', resolve, { once: true });
  });
}
