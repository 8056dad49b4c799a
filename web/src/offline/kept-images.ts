/** Images that wait for the page's next start: shared with it, or there when it reloads itself. */
import { SHARED, SHARED_CACHE } from './names.ts';

/**
 * Keeps images, in place of those kept before.
 * @param base the page's address
 */
export async function keepImages(files: readonly File[], base: string): Promise<void> {
  await caches.delete(SHARED_CACHE);
  const cache = await caches.open(SHARED_CACHE);
  for (const [index, file] of files.entries()) {
    const headers = { 'content-type': file.type, 'x-name': encodeURIComponent(file.name) };
    await cache.put(new URL(`${SHARED}/${index}`, base), new Response(file, { headers }));
  }
}

/** The images that were kept, in their order; they are given once. */
export async function takeImages(): Promise<File[]> {
  const cache = await caches.open(SHARED_CACHE);
  const kept = await Promise.all((await cache.keys()).map((key) => cache.match(key)));
  const files = await Promise.all(kept.map((response) => response && fileFrom(response)));
  await caches.delete(SHARED_CACHE);
  return files.filter((file) => file !== undefined);
}

async function fileFrom(response: Response): Promise<File> {
  const name = decodeURIComponent(response.headers.get('x-name') ?? '');
  const type = response.headers.get('content-type') ?? '';
  return new File([await response.blob()], name, { type });
}
