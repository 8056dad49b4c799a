/** Makes the page work without a network, from its second visit on. */
import { applyIsolation, wantsThreads } from './isolation.ts';
import { SERVICE_WORKER } from './names.ts';
import { UpdateNotice } from './update-notice.ts';

/** An answer that is under way when the model has arrived goes first, in ms. */
const PATIENCE = 2000;

/**
 * Starts the service worker, which keeps the page's files.
 * @param settled when the page has loaded all that it needs at once; only threads don't wait for it
 */
export async function goOffline(settled: Promise<unknown>): Promise<void> {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined || !location.protocol.startsWith('http')) return;
  addEventListener('hashchange', () => void isolate());
  if (!wantsThreads()) {
    await settled.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
  }
  try {
    const url = new URL(SERVICE_WORKER, document.baseURI);
    const registration = await serviceWorker.register(url, { updateViaCache: 'none' });
    new UpdateNotice().watch(registration);
    await isolate();
  } catch {
    // Storage may be forbidden: then the page needs its network.
  }
}

async function isolate(): Promise<void> {
  try {
    await applyIsolation(wantsThreads());
  } catch {
    // Without storage there are no threads; everything works all the same.
  }
}
