import type { ModelFile } from '../engine/environment.js';
import { sha256 } from '../files/bytes.js';
import type { AcceptedFile } from '../models/manifest.js';

/** Name of the cache: `caches.delete('image-likeness')` empties it. */
const CACHE_NAME = 'image-likeness';

/**
 * Models kept by the browser under their SHA-256. A cache is a convenience: where there is none, where
 * it is full or where it fails, the model that was just fetched is used from memory.
 */
export class ModelCache {
  private constructor(private readonly cache: Cache) {}

  /** Undefined where there is no cache (an insecure page, a private window, a file). */
  static async open(): Promise<ModelCache | undefined> {
    try {
      return new ModelCache(await globalThis.caches.open(CACHE_NAME));
    } catch {
      return undefined;
    }
  }

  /** The first of the files that is kept, hashed again; one that has changed is deleted. */
  async find(files: readonly AcceptedFile[]): Promise<ModelFile | undefined> {
    for (const file of files) {
      try {
        const response = await this.cache.match(keyOf(file.sha256));
        if (response === undefined) continue;
        const bytes = new Uint8Array(await response.arrayBuffer());
        if ((await sha256(bytes)) === file.sha256) return { bytes, sha256: file.sha256 };
        await this.cache.delete(keyOf(file.sha256));
      } catch {
        // As good as not kept.
      }
    }
    return undefined;
  }

  /** Keeps a file whose hash has been checked, if there is room for it. */
  async keep({ bytes, sha256: hash }: ModelFile): Promise<void> {
    try {
      const headers = { 'content-type': 'application/octet-stream' };
      await this.cache.put(
        keyOf(hash),
        new Response(bytes as Uint8Array<ArrayBuffer>, { headers }),
      );
    } catch {
      // No room, most likely (QuotaExceededError).
    }
  }
}

/** An address of the page's own origin that is never asked for: caches take nothing but addresses. */
function keyOf(hash: string): string {
  return new URL(`/image-likeness/${hash}.onnx`, globalThis.location.origin).href;
}
