/** What has changed, and what that makes a difference to. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rooted } from './files.mjs';

/** The branch that work is based on: as others have it, else as it is here. */
const BASES = ['origin/main', 'main'];

const INCLUDE = /^\s*#\s*include\s*"([^"]+)"/gm;

/**
 * @returns {string[] | undefined} paths of what differs from where this branch left main, or on main from
 *   the last commit that was pushed, and of what is new; undefined where that can't be told
 */
export function changedFiles() {
  const [base] = BASES.flatMap((branch) => git('merge-base', 'HEAD', branch) ?? []);
  if (base === undefined) return undefined;
  const different = git('diff', '--name-only', base);
  const fresh = git('ls-files', '--others', '--exclude-standard');
  return different && fresh && [...different, ...fresh];
}

/**
 * @param {...string} args
 * @returns {string[] | undefined} the lines that git prints; undefined where it fails
 */
function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: rooted(), encoding: 'utf8' });
  return status === 0 ? stdout.split('\n').filter((line) => line !== '') : undefined;
}

/**
 * The files that are among the changed ones, or include one of them, directly or not.
 * @param {readonly string[]} files C++ files, with all headers
 * @param {readonly string[]} changed
 * @param {(file: string) => string} [read]
 * @returns {string[]}
 */
export function affectedBy(files, changed, read = (file) => readFileSync(rooted(file), 'utf8')) {
  const included = new Map(
    files.map((file) => [file, [...read(file).matchAll(INCLUDE)].map(([, name = '']) => name)]),
  );
  const affected = new Set(changed);
  // Grows while it is walked through, until nobody includes what is in it.
  for (const one of affected) {
    for (const [file, names] of included) {
      if (names.some((name) => `/${one}`.endsWith(`/${name.replace(/^(\.\.?\/)+/, '')}`))) {
        affected.add(file);
      }
    }
  }
  return files.filter((file) => affected.has(file));
}
