/**
 * clang-tidy over many sources. It spends most of its time on the standard library, in every source anew; so sources
 * with the same settings are checked as one text, a batch, in less than half of the time. What it says of a batch is
 * told of the sources. One text, not a file that includes them: of included files the analyzer reads no function, and
 * some checks look at nothing.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { onEveryCore } from './every-core.mjs';
import { rooted } from './files.mjs';
import { exitCodeOf, StepError } from './process.mjs';

/** @typedef {import('./process.mjs').RunOptions} RunOptions */

/**
 * @typedef {object} Command an entry of compile_commands.json
 * @property {string} directory
 * @property {string} command
 * @property {string} file
 */

/**
 * @typedef {object} Batch
 * @property {string} path its text; its compile command lies beside it
 * @property {readonly string[]} sources
 * @property {readonly number[]} starts the line in front of the first one of each source
 */

const FOLDER = 'build/tidy';

/** More take as long on one core as all others do on the second. */
const MOST_SOURCES = 12;

/** What a command ends with. */
const OUTPUT_AND_INPUT = / -o \S+ -c \S+$/;

/** A header that CMake has compiled ahead. The sources include it by themselves, too. */
const PRECOMPILED = /(?: -Xclang)? -include(?:-pch)?(?: -Xclang)? \S+cmake_pch\S*/g;

/** Says nothing but what the compiler does not understand. */
const COMPILES = '--checks=-*,misc-unused-alias-decls';

/** What clang-tidy says of itself. */
const CHATTER =
  /^(?:\d+ warnings?.* generated\.|Suppressed .*|Use -header-filter.*|Error while processing .*)\n/gm;

/**
 * @param {readonly string[]} sources paths from the root
 * @param {string} build the folder that holds their compile commands
 * @param {RunOptions} [options]
 * @returns {Promise<void>} rejects with a StepError where clang-tidy finds something
 */
export async function tidy(sources, build, options = {}) {
  rmSync(rooted(FOLDER), { recursive: true, force: true });
  const groups = groupsOf(sources, build);
  /** @type {Batch[]} */
  const batches = [];
  await onEveryCore(groups, async (group) => {
    for (let rest = group.sources; rest.length > 0; ) {
      const batch = await fillBatch(group, rest, options);
      batches.push(batch);
      rest = rest.filter((source) => !batch.sources.includes(source));
    }
  });
  let complaints = '';
  await onEveryCore(batches, async (batch) => {
    const { code, said } = await check(batch, [], options);
    if (code !== 0)
      complaints += said || `clang-tidy ended with ${code} on ${batch.sources.join(', ')}.\n`;
  });
  if (complaints === '') return;
  throw new StepError(`clang-tidy complains:\n${complaints}`, 'mend what it names.');
}

/**
 * @typedef {object} Group sources that are compiled and checked alike
 * @property {number} number from 0
 * @property {string} directory
 * @property {string} command without output and input
 * @property {string} settings the folder of their .clang-tidy
 * @property {string[]} sources
 */

/**
 * @param {readonly string[]} sources
 * @param {string} build
 * @returns {Group[]}
 */
function groupsOf(sources, build) {
  /** @type {Command[]} */
  const commands = JSON.parse(readFileSync(rooted(build, 'compile_commands.json'), 'utf8'));
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const { directory, command: whole, file } of commands) {
    const source = relative(rooted(), file);
    if (!sources.includes(source)) continue;
    const command = whole.replace(OUTPUT_AND_INPUT, '').replaceAll(PRECOMPILED, '');
    const settings = settingsOf(dirname(source));
    const key = [directory, command, settings].join('\n');
    const group = groups.get(key) ?? {
      number: groups.size,
      directory,
      command,
      settings,
      sources: [],
    };
    groups.set(key, group);
    if (!group.sources.includes(source)) group.sources.push(source);
  }
  return [...groups.values()];
}

/**
 * @param {string} folder
 * @returns {string} the nearest one, upwards, that has a .clang-tidy
 */
function settingsOf(folder) {
  return folder === '.' || existsSync(rooted(folder, '.clang-tidy'))
    ? folder
    : settingsOf(dirname(folder));
}

/**
 * As many of the sources as one text may hold. Two may have the same name for something of their own: the second one
 * stays for another batch.
 * @param {Group} group
 * @param {readonly string[]} waiting
 * @param {RunOptions} options
 * @returns {Promise<Batch>}
 */
async function fillBatch(group, waiting, options) {
  for (let chosen = waiting.slice(0, MOST_SOURCES); ; ) {
    const batch = writeBatch(group, chosen);
    if (chosen.length === 1) return batch;
    const { said } = await check(batch, [COMPILES], options);
    const [first = '', ...others] = chosen;
    const kept = others.filter((source) => !said.includes(`${source}:`));
    if (kept.length === others.length) return batch;
    rmSync(dirname(batch.path), { recursive: true });
    chosen = [first, ...kept];
  }
}

/**
 * @param {Group} group
 * @param {readonly string[]} sources
 * @returns {Batch}
 */
function writeBatch({ number, directory, command, settings }, sources) {
  const [first = ''] = sources;
  const folder = rooted(FOLDER, settings, `${number}-${first.replaceAll('/', '-')}`);
  mkdirSync(folder, { recursive: true });
  if (settings !== '.') {
    writeFileSync(
      rooted(FOLDER, settings, '.clang-tidy'),
      readFileSync(rooted(settings, '.clang-tidy')),
    );
  }
  const path = join(folder, 'batch.cpp');
  let text = '';
  const starts = sources.map((source) => {
    text += `// ${source}\n`;
    const start = text.split('\n').length - 1;
    text += `${readFileSync(rooted(source), 'utf8')}\n`;
    return start;
  });
  writeFileSync(path, text);
  const places = new Set(sources.map((source) => `-iquote ${rooted(dirname(source))}`));
  // What hides a name of another source hides nothing.
  const whole = [command, ...places, '-Wno-shadow', '-c', path].join(' ');
  const commands = [{ directory, command: whole, file: path }];
  writeFileSync(join(folder, 'compile_commands.json'), JSON.stringify(commands));
  return { path, sources, starts };
}

/**
 * @param {Batch} batch
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<{ code: number, said: string }>} with places in the sources
 */
async function check(batch, args, options) {
  let output = '';
  const code = await exitCodeOf(
    'clang-tidy',
    ['-quiet', '-p', dirname(batch.path), ...args, batch.path],
    {
      ...options,
      cwd: rooted(),
      shown: false,
      hear: (text) => {
        output += text;
      },
    },
  );
  const said = output
    .replace(CHATTER, '')
    .replaceAll(join(rooted(), '/'), '')
    .replaceAll(placesIn(batch), (_place, line) => placeOf(batch, Number(line)));
  return { code, said };
}

/** @param {Batch} batch */
function placesIn({ path }) {
  const escaped = relative(rooted(), path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`${escaped}:(\\d+)`, 'g');
}

/**
 * @param {Batch} batch
 * @param {number} line of its text, from 1
 */
function placeOf({ sources, starts }, line) {
  const index = starts.findLastIndex((start) => start < line);
  return `${sources[Math.max(index, 0)]}:${line - (starts[index] ?? 0)}`;
}
