import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { getSystemErrorMap } from 'node:util';
import { LikenessError, messageOf } from '../errors.js';
import { fsPath, printable } from './text.js';

/** Where a command writes. */
export interface CommandIo {
  /** Writes text to standard output. */
  out(text: string): void;
  /** Writes text to standard error. */
  err(text: string): void;
  /** Whether standard error is a terminal, where progress can be shown. */
  readonly terminal: boolean;
}

/** Standard output and error of this process. */
export const processIo: CommandIo = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  terminal: process.stderr.isTTY === true,
};

/** The error for a command line that can't be understood. */
export function usageError(message: string): LikenessError {
  return new LikenessError('invalid-argument', `${message} See image-likeness --help.`);
}

/** What the system says of a failure, without Node's words around it: "permission denied". */
export function reasonOf(error: unknown): string {
  const { errno } = error as NodeJS.ErrnoException;
  const [, words] = (errno !== undefined && getSystemErrorMap().get(errno)) || [];
  return words ?? messageOf(error);
}

/**
 * The bytes of a file.
 * @throws LikenessError `invalid-argument`, naming the file and why it can't be read
 */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    return await readFile(fsPath(path));
  } catch (error) {
    throw new LikenessError(
      'invalid-argument',
      `Can't read ${printable(path)}: ${reasonOf(error)}.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Writes a file as a whole: it is there when it is complete, and not before.
 * @throws LikenessError `invalid-argument`, naming the file and why it can't be written
 */
export async function writeOutput(path: string, content: Uint8Array | string): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw usageError(`Can't write ${path}: ${reasonOf(error)}.`);
  }
}
