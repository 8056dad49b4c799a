import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { LikenessError, messageOf, withContext } from '../errors.js';
import {
  EMBEDDING_FORMATS,
  formatOf,
  type StoredEmbedding,
  sidecarOf,
  writeEmbeddings,
} from '../formats/index.js';
import { createLikeness, DEFAULT_MODEL } from '../likeness.js';
import { type CommandIo, readInput, usageError } from './io.js';
import { ProgressLine } from './progress.js';
import { filesOf } from './walk.js';

/**
 * `embed FILES|DIRS… --out FILE [--model ID]`: pooled, un-normalised features in the format that the
 * file's name ends in, one row an image, in the order of the command line; ids are the paths as they
 * were given, those in folders below them. What is in a folder and can't be read is named and skipped.
 * An .npy file gets a sidecar. Resolves to the exit code.
 */
export async function embedCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals: paths } = parseArgs({
    args,
    allowPositionals: true,
    options: { out: { type: 'string' }, model: { type: 'string', default: DEFAULT_MODEL } },
  });
  if (paths.length === 0) throw usageError('embed takes image files or folders.');
  const { out } = values;
  const format = out === undefined ? undefined : formatOf(out);
  if (out === undefined || format === undefined) {
    throw usageError(`embed needs --out FILE, ending in .${EMBEDDING_FORMATS.join(', .')}.`);
  }
  const progress = new ProgressLine(io);
  await using likeness = await createLikeness({ model: values.model, onProgress: progress.onLoad });
  const embeddings: StoredEmbedding[] = [];
  const skip = (path: string, reason: string): void => {
    progress.clear();
    io.err(`skipped ${path}: ${reason}\n`);
  };
  try {
    for await (const { path, named } of filesOf(paths, skip)) {
      progress.show(`embedding ${embeddings.length + 1}: ${path}`);
      try {
        const embedding = await withContext(path, likeness.embed(await readInput(path)));
        embeddings.push({ id: path, ...embedding });
      } catch (error) {
        if (named || !(error instanceof LikenessError)) throw error;
        skip(path, error.code);
      }
    }
  } finally {
    progress.clear();
  }
  await write(out, await writeEmbeddings(embeddings, format));
  if (format === 'npy') await write(`${out}.json`, `${JSON.stringify(sidecarOf(embeddings))}\n`);
  io.out(`${out}: ${embeddings.length} × ${likeness.model.dimension} float32\n`);
  return 0;
}

async function write(path: string, content: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw usageError(`Can't write ${path}: ${messageOf(error)}.`);
  }
}
