/** The built package as an application has it that installed others beside it; `npm start` installs none. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What the package is made of. */
const PARTS = ['package.json', 'dist/package'];

/**
 * A copy of the package, since what a module finds depends on where it lies: outside of the repository, whose tests
 * have all of them. It is for programs that run in the repository's root.
 */
export class PackageBeside {
  #folder = realpathSync(mkdtempSync(join(tmpdir(), 'likeness-beside-')));
  #modules = join(this.#folder, 'node_modules');
  #package = join(this.#modules, 'image-likeness');

  /** @param {readonly string[]} others packages that the tests have installed */
  constructor(...others) {
    mkdirSync(this.#package, { recursive: true });
    for (const part of PARTS) cpSync(resolve(part), join(this.#package, part), { recursive: true });
    for (const name of others) this.put(name, resolve('tests/node_modules', name));
  }

  /**
   * Puts a package beside it.
   * @param {string} name
   * @param {string} folder
   */
  put(name, folder) {
    const place = join(this.#modules, name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(realpathSync(folder), place, 'junction');
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
