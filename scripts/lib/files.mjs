/** Questions about files that the build asks. */
import { readdirSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, absolute. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A path inside the repository.
 * @param {...string} parts
 */
export function rooted(...parts) {
  return join(ROOT, ...parts);
}

/**
 * When a file, or anything in a directory, was last changed, in ms since 1970; 0 when it isn't
 * there. A directory counts too, so that a deleted file is noticed.
 * @param {string} path
 * @returns {number}
 */
export function lastChange(path) {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 0;
  if (!status.isDirectory()) return status.mtimeMs;
  const inside = readdirSync(path).map((name) => lastChange(join(path, name)));
  return Math.max(status.mtimeMs, ...inside);
}

/**
 * Whether `output` is missing, or older than any of its inputs.
 * @param {string} output
 * @param {readonly string[]} inputs
 */
export function isStale(output, inputs) {
  const made = lastChange(output);
  return made === 0 || inputs.some((input) => lastChange(input) > made);
}

/**
 * The files below a directory of the repository, as paths from its root, sorted.
 * @param {string} directory
 * @param {readonly string[]} extensions with their dots
 * @returns {string[]}
 */
export function filesUnder(directory, extensions) {
  const entries = readdirSync(rooted(directory), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && extensions.includes(extname(entry.name)))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}
