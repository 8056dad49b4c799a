import { rm } from 'node:fs/promises';
import {
  EMBEDDING_FORMATS,
  formatOf,
  type StoredEmbedding,
  sidecarOf,
  writeEmbeddings,
} from '../formats/index.js';
import { parseCommand } from './arguments.js';
import { writeShard } from './cluster/write-part.js';
import { type CommandIo, usageError, writeOutput } from './io.js';
import { noPictures, PICTURE_OPTIONS, PictureReader } from './pictures.js';
import { isInShard, parseShard } from './shard.js';
import { asUnicode } from './text.js';

/**
 * `embed FILES|DIRS… --out FILE [--shard i/n] [--normalise]`: pooled features in the format that the
 * file's name ends in, one row an image, in the order of the command line; ids are the paths as they
 * were given, those in folders below them. What can't be read is named and skipped.
 * An .npy file gets a sidecar; a shard as Parquet, unless it is normalised, what `dedupe --from` needs. Resolves to the exit code.
 */
export async function embedCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals: paths } = parseCommand({
    args,
    allowPositionals: true,
    options: {
      ...PICTURE_OPTIONS,
      out: { type: 'string' },
      shard: { type: 'string' },
      normalise: { type: 'boolean', default: false },
    },
  });
  if (paths.length === 0) throw usageError('embed takes image files or folders.');
  const { out } = values;
  const format = out === undefined ? undefined : formatOf(out);
  if (out === undefined || format === undefined) {
    throw usageError(`embed needs --out FILE, ending in .${EMBEDDING_FORMATS.join(', .')}.`);
  }
  const shard = values.shard === undefined ? undefined : parseShard(values.shard);
  await using reader = await PictureReader.open(values, io);
  if (shard !== undefined && format === 'parquet' && !values.normalise) {
    await writeShard(reader, paths, shard, out, io);
    return 0;
  }
  const files = await reader.find(paths);
  const part = files.filter(({ relative }) => shard === undefined || isInShard(relative, shard));
  const embeddings: StoredEmbedding[] = [];
  for await (const { path, embedding } of reader.read(part)) {
    const { model, dimension, vector } = embedding;
    embeddings.push({ id: asUnicode(path), model, dimension, vector });
  }
  if (embeddings.length === 0 && shard !== undefined) {
    // Few files and many shards: not a mistake, and a file of an earlier run would be one.
    await rm(out, { force: true });
    if (format === 'npy') await rm(`${out}.json`, { force: true });
    io.out(`${out}: not written, no image belongs to shard ${values.shard}\n`);
    return 0;
  }
  if (embeddings.length === 0) throw noPictures(paths, files.length);
  await writeOutput(out, await writeEmbeddings(embeddings, format, values));
  if (format === 'npy') {
    await writeOutput(`${out}.json`, `${JSON.stringify(sidecarOf(embeddings, values))}\n`);
  }
  io.out(`${out}: ${embeddings.length} × ${reader.likeness.model.dimension} float32\n`);
  return 0;
}
