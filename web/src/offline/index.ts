/** Makes the page work without a network, from its second visit on. */
import { get } from '../settings.ts';
import { canGoOffline, type Isolation } from './isolation.ts';
import { SERVICE_WORKER } from './names.ts';
import { UpdateNotice } from './update-notice.ts';

/** An answer that is under way when the model has arrived goes first, in ms. */
const PATIENCE = 2000;

/**
 * Starts the service worker, which keeps the page's files.
 * @param settled when the page has loaded all that it needs at once; only threads don't wait for it
 * @param reload loads the page anew, and keeps what that would lose
 */
export async function goOffline(
  settled: Promise<unknown>,
  isolation: Isolation,
  reload: () => Promise<void>,
): Promise<void> {
  if (!canGoOffline()) return;
  if (get('threads') === 'off') {
    await settled.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
  }
  try {
    const url = new URL(SERVICE_WORKER, document.baseURI);
    const registration = await navigator.serviceWorker.register(url, { updateViaCache: 'none' });
    new UpdateNotice(reload).watch(registration);
    await isolation.follow();
  } catch {
    // Storage may be forbidden: then the page needs its network.
    isolation.giveUp();
  }
}
