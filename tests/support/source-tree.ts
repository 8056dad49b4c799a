/** A copy of this project that a test may edit. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { TemporaryDirectory } from './temporary.js';

const COPIED = [
  ...['core', 'examples', 'models', 'scripts', 'tests', 'wasm', 'web'],
  ...['package.json', 'package-lock.json', 'tsconfig.base.json'],
];

/** A program of the project that runs in such a copy. */
export interface Started {
  readonly child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** Waits until it has printed this, after what was waited for before. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** The sources alone; npm packages are shared, and programs can be put in the place of the machine's. */
export class SourceTree extends TemporaryDirectory {
  constructor() {
    super();
    const own = (path: string): boolean => !/\/(?:node_modules|build)$/.test(path);
    for (const path of COPIED) cpSync(path, this.file(path), { recursive: true, filter: own });
    symlinkSync(realpathSync('node_modules'), this.file('node_modules'));
    mkdirSync(this.file('programs'));
  }

  /** Takes over what has been built, where it has. */
  copyBuilt(path: string): void {
    if (!existsSync(path)) return;
    mkdirSync(dirname(this.file(path)), { recursive: true });
    cpSync(path, this.file(path), { recursive: true });
  }

  write(path: string, text: string): void {
    writeFileSync(this.file(path), text);
  }

  /** Adds to the end of a file. @returns a function that takes it away */
  append(path: string, text: string): () => void {
    const before = readFileSync(this.file(path), 'utf8');
    this.write(path, `${before}${text}`);
    return () => this.write(path, before);
  }

  /** Puts a shell script in the place of a program. */
  program(name: string, script: string): void {
    this.write(`programs/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(this.file(`programs/${name}`), 0o755);
  }

  /** Runs Node in it. */
  node(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
    const PATH = [resolve(this.file('programs')), process.env['PATH']].join(delimiter);
    // Node runs no tests inside of tests, unless it does not know.
    const own = { PATH, NODE_TEST_CONTEXT: undefined, INIT_CWD: undefined, ...environment };
    const child = spawn(process.execPath, args, {
      cwd: this.path,
      env: { ...process.env, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return follow(child);
  }

  /** Waits until nothing that was started in it runs any more. */
  async isLeft(): Promise<void> {
    while (workingDirectories().some((path) => path.startsWith(this.path))) await wait(20);
  }
}

function follow(child: ChildProcess): Started {
  let text = '';
  let from = 0;
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      for (const listener of listeners) listener();
    });
  }
  const prints = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((found, reject) => {
      const look = (): void => {
        const match = pattern.exec(text.slice(from));
        if (match === null) return;
        from += match.index + match[0].length;
        listeners.delete(look);
        found(match);
      };
      listeners.add(look);
      child.on('close', () => reject(new Error(`It ended without ${pattern}:\n${text}`)));
      look();
    });
  const ended = new Promise<number | NodeJS.Signals | null>((end) => {
    child.on('close', (code, signal) => end(code ?? signal));
  });
  return { child, output: () => text, prints, ended };
}

/** Where the processes of this machine run, as far as they may be seen. */
function workingDirectories(): string[] {
  return readdirSync('/proc').flatMap((id) => {
    try {
      return /^\d+$/.test(id) ? [readlinkSync(`/proc/${id}/cwd`)] : [];
    } catch {
      return [];
    }
  });
}
