import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelOf } from '../../models/identity.js';
import type { CommandIo } from '../io.js';
import { type PictureOptions, PictureReader } from '../pictures.js';
import type { ComparableFolder } from './join.js';
import { SHARED_STAGES, Stages } from './stages.js';

/** One machine does each stage as a single task. */
const ONE_TASK = { search: 1, candidates: 1, verify: 1 };

/**
 * Takes parts through all stages, on this machine, and hands over what there is to be grouped.
 * @param patterns of the parts
 * @param options `work` is a folder where stages that were done are found again; else none is kept
 * @throws LikenessError as Stages.open
 */
export async function withJoinedParts<T>(
  patterns: readonly string[],
  options: PictureOptions & { readonly work?: string | undefined },
  io: CommandIo,
  use: (folder: ComparableFolder, reader: PictureReader) => Promise<T>,
): Promise<T> {
  const work = options.work ?? (await mkdtemp(join(tmpdir(), 'image-likeness-')));
  try {
    await using stages = await Stages.open(patterns, work, ONE_TASK, (line) => io.err(`${line}\n`));
    const { id: model, view } = modelOf(stages.parts.facts.model);
    await using reader = await PictureReader.open({ ...options, model, view }, io);
    for (const stage of SHARED_STAGES) {
      reader.progress.show(`${stage} among ${stages.parts.pictures.length} images`);
      await stages.run(stage, 0, reader);
    }
    return await use(await stages.join(reader), reader);
  } finally {
    if (options.work === undefined) await rm(work, { recursive: true, force: true });
  }
}
