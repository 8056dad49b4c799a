import { isEmbedded } from '../models/embedded.js';
import { findModel, knownModels } from '../models/manifest.js';
import { parseCommand } from './arguments.js';
import { type CommandIo, usageError } from './io.js';
import { type FetchOptions, fetchModel } from './models/fetch.js';
import { writeWeights } from './models/write-weights.js';
import { ProgressLine } from './progress.js';

/**
 * `models list`, `models fetch ID [--out DIR] [--bits 8|12|32]` and `models weights ID [--out DIR]`. Resolves to the
 * exit code.
 */
export async function modelsCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommand({
    args,
    allowPositionals: true,
    options: { out: { type: 'string' }, bits: { type: 'string' } },
  });
  const [action, id, ...more] = positionals;
  if (action === 'list' && id === undefined) return listModels(io);
  if (action === 'fetch' && id !== undefined && more.length === 0) {
    return fetchAndReport(id, values.out, readBits(values.bits), io);
  }
  if (action === 'weights' && id !== undefined && more.length === 0 && values.bits === undefined) {
    return writeAndReport(id, values.out ?? '.', io);
  }
  throw usageError('models takes "list", "fetch ID" or "weights ID".');
}

function listModels(io: CommandIo): number {
  for (const { id, title, goodFor, dimension, licence, weightsVersion } of knownModels()) {
    const place = isEmbedded(id) ? 'part of this package' : 'to be fetched';
    io.out(
      `${id.padEnd(18)}${title}, ${dimension} numbers, ${weightsVersion}, ${licence}, ${place}\n` +
        `${''.padEnd(18)}good for ${goodFor}\n`,
    );
  }
  return 0;
}

async function writeAndReport(id: string, directory: string, io: CommandIo): Promise<number> {
  const { path, bytes, from } = await writeWeights(findModel(id), directory);
  io.out(`${path}\n  ${bytes} bytes, made of ${from}\n`);
  return 0;
}

function readBits(text: string | undefined): FetchOptions['weightBits'] {
  const bits = ([8, 12, 32] as const).find((choice) => String(choice) === text);
  if (text !== undefined && bits === undefined) throw usageError('--bits takes 8, 12 or 32.');
  return bits;
}

async function fetchAndReport(
  id: string,
  directory: string | undefined,
  weightBits: FetchOptions['weightBits'],
  io: CommandIo,
): Promise<number> {
  const progress = new ProgressLine(io);
  const onProgress = (loaded: number, total: number): void =>
    progress.show(`downloading ${id} ${Math.floor((loaded / total) * 100)} %`);
  try {
    const options = { onProgress, weightBits };
    const { path, sha256, downloaded } = await fetchModel(findModel(id), directory, options);
    progress.clear();
    io.out(
      `${path}\n  SHA-256 ${sha256}, ${downloaded ? 'downloaded' : 'found on this machine'}\n`,
    );
    return 0;
  } finally {
    progress.clear();
  }
}
