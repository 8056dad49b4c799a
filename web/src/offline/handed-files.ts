/** Images that the system hands to the installed page: opened with it, or shared with it. */
import { SHARED, SHARED_CACHE } from './names.ts';

interface LaunchQueue {
  setConsumer(
    consumer: (launch: { readonly files?: readonly FileSystemFileHandle[] }) => void,
  ): void;
}

/** @param receive told of the images, as soon as there are some */
export function receiveHandedFiles(receive: (files: readonly File[]) => void): void {
  const { launchQueue } = globalThis as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(async ({ files = [] }) => {
    receive(await Promise.all(files.map((handle) => handle.getFile())));
  });
  void takeShared().then(receive);
}

/** What the service worker has kept; it is given once. */
async function takeShared(): Promise<File[]> {
  const url = new URL(location.href);
  if (!url.searchParams.has(SHARED)) return [];
  url.searchParams.delete(SHARED);
  history.replaceState(history.state, '', url);
  try {
    const cache = await caches.open(SHARED_CACHE);
    const kept = await Promise.all((await cache.keys()).map((key) => cache.match(key)));
    const files = await Promise.all(kept.map((response) => response && fileFrom(response)));
    await caches.delete(SHARED_CACHE);
    return files.filter((file) => file !== undefined);
  } catch {
    return [];
  }
}

async function fileFrom(response: Response): Promise<File> {
  const name = decodeURIComponent(response.headers.get('x-name') ?? '');
  const type = response.headers.get('content-type') ?? '';
  return new File([await response.blob()], name, { type });
}
