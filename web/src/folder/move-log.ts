import { type Directory, type FileHandle, isNamed, writeTo } from './directory.ts';

/**
 * What is happening to a file. Before every step the log says what it is going to be, and afterwards that it has been:
 * - `copying`: the file is where it was; a copy is being made.
 * - `removing`: the copy has been read back and is the same; the file itself is being removed.
 * - `moved`: the file is in the folder of spare files, and nowhere else.
 * - `left`: it is where it was, and there is no copy.
 * - `restoring`: the file is among the spare ones; it is being written to where it was.
 * - `clearing`: that has been read back and is the same; the spare one is being removed.
 * - `restored`: it is where it was, and nowhere else.
 * - `missing`: it is in neither place; somebody else has taken it.
 */
export type MoveState =
  | 'copying'
  | 'removing'
  | 'moved'
  | 'left'
  | 'restoring'
  | 'clearing'
  | 'restored'
  | 'missing';

/** A file that is moved, or was. */
export interface LoggedMove {
  /** Unique in the folder. */
  readonly id: number;
  /** Path of the file below the chosen folder. */
  readonly from: string;
  /** Its path below the folder of spare files. */
  readonly to: string;
  readonly bytes: number;
  /** Of its bytes, hexadecimal. */
  readonly sha256: string;
  /** Path of the file that stays for it, as it is shown. */
  readonly keeper: string;
}

/** A file with its last state. */
export interface MoveEntry extends LoggedMove {
  readonly state: MoveState;
}

/** A line of the log: what it is about is said at the first time. */
type Line = {
  readonly at: string;
  readonly id: number;
  readonly state: MoveState;
} & Partial<LoggedMove>;

const LOG_NAME = /^likeness-log-(\d+)\.jsonl$/u;

/** Characters from which on another file is begun: each line writes its file anew. */
const LONGEST = 64_000;

/** What was moved, as JSON lines in files `likeness-log-1.jsonl`, `-2` … of the folder of spare files. */
export class MoveLog {
  readonly #entries = new Map<number, MoveEntry>();
  /** The highest number of a move. */
  #last = 0;
  /** Number of the file that is written to, and what is in it. */
  #number = 1;
  #text = '';

  private constructor(private readonly directory: Directory) {}

  /** Reads what there is. */
  static async open(directory: Directory): Promise<MoveLog> {
    const log = new MoveLog(directory);
    const numbers: number[] = [];
    for await (const { name, kind } of directory.values()) {
      const number = kind === 'file' ? LOG_NAME.exec(name)?.[1] : undefined;
      if (number !== undefined) numbers.push(Number(number));
    }
    for (const number of numbers.sort((x, y) => x - y)) {
      const file = await (await directory.getFileHandle(nameOf(number))).getFile();
      log.#text = await file.text();
      log.#number = number;
      for (const line of log.#text.split('\n')) log.#read(line);
    }
    return log;
  }

  /** All files that have been moved or are being moved, in the order of their first lines. */
  get entries(): MoveEntry[] {
    return [...this.#entries.values()];
  }

  /** Notes that a file is going to be moved. */
  async begin(move: Omit<LoggedMove, 'id'>): Promise<MoveEntry> {
    const entry = { id: this.#last + 1, ...move, state: 'copying' as const };
    await this.#write({ at: now(), ...entry });
    this.#last = entry.id;
    this.#entries.set(entry.id, entry);
    return entry;
  }

  /** Notes what has become of a file. */
  async note(entry: MoveEntry, state: MoveState): Promise<MoveEntry> {
    await this.#write({ at: now(), id: entry.id, state });
    const changed = { ...entry, state };
    this.#entries.set(entry.id, changed);
    return changed;
  }

  async #write(line: Line): Promise<void> {
    if (this.#text.length > LONGEST) {
      this.#number += 1;
      this.#text = '';
    }
    const text = `${this.#text}${JSON.stringify(line)}\n`;
    await writeTo(await this.#file(), text);
    this.#text = text;
  }

  #file(): Promise<FileHandle> {
    return this.directory.getFileHandle(nameOf(this.#number), { create: true });
  }

  #read(text: string): void {
    const line = parse(text);
    if (line === undefined) return;
    const { id, state } = line;
    this.#last = Math.max(this.#last, id);
    const known = this.#entries.get(id);
    if (known !== undefined) this.#entries.set(id, { ...known, state });
    else if (isComplete(line)) {
      const { from, to, bytes, sha256, keeper } = line;
      this.#entries.set(id, { id, from, to, bytes, sha256, keeper, state });
    }
  }
}

/** The log of a chosen folder, where it has one. */
export async function findLog(
  chosen: Directory,
  spareFolder: string,
): Promise<MoveLog | undefined> {
  try {
    return await MoveLog.open(await chosen.getDirectoryHandle(spareFolder));
  } catch (error) {
    if (isNamed(error, 'NotFoundError') || isNamed(error, 'TypeMismatchError')) return undefined;
    throw error;
  }
}

/** @returns undefined for what is no line of this log */
function parse(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<Line> | null;
    return typeof line?.id === 'number' && typeof line.state === 'string'
      ? (line as Line)
      : undefined;
  } catch {
    return undefined;
  }
}

function isComplete(line: Line): line is Line & LoggedMove {
  const { from, to, bytes, sha256, keeper } = line;
  return (
    typeof bytes === 'number' &&
    [from, to, sha256, keeper].every((text) => typeof text === 'string' && text !== '')
  );
}

function nameOf(number: number): string {
  return `likeness-log-${number}.jsonl`;
}

function now(): string {
  return new Date().toISOString();
}
