#!/usr/bin/env node
/** Entry point of the command line. */
import { readFile } from 'node:fs/promises';
import { asLikenessError, LikenessError } from '../errors.js';
import { didYouMean } from './arguments.js';
import { type CommandName, commandHelp, generalHelp } from './help.js';
import { type CommandIo, processIo, reasonOf, usageError } from './io.js';
import { printable } from './text.js';

/** Exit code of every failed run; 1 is left for commands that answer "no". */
const EXIT_FAILURE = 2;

type Command = (args: string[], io: CommandIo) => Promise<number>;

/** Each is loaded when it is called: none needs what all of them need. */
const COMMANDS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  cache: async () => (await import('./cache.js')).cacheCommand,
  cluster: async () => (await import('./cluster/command.js')).clusterCommand,
  compare: async () => (await import('./compare.js')).compareCommand,
  dedupe: async () => (await import('./dedupe.js')).dedupeCommand,
  embed: async () => (await import('./embed.js')).embedCommand,
  evaluate: async () => (await import('./evaluate.js')).evaluateCommand,
  models: async () => (await import('./models.js')).modelsCommand,
  search: async () => (await import('./search.js')).searchCommand,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  const help = args.some((arg) => arg === '--help' || arg === '-h');
  if (name === '--version') {
    io.out(`${await packageVersion()}\n`);
    return 0;
  }
  if (name === undefined || (help && name.startsWith('-'))) {
    io.out(generalHelp());
    return name === undefined ? EXIT_FAILURE : 0;
  }
  if (!isCommand(name)) {
    throw usageError(`There is no command "${name}".${didYouMean(name, Object.keys(COMMANDS))}`);
  }
  if (!help) return (await COMMANDS[name]())(rest, io);
  io.out(commandHelp(name));
  return 0;
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

async function packageVersion(): Promise<string> {
  const file = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  return version;
}

/** One line for whatever went wrong: nobody should have to read what Node calls it. */
function complain(error: unknown): void {
  const { code, message } = asCommandError(error);
  processIo.err(`${code}: ${printable(message.replaceAll('\n', ' '))}\n`);
}

function asCommandError(error: unknown): LikenessError {
  if (error instanceof LikenessError) return error;
  const { errno, path } = error as NodeJS.ErrnoException;
  if (errno === undefined) return asLikenessError(error, 'internal', 'image-likeness');
  return new LikenessError('invalid-argument', `${path ?? 'image-likeness'}: ${reasonOf(error)}.`);
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read the output has enough of it.
  if (error.code !== 'EPIPE') {
    complain(usageError(`Can't write the output: ${reasonOf(error)}.`));
  }
  process.exit(EXIT_FAILURE);
});
try {
  process.exitCode = await run(process.argv.slice(2), processIo);
} catch (error) {
  complain(error);
  process.exitCode = EXIT_FAILURE;
}
