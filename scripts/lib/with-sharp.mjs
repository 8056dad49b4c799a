/** The built package as an application has it that installed sharp beside it; `npm start` installs none. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What the package is made of. */
const PARTS = ['package.json', 'dist/package'];

/**
 * A copy of the package, since what a module finds depends on where it lies. It is for programs that run in the
 * repository's root.
 */
export class PackageWithSharp {
  #folder = mkdtempSync(resolve('build/with-sharp-'));
  #package = join(this.#folder, 'node_modules/image-likeness');

  /** @param {string} [sharp] a folder that takes its place */
  constructor(sharp = realpathSync(resolve('tests/node_modules/sharp'))) {
    mkdirSync(this.#package, { recursive: true });
    for (const part of PARTS) cpSync(resolve(part), join(this.#package, part), { recursive: true });
    symlinkSync(sharp, join(this.#folder, 'node_modules/sharp'), 'junction');
  }

  /** The script of its command line. */
  get commandLine() {
    return join(this.#package, 'dist/package/cli/main.js');
  }

  /** @returns {Promise<typeof import('image-likeness')>} */
  load() {
    return import(pathToFileURL(join(this.#package, 'dist/package/index.js')).href);
  }

  [Symbol.dispose]() {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
