import { rmdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseCommand } from './arguments.js';
import {
  cachedModels,
  embeddingCacheDirectory,
  modelFolders,
  recordFiles,
} from './embedding-cache.js';
import { type CommandIo, usageError } from './io.js';
import { counted, sizeInWords } from './text.js';

/**
 * `cache info` and `cache clear` [--cache DIR]: what is remembered of pictures, and how much it is.
 * Models are kept elsewhere and stay. Resolves to the exit code.
 */
export async function cacheCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommand({
    args,
    allowPositionals: true,
    options: { cache: { type: 'string' } },
  });
  const [action, ...more] = positionals;
  if ((action !== 'info' && action !== 'clear') || more.length > 0) {
    throw usageError('cache takes "info" or "clear".');
  }
  const directory = values.cache ?? embeddingCacheDirectory();
  if (directory === undefined) {
    throw usageError('There is no home directory to remember anything in. Name one: --cache DIR.');
  }
  const models = cachedModels(directory);
  const bytes = models.reduce((sum, model) => sum + model.bytes, 0);
  if (action === 'clear') {
    clear(directory);
    io.out(`${directory}: ${sizeInWords(bytes)} cleared\n`);
    return 0;
  }
  io.out(`${directory}: ${sizeInWords(bytes)}\n`);
  for (const model of models) {
    const { folder, embeddings } = model;
    io.out(`  ${basename(folder)}: ${counted(embeddings, 'image')}, ${sizeInWords(model.bytes)}\n`);
  }
  return 0;
}

/** Nothing but records goes, whatever else is in a directory that was named. */
function clear(directory: string): void {
  for (const folder of modelFolders(directory)) {
    for (const name of recordFiles(folder)) rmSync(join(folder, name), { force: true });
    try {
      rmdirSync(folder);
    } catch {
      // Something else is in it.
    }
  }
}
