#!/usr/bin/env node
/** Entry point of the command line. */
import { readFile } from 'node:fs/promises';
import { asLikenessError } from '../errors.js';
import { cacheCommand } from './cache.js';
import { compareCommand } from './compare.js';
import { dedupeCommand } from './dedupe.js';
import { embedCommand } from './embed.js';
import { evaluateCommand } from './evaluate.js';
import { type CommandIo, processIo, usageError } from './io.js';
import { modelsCommand } from './models.js';
import { searchCommand } from './search.js';

/** Exit code of every failed run; 1 is left for commands that answer "no". */
const EXIT_FAILURE = 2;

const HELP = `How alike are two images?

  image-likeness compare A B [--json] [--orientations] [--explain]
      score (0-100), verdict and evidence of two image files; also compared turned and
      mirrored; with a map of where the likeness comes from
  image-likeness dedupe DIRS... [--threshold N] [--json|--csv]
      groups of identical and near-duplicate pictures, what says so, and which to keep; with
      --threshold also of those with at least that score; nothing is ever deleted; exit code 0 when
      there are none, 1 when there are some
  image-likeness search QUERY DIRS... [-k N] [--json|--csv]
      the N pictures (10) that are most like one, best first
  image-likeness embed FILES|DIRS... --out x.npy | x.npz | x.jsonl | x.csv | x.parquet
      pooled, un-normalised features, one row an image, in order; with ids (the paths) and model,
      which NumPy's .npy can't hold: they go into x.npy.json;
      --shard i/n takes one of n parts, split by the path below the folder
  image-likeness evaluate --pairs pairs.csv [--root DIR] [--scores out.csv] [--json]
      scores labelled pairs (columns a, b, label; edit), prints percentiles and the ROC AUC;
      --model all takes every model on this machine
  image-likeness models list | fetch ID [--out DIR] [--bits 8|12|32] | weights ID [--out DIR]
      the known models; gets one, checked by SHA-256; writes one's weights for C++ programs
  image-likeness cache info | clear [--cache DIR]
      what is remembered of pictures, and how much it is; forgets it

dedupe, search and embed take folders with all that is in them: what can't be read is named on
standard error and skipped, links are not followed; hidden, trash and thumbnail folders are left out
unless they are named. Whatever was computed is remembered by the file's
content, so that a run goes on where the last one stopped:
  --cache DIR  remember there, and not in the user's cache directory (or LIKENESS_CACHE_DIR)
  --no-cache   remember nothing
  --exclude GLOB  pass over files and folders ('*.gif', raw, '2019/**'); may be repeated
  --workers N  compute on N cores (all of them, at most 8)

  --model ID   another model than mobilenetv2-lite (every command that compares or embeds)
  --view V     what of a picture the model sees: whole, or centre (the square in its middle);
               unless told otherwise, the view that the model's scores were fitted for
  --help       this text
  --version    the version
Images: JPEG, PNG, BMP, GIF. Errors: one line with a stable code on standard error, exit code 2.
`;

const COMMANDS: Readonly<Record<string, (args: string[], io: CommandIo) => Promise<number>>> = {
  cache: cacheCommand,
  compare: compareCommand,
  dedupe: dedupeCommand,
  embed: embedCommand,
  evaluate: evaluateCommand,
  models: modelsCommand,
  search: searchCommand,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || args.includes('--help')) {
    io.out(HELP);
    return name === undefined ? EXIT_FAILURE : 0;
  }
  if (name === '--version') {
    io.out(`${await packageVersion()}\n`);
    return 0;
  }
  const command = COMMANDS[name];
  if (command === undefined) throw usageError(`There is no command "${name}".`);
  return command(rest, io);
}

async function packageVersion(): Promise<string> {
  const file = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  return version;
}

try {
  process.exitCode = await run(process.argv.slice(2), processIo);
} catch (error) {
  const { code, message } = asLikenessError(error, 'invalid-argument', 'image-likeness');
  processIo.err(`${code}: ${message.replaceAll('\n', ' ')}\n`);
  process.exitCode = EXIT_FAILURE;
}
