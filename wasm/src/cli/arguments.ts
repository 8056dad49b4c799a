/** Command lines: their options, and what to say of those that can't be understood. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf } from '../errors.js';
import { usageError } from './io.js';

/** Of the longer of two words, the share of letters that may differ where one is taken for the other misspelt. */
const MISSPELT = 0.4;

/**
 * As `parseArgs` of Node.
 * @throws LikenessError `invalid-argument`, which names the option at fault, and the one that may be meant
 */
export function parseCommand<T extends ParseArgsConfig>(
  config: T,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw usageError(complaintOf(config) ?? messageOf(error));
  }
}

/** " Did you mean x?", with the candidate that a word is most like; empty where it is like none. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const likely = candidates
    .map((candidate) => ({ candidate, edits: editsBetween(word, candidate) }))
    .filter(({ candidate, edits }) => edits <= MISSPELT * Math.max(word.length, candidate.length))
    .sort((a, b) => a.edits - b.edits);
  return likely[0] === undefined ? '' : ` Did you mean ${likely[0].candidate}?`;
}

function complaintOf({
  args,
  options = {},
  allowPositionals,
}: ParseArgsConfig): string | undefined {
  const { tokens } = parseArgs({ args, options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional' && allowPositionals !== true) {
      return `"${token.value}" is too much: only options are taken here.`;
    }
    if (token.kind !== 'option') continue;
    const { rawName, value } = token;
    const type = Object.hasOwn(options, token.name) ? options[token.name]?.type : undefined;
    if (type === undefined) {
      const names = Object.keys(options).map((name) => `--${name}`);
      return `There is no option ${rawName} here.${didYouMean(rawName, names)}`;
    }
    if (type === 'boolean' && value !== undefined) return `${rawName} takes no value.`;
    if (type === 'string' && value === undefined) return `${rawName} takes a value.`;
    if (type === 'string' && !token.inlineValue && value?.startsWith('-') && value.length > 1) {
      return `${rawName} takes a value. If that is "${value}", write ${rawName}=${value}.`;
    }
  }
  return undefined;
}

/** How many letters have to be put in, taken out or replaced to make one word of another: Levenshtein's distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
