/**
 * What a script of `dedupe --script` does with its list of files: prints it, moves the spare ones to the trash, brings
 * them back. The build makes one file of this and what it imports, which is then part of every such script.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open, readFile, rename, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { getSystemErrorMap } from 'node:util';
import {
  counted,
  fsPath,
  percentDecoded,
  percentEncoded,
  printable,
  sizeInWords,
} from '../text.js';
import {
  exists,
  forget,
  moveFromTrash,
  moveToTrash,
  removeFile,
  type TrashPlace,
} from './trash.js';

/** A file as it was when it was compared. */
export interface ReviewedFile {
  /** An absolute one, as a text as in text.ts. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A file to keep, and those that it stands in for. */
export interface ReviewedGroup {
  readonly keep: ReviewedFile;
  readonly spare: readonly ReviewedFile[];
}

/** Everything was done. */
const DONE = 0;

/** Some files were left where they are. */
const PARTLY = 1;

/** Nothing was done. */
const REFUSED = 2;

/**
 * Runs the script.
 * @param script its own path; beside it is the record of what was moved, which `--undo` reads
 * @param args `--apply`, with or without `--yes`, or `--undo`; none: it prints what would be moved
 * @returns the exit code: 0, 1 where some files were left, 2 where nothing was done
 */
export async function review(
  groups: readonly ReviewedGroup[],
  script: string,
  args: readonly string[],
): Promise<number> {
  const record = new MoveRecord(`${script}.moved`);
  const wanted = args.join(' ');
  try {
    if (wanted === '') return list(groups, script);
    if (wanted === '--apply') return await apply(groups, script, record, agreed);
    if (['--apply --yes', '--yes --apply'].includes(wanted)) {
      return await apply(groups, script, record, async () => true);
    }
    if (wanted === '--undo') return await undo(record);
  } catch (error) {
    complain(`${reasonOf(error)}.`);
    return REFUSED;
  }
  complain(`"${wanted}" is not understood. There are --apply, --apply --yes and --undo.`);
  return REFUSED;
}

function list(groups: readonly ReviewedGroup[], script: string): number {
  for (const { keep, spare } of groups) {
    say(`keep        ${printable(keep.path)}`);
    for (const { path, bytes } of spare) {
      say(`would move  ${printable(path)}  ${sizeInWords(bytes)}`);
    }
  }
  say(`Nothing was moved: ${totalOf(groups.flatMap(({ spare }) => spare))}.`);
  say(`To be asked, and then to move them to the trash: ${commandOf(script)} --apply`);
  return DONE;
}

async function apply(
  groups: readonly ReviewedGroup[],
  script: string,
  record: MoveRecord,
  agree: (question: string) => Promise<boolean>,
): Promise<number> {
  const pending = await pendingOf(groups, record);
  const files = pending.flatMap(({ spare }) => spare);
  if (files.length === 0) {
    say('There is nothing left to move.');
    return DONE;
  }
  if (!(await agree(`Move ${totalOf(files)} to the trash?`))) {
    say('Nothing was moved.');
    return REFUSED;
  }
  let count = 0;
  for (const { keep, spare } of pending) {
    const witness = new Witness(keep);
    for (const file of spare) {
      try {
        await checkSpare(file, witness);
        // Written down first: what is stopped in between can still be undone.
        await moveToTrash(file.path, (place) => record.add({ ...file, place }));
        count += 1;
        say(`moved       ${printable(file.path)}`);
      } catch (error) {
        say(`not moved   ${printable(file.path)}: ${reasonOf(error)}`);
      }
    }
  }
  const left = files.length - count;
  say(`${counted(count, 'file')} moved to the trash, ${left} left where they are.`);
  if (count > 0) say(`To bring them back: ${commandOf(script)} --undo`);
  return left === 0 ? DONE : PARTLY;
}

/** Without what an earlier run has moved. */
async function pendingOf(
  groups: readonly ReviewedGroup[],
  record: MoveRecord,
): Promise<ReviewedGroup[]> {
  const gone = new Set<string>();
  for (const { path } of await record.read()) if (!(await exists(path))) gone.add(path);
  return groups.map(({ keep, spare }) => ({
    keep,
    spare: spare.filter(({ path }) => !gone.has(path)),
  }));
}

async function undo(record: MoveRecord): Promise<number> {
  const moves = await record.read();
  const left: Move[] = [];
  let count = 0;
  for (const move of moves.reverse()) {
    try {
      if (await bringBack(move)) {
        count += 1;
        say(`back        ${printable(move.path)}`);
      }
    } catch (error) {
      left.unshift(move);
      say(`not back    ${printable(move.path)}: ${reasonOf(error)}`);
    }
  }
  await record.replace(left);
  say(`${counted(count, 'file')} brought back, ${left.length} not.`);
  return left.length === 0 ? DONE : PARTLY;
}

/** @returns whether the file was in the trash; it wasn't where the script was stopped before it moved it */
async function bringBack({ path, sha256, place }: Move): Promise<boolean> {
  const inTrash = place !== undefined && (await exists(place.file));
  if (inTrash && (await hashOf(place.file)) === sha256) {
    await moveFromTrash(place, path);
    return true;
  }
  if (!(await exists(path))) {
    throw new Error(
      place === undefined
        ? 'where it is now is not known; look for it in the trash'
        : 'it is not in the trash any more',
    );
  }
  if (place !== undefined && !inTrash) await forget(place);
  return false;
}

/** @throws Error unless the file is the one that was compared, and the one to keep still stands in for it */
async function checkSpare(file: ReviewedFile, witness: Witness): Promise<void> {
  const found = await lstat(fsPath(file.path), { bigint: true }).catch(() => undefined);
  if (found === undefined) throw new Error('it is not there any more');
  if (!found.isFile()) throw new Error('it is no file any more');
  const kept = await witness.look();
  if (kept.dev === found.dev && kept.ino === found.ino) {
    throw new Error('it is the same file as the one to keep');
  }
  if (Number(found.size) !== file.bytes || (await hashOf(file.path)) !== file.sha256) {
    throw new Error('it has changed since it was compared');
  }
  await witness.look();
}

/** What is known of the file to keep, of which nothing is taken for granted from one look to the next. */
class Witness {
  #last: string | undefined;

