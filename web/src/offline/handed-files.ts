/** Images that are there as soon as the page starts: opened with the installed page, shared with it, or kept. */
import { keepImages, takeImages } from './kept-images.ts';
import { SHARED } from './names.ts';

/** Part of the File Handling API, which the DOM library types don't know. */
interface LaunchQueue {
  setConsumer(
    consumer: (launch: { readonly files?: readonly FileSystemFileHandle[] }) => void,
  ): void;
}

/**
 * @param receive told of the images, as soon as there are some
 * @param onUnreadable told why a file that was opened with the page can't be read
 */
export function receiveHandedFiles(
  receive: (files: readonly File[]) => void,
  onUnreadable: (error: unknown) => void,
): void {
  const { launchQueue } = globalThis as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(async ({ files = [] }) => {
    try {
      receive(await Promise.all(files.map((handle) => handle.getFile())));
    } catch (error) {
      onUnreadable(error);
    }
  });
  void takeKept().then(receive);
}

/**
 * Loads the page anew, with these images in it.
 *
 * The address changes together with the page: changed before, it makes the browser ask the service
 * worker for the icon again, and Chromium may forget to let the next one take over when the one before
 * it gets work just then.
 */
export async function reloadWith(files: readonly File[]): Promise<void> {
  if (files.length === 0) {
    location.reload();
    return;
  }
  await keepImages(files, document.baseURI);
  const url = new URL(location.href);
  url.searchParams.set(SHARED, '');
  location.replace(url);
}

async function takeKept(): Promise<File[]> {
  const url = new URL(location.href);
  if (!url.searchParams.has(SHARED)) return [];
  url.searchParams.delete(SHARED);
  history.replaceState(history.state, '', url);
  try {
    return await takeImages();
  } catch {
    return [];
  }
}
