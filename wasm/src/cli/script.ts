/** The script of `dedupe --script`. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { usageError } from './io.js';
import type { ReviewedFile, ReviewedGroup } from './review/review.js';

/** What Node takes for a module. */
const ENDING = '.mjs';

/** A spare file, and why it is one. */
export interface ScriptedFile extends ReviewedFile {
  /** In words, without any name. */
  readonly reason: string;
}

/** A file to keep, and those that it stands in for. */
export interface ScriptedGroup extends ReviewedGroup {
  readonly spare: readonly ScriptedFile[];
}

/** @throws LikenessError `invalid-argument` */
export function checkScriptName(path: string | undefined): void {
  if (path === undefined || path.endsWith(ENDING)) return;
  throw usageError(`--script takes a file that ends in ${ENDING}, not "${path}".`);
}

/**
 * A script for Node that lists what is spare and, if it is told to, moves it to the trash or back. It needs nothing of
 * the package.
 * @param path where it will be
 */
export async function scriptOf(groups: readonly ScriptedGroup[], path: string): Promise<string> {
  // Made of review/ by the build.
  const program = await readFile(new URL('./review-program.js', import.meta.url), 'utf8');
  const name = visible(basename(path));
  return `#!/usr/bin/env node
// Spare picture files, found by image-likeness. Read this list before you apply it.
//
//   node ${name}            prints what would be moved
//   node ${name} --apply    asks, then moves the spare files to the trash of this system
//   node ${name} --undo     brings back what was moved
//
// It deletes nothing. Take out the line of a file, and it stays where it is. Before a file is moved, it and the file
// to keep are read once more: where one of them has changed, nothing is moved. What was moved is written down
// in ${name}.moved.

/** \\uDC80 to \\uDCFF in a path stand for bytes that are no UTF-8. */
const groups = [
${groups.map(groupSource).join('')}];

${program}
process.exitCode = await review(groups, process.argv[1], process.argv.slice(2));
`;
}

function groupSource({ keep, spare }: ScriptedGroup): string {
  const lines = spare.map((file) => `    ${fileSource(file)}, // ${file.reason}\n`);
  return `  { keep: ${fileSource(keep)}, spare: [\n${lines.join('')}  ] },\n`;
}

function fileSource({ path, bytes, sha256 }: ReviewedFile): string {
  return `{ path: ${source(path)}, bytes: ${bytes}, sha256: ${source(sha256)} }`;
}

/** A text as JavaScript. */
function source(text: string): string {
  return visible(JSON.stringify(text));
}

/** With escapes for what can't be seen, or changes how a line reads. */
function visible(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
