/** Folders on disk with whatever names and links, byte for byte. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { type CliRun, finished } from './cli.js';

/** A path whose characters are bytes: names may be no UTF-8. */
export function rawPath(...parts: readonly string[]): Buffer {
  return Buffer.from(parts.join('/'), 'latin1');
}

/** Whether names are bytes here; elsewhere they are text. */
export const RAW_NAMES = process.platform === 'linux';

/** Everything below a folder by path, bytes as characters: kind, permissions, time of the last change, content. */
export function snapshotOf(folder: string, below = ''): Map<string, string> {
  const entries = new Map<string, string>();
  const names = readdirSync(rawPath(folder, below), { encoding: 'buffer' });
  for (const name of names.map((bytes) => bytes.toString('latin1')).sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const full = rawPath(folder, path);
    const found = lstatSync(full);
    if (found.isDirectory()) {
      entries.set(path, 'folder');
      for (const [inside, content] of snapshotOf(folder, path)) entries.set(inside, content);
    } else if (found.isSymbolicLink()) entries.set(path, `link to ${readlinkSync(full, 'latin1')}`);
    else {
      const { mode, nlink, mtimeMs } = found;
      entries.set(path, `${mode.toString(8)} ${nlink} ${mtimeMs} ${sha256(readFileSync(full))}`);
    }
  }
  return entries;
}

/** The SHA-256 of a file's bytes, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Runs a script that `dedupe --script` wrote. @param flags for Node */
export function runScript(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<CliRun> {
  return finished(
    spawn(process.execPath, [...flags, script, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}