  constructor(private readonly file: ReviewedFile) {}

  /** @throws Error unless the file is there and is the one that was compared */
  async look(): Promise<{ readonly dev: bigint; readonly ino: bigint }> {
    const { path, bytes, sha256 } = this.file;
    const name = printable(path);
    const found = await stat(fsPath(path), { bigint: true }).catch(() => undefined);
    if (found === undefined) throw new Error(`the file to keep is not there any more: ${name}`);
    const { dev, ino, size, mtimeNs, ctimeNs } = found;
    const state = [dev, ino, size, mtimeNs, ctimeNs].join(' ');
    if (state === this.#last) return found;
    if (!found.isFile() || Number(size) !== bytes || (await hashOf(path)) !== sha256) {
      throw new Error(`the file to keep has changed since it was compared: ${name}`);
    }
    this.#last = state;
    return found;
  }
}

/** A file that was moved, or was about to be. */
interface Move {
  readonly path: string;
  readonly sha256: string;
  /** Missing where it was stopped before the system said where the file is. */
  readonly place?: TrashPlace | undefined;
}

/** Moves, a line each, in the order they were made. */
class MoveRecord {
  constructor(private readonly path: string) {}

  async read(): Promise<Move[]> {
    if (!(await exists(this.path))) return [];
    const text = await readFile(fsPath(this.path), 'utf8');
    // What follows the last line's end was being written when the script was stopped: nothing was moved yet.
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => this.#decoded(line));
  }

  /** Returns when it is on the disk. */
  async add(move: Move): Promise<void> {
    const file = await open(fsPath(this.path), 'a', 0o600);
    try {
      await file.write(`${encoded(move)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async replace(moves: readonly Move[]): Promise<void> {
    if (moves.length === 0) return removeFile(this.path);
    const partial = `${this.path}.part`;
    const file = await open(fsPath(partial), 'w', 0o600);
    await file.writeFile(moves.map((move) => `${encoded(move)}\n`).join(''));
    await file.sync();
    await file.close();
    await rename(fsPath(partial), fsPath(this.path));
  }

  #decoded(line: string): Move {
    const [path = '', sha256 = '', file = '', info = ''] = line.split(' ').map(percentDecoded);
    if (sha256 === '') throw new Error(`${printable(this.path)} is damaged: "${printable(line)}"`);
    if (file === '') return { path, sha256 };
    return { path, sha256, place: info === '' ? { file } : { file, info } };
  }
}

/** Paths and hash with spaces between them, which none of them has. */
function encoded({ path, sha256, place }: Move): string {
  return [path, sha256, place?.file ?? '', place?.info ?? ''].map(percentEncoded).join(' ');
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(fsPath(path))) hash.update(part);
  return hash.digest('hex');
}

/** Asks whoever sits at the terminal. */
async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    complain('There is no terminal to ask at: --apply --yes moves them without asking.');
    return false;
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
    lines.question(`${question} (yes/no) `, resolve);
  });
  lines.close();
  return /^\s*y(?:es)?\s*$/i.test(answer);
}

/** What to type to run the script. */
function commandOf(script: string): string {
  const name = printable(script);
  if (/^[\w./\\:-]+$/.test(name)) return `node ${name}`;
  return process.platform === 'win32'
    ? `node "${name}"`
    : `node '${name.replaceAll("'", "'\\''")}'`;
}

/** "12 files, 34.5 MB". */
function totalOf(files: readonly ReviewedFile[]): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${counted(files.length, 'file')}, ${sizeInWords(bytes)}`;
}

/** What went wrong, as the end of a sentence. */
function reasonOf(error: unknown): string {
  const { errno, code, message } = error as NodeJS.ErrnoException;
  if (code === 'EXDEV') return 'its trash is on another file system';
  const [, words] = (errno !== undefined && getSystemErrorMap().get(errno)) || [];
  return words ?? message;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
