/** Running other programs, and telling the user what happens. */
import { spawn, spawnSync } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { inspect } from 'node:util';

/** A step that failed for a reason that the user can do something about. */
export class StepError extends Error {
  /**
   * @param {string} cause what went wrong
   * @param {string} cure what to do about it
   */
  constructor(cause, cure) {
    super(`${cause}\n  What to do: ${cure}`);
  }
}

/**
 * Says what is being done, on standard error, so that standard output stays the program's own.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`• ${text}\n`);
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string>} [env] on top of this process's own
 * @property {string} [cure] what to do when it fails
 * @property {boolean} [prints] whether what it prints is what this program prints; else it goes to
 *   standard error
 * @property {boolean} [background] whether it, and all that it starts, gets only the processor time that nobody else wants;
 *   what it prints is shown when it has ended, in one piece
 * @property {AbortSignal} [signal] ends the program, with all that it has started
 * @property {(text: string) => void} [hear] gets what it prints, which is shown on standard error, too
 * @property {boolean} [shown] whether it is; unless told otherwise
 */

/**
 * Runs a program to its end and shows what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<void>} rejects with a StepError unless the exit code is 0
 */
export async function run(command, args, options = {}) {
  const code = await exitCodeOf(command, args, options);
  if (code === 0) return;
  throw new StepError(
    `"${[command, ...args].join(' ')}" failed with exit code ${code}.`,
    options.cure ?? 'read the output above; the first error is the one that counts.',
  );
}

/**
 * Runs a program to its end and shows what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>} the exit code; 127 when there is no such program
 */
export function exitCodeOf(command, args, options = {}) {
  const { cwd, env, prints = false, background = false, signal, hear, shown = true } = options;
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(1);
    const said = hear === undefined && !background ? 2 : 'pipe';
    let unsaid = '';
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', prints ? 1 : said, said],
      // A group of its own can be ended as one.
      detached: signal !== undefined,
    });
    if (background && child.pid !== undefined) {
      setPriority(child.pid, constants.priority.PRIORITY_LOW);
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        if (shown && background) unsaid += text;
        else if (shown) process.stderr.write(text);
        hear?.(text);
      });
    }
    const end = () => endGroup(child.pid);
    signal?.addEventListener('abort', end);
    if (signal !== undefined) process.on('exit', end);
    child.on('error', () => resolve(127));
    child.on('close', (code) => {
      signal?.removeEventListener('abort', end);
      process.off('exit', end);
      process.stderr.write(unsaid);
      resolve(code ?? 1);
    });
  });
}

/** What asks a program to end. */
const ENDINGS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Has something done when this process is asked to end, in place of ending at once.
 * @param {() => void} task
 */
export function onceAskedToEnd(task) {
  for (const ending of ENDINGS) process.once(ending, task);
}

/** @param {number | undefined} leader */
function endGroup(leader) {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGTERM');
  } catch {
    // It has ended meanwhile.
  }
}

/**
 * Whether a program ends with exit code 0; its output is not shown.
 * @param {string} command
 * @param {readonly string[]} args
 */
export function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/**
 * Whether a program is on the PATH.
 * @param {string} command
 */
export function hasCommand(command) {
  return succeeds('sh', ['-c', `command -v ${command}`]);
}

/**
 * Runs the main function of a script; a failure is printed and becomes exit code 1.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`\n✗ ${error instanceof StepError ? error.message : inspect(error)}\n`);
    process.exitCode = 1;
  }
}
