import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { renderGallery } from './gallery.ts';

/** Puts the rendered sample pictures into `samples/` of the page, built or served from its sources. */
export function samplePictures(cacheDirectory: string): Plugin {
  return {
    name: 'likeness-sample-pictures',
    configureServer({ middlewares }) {
      let gallery: ReturnType<typeof cachedGallery> | undefined;
      middlewares.use('/samples', async ({ url = '' }, response, next) => {
        gallery ??= cachedGallery(cacheDirectory);
        const picture = (await gallery).get(url.slice(1));
        if (picture === undefined) return next();
        response.setHeader('content-type', 'image/jpeg').end(picture);
      });
    },
    async generateBundle() {
      for (const [name, source] of await cachedGallery(cacheDirectory)) {
        this.emitFile({ type: 'asset', fileName: `samples/${name}`, source });
      }
    },
  };
}

/** Rendering takes a while, so its result is kept until the code that it is made by changes. */
async function cachedGallery(cacheDirectory: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const directory = join(cacheDirectory, await hashOfSources());
  try {
    const names = await readdir(directory);
    const pictures = names.map(
      async (name) => [name, await readFile(join(directory, name))] as const,
    );
    return new Map(await Promise.all(pictures));
  } catch {
    const gallery = renderGallery();
    const partial = `${directory}.${process.pid}`;
    await mkdir(partial, { recursive: true });
    for (const [name, bytes] of gallery) await writeFile(join(partial, name), bytes);
    await rename(partial, directory);
    return gallery;
  }
}

async function hashOfSources(): Promise<string> {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const names = [...(await readdir(folder)), '../src/random.ts'];
  const hash = createHash('sha256');
  for (const name of names.sort()) hash.update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}
