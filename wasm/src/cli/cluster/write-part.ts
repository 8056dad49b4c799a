import { buildInfo } from '../../build-info.js';
import { type PictureOfPart, type SkippedFile, writePart } from '../../formats/picture-part.js';
import { identityOf } from '../../models/identity.js';
import { type CommandIo, writeOutput } from '../io.js';
import type { PictureReader } from '../pictures.js';
import type { Shard } from '../shard.js';
import { isInShard } from '../shard.js';
import type { FoundFile } from '../walk.js';

/**
 * Reads the pictures of a shard and writes them as a part, with all that copies are looked for by. A shard
 * without pictures is a part without rows: so whoever joins parts knows whether all are there.
 */
export async function writeShard(
  reader: PictureReader,
  paths: readonly string[],
  shard: Shard,
  out: string,
  io: CommandIo,
): Promise<void> {
  const files = await reader.find(paths);
  const passed = [...reader.skipped];
  const own = files.filter(({ relative }) => isInShard(relative, shard));
  const pictures: PictureOfPart[] = [];
  for await (const { found, bytes, modified, sha256, embedding } of reader.read(own)) {
    pictures.push({ ...placeOf(found), bytes, modified, sha256, embedding });
  }
  const byPath = new Map(own.map((found) => [found.path, found]));
  const skipped = reader.skipped.slice(passed.length).flatMap(({ path, reason }): SkippedFile[] => {
    const found = byPath.get(path);
    return found === undefined ? [] : [{ ...placeOf(found), reason }];
  });
  const { model } = reader.likeness;
  const part = writePart(pictures, {
    model: identityOf(model),
    dimension: model.dimension,
    core: buildInfo.wasmSha256,
    shard,
    passed,
    skipped,
  });
  await writeOutput(out, part);
  io.out(`${out}: ${pictures.length} × ${model.dimension} float32\n`);
}

function placeOf({ path, root, relative, real, inode, names, link }: FoundFile) {
  return { id: path, root, relative, real, inode, names, link };
}
