import { buildInfo } from '../../build-info.js';
import {
  type PictureOfPart,
  type RawNames,
  type SkippedFile,
  writePart,
} from '../../formats/picture-part.js';
import { identityOf } from '../../models/identity.js';
import { installedDecoders } from '../../node/decoders.js';
import { type CommandIo, writeOutput } from '../io.js';
import type { PictureReader } from '../pictures.js';
import { isInShard, type Shard } from '../shard.js';
import { asUnicode } from '../text.js';
import type { FoundFile } from '../walk.js';

/** What of a file's place are names. */
const NAMES = ['id', 'relative', 'real', 'inode'] as const;

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
  const rawNames: RawNames[] = [];
  for await (const { found, bytes, modified, sha256, embedding } of reader.read(own)) {
    const place = placeOf(found);
    const shown = inUnicode(place);
    if (NAMES.some((name) => shown[name] !== place[name])) {
      const { id, relative, real, inode } = place;
      rawNames.push({ row: pictures.length, id, relative, real, inode });
    }
    pictures.push({ ...place, ...shown, bytes, modified, sha256, embedding });
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
    decoder: (await installedDecoders()) ?? null,
    shard,
    passed,
    skipped,
    rawNames,
  });
  await writeOutput(out, part);
  io.out(`${out}: ${pictures.length} × ${model.dimension} float32\n`);
}

function placeOf({ path, root, relative, real, inode, names, link }: FoundFile) {
  return { id: path, root, relative, real, inode, names, link };
}

/** The names of a file as columns of text take them. */
function inUnicode({ id, relative, real, inode }: Omit<RawNames, 'row'>) {
  return {
    id: asUnicode(id),
    relative: asUnicode(relative),
    real: asUnicode(real),
    inode: asUnicode(inode),
  };
}
