import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { TemporaryDirectory } from './temporary.js';

/** How a run of the command line ended. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The script that Node runs. */
export const CLI = fileURLToPath(new URL('./cli/main.js', import.meta.resolve('image-likeness')));

/** Embeddings are kept here unless a test says otherwise, and not where the user's are. */
const cache = new TemporaryDirectory();
process.on('exit', () => cache[Symbol.dispose]());

/** Runs the package's command line in a process of its own. */
export function runCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CliRun> {
  return finished(startCli(args, environment));
}

/** Starts it. */
export function startCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, LIKENESS_CACHE_DIR: cache.path, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** How a run that was started ends; its code is null where it was killed. */
export function finished(child: ChildProcessByStdio<null, Readable, Readable>): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
