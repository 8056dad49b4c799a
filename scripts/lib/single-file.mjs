/** dist/likeness.html: the page with all that it needs inside, for `file://`. */
import { statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { rooted } from './files.mjs';
import { run, StepError, say } from './process.mjs';

/** Where the file is written. */
export const SINGLE_FILE = 'dist/likeness.html';

/** Where the page offers it. */
const OFFERED = 'dist/site/likeness.html';

/** Largest size in bytes: the file has to fit into an e-mail. */
const MOST_BYTES = 2_500_000;

/**
 * Writes the single file, from the built package, the page's sources and the built page's pictures.
 * @returns {Promise<void>} rejects with a StepError where it is too large
 */
export async function buildSingleFile() {
  await run('npx', ['--no-install', 'vite', 'build', '--config', 'web/one-file/vite.config.ts'], {
    cwd: rooted(),
  });
  const { size } = statSync(rooted(SINGLE_FILE));
  if (size >= MOST_BYTES) {
    throw new StepError(
      `${SINGLE_FILE} has ${size} bytes, the most is ${MOST_BYTES}.`,
      'see what has grown.',
    );
  }
  await copyFile(rooted(SINGLE_FILE), rooted(OFFERED));
  say(`${SINGLE_FILE}: ${(size / 1e6).toFixed(1)} MB`);
}
