import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory that is removed, with all that is in it, when its scope ends. */
export class TemporaryDirectory implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'likeness-test-'));

  /** A path inside. */
  file(name: string): string {
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    // Programs that are ending may still be writing.
    rmSync(this.path, { recursive: true, force: true, maxRetries: 10 });
  }
}
