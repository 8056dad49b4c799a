/** Ends test files from which nothing is heard any more, and tells what they were at. */
import { readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ROOT } from './files.mjs';

/** What a test process is asked with for the state of its pages; scripts/lib/page-state.mjs answers. */
export const ASK = 'SIGUSR2';

/** How long it has for the answer, in ms; it ends itself after it. */
const ANSWER = 60_000;

/** Signs of life, besides the beginning and the end of a test. */
const SIGNS = /** @type {const} */ (['test:diagnostic', 'test:stdout', 'test:stderr']);

/**
 * Watches the run of a test file. One that is silent for too long is named, with the test that was
 * running; its processes, and theirs, are killed. Node then counts it as failed.
 * @param {import('node:test').TestsStream} stream
 * @param {number} silence in seconds
 * @param {(sentence: string) => void} told takes what is said of it
 */
export function watch(stream, silence, told) {
  /**
   * The file and, inside it, the test that run, outermost first.
   * @type {{ name: string, file?: string | undefined, nesting: number }[]}
   */
  let running = [];
  /** @type {(() => void) | undefined} */
  let finish;
  const end = () => {
    const [{ file = '' } = {}, ...tests] = running;
    const path = tests.map(({ name }) => name).join(' > ');
    const place = path === '' ? 'outside of its tests' : `in "${path}"`;
    const sentence = `nothing heard for ${silence} s, ${place}. Its processes are ended.`;
    process.stdout.write(`\n✖ ${relative(ROOT, file)}: ${sentence}\n`);
    told(sentence);
    finish = endTestFile(file);
  };
  const timer = setTimeout(end, silence * 1000);
  const heard = () => {
    if (finish === undefined) timer.refresh();
  };
  for (const sign of SIGNS) stream.on(sign, heard);
  stream.on('test:dequeue', (test) => {
    running.push(test);
    heard();
  });
  stream.on('test:complete', ({ name, nesting, file }) => {
    const at = running.findIndex((test) => test.name === name && test.nesting === nesting);
    // Whatever ran inside has ended with it.
    if (at >= 0) running = running.slice(0, at);
    if (name === file) {
      finish?.();
      finish = undefined;
    }
    heard();
  });
  stream.on('close', () => clearTimeout(timer));
}

/**
 * Asks a test file's process for the state of its pages, and kills it with all that it started when
 * there has been time for an answer.
 * @param {string} file
 * @returns {() => void} kills them at once
 */
function endTestFile(file) {
  const processes = runningProcesses();
  const root = processes.find(
    ({ parent, command }) => parent === process.pid && command.includes(file),
  );
  if (root === undefined) return () => undefined;
  // Listed before anything ends: children whose parent is gone are nobody's.
  const family = familyOf(root.id, processes);
  kill(root.id, ASK);
  const killAll = () => {
    for (const id of family) kill(id, 'SIGKILL');
  };
  const timer = setTimeout(killAll, ANSWER);
  return () => {
    clearTimeout(timer);
    killAll();
  };
}

/**
 * @param {number} id
 * @param {ReturnType<typeof runningProcesses>} processes
 * @returns {number[]} a process and all below it
 */
function familyOf(id, processes) {
  const children = processes.filter(({ parent }) => parent === id);
  return [id, ...children.flatMap((child) => familyOf(child.id, processes))];
}

/** Every process of this machine, as Linux lists them. */
function runningProcesses() {
  return readdirSync('/proc').flatMap((id) => {
    if (!/^\d+$/.test(id)) return [];
    try {
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      const parent = Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]);
      return [{ id: Number(id), parent, command: readFileSync(`/proc/${id}/cmdline`, 'utf8') }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

/**
 * @param {number} id
 * @param {NodeJS.Signals} signal
 */
function kill(id, signal) {
  try {
    process.kill(id, signal);
  } catch {
    // It has ended meanwhile.
  }
}
