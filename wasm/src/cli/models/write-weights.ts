import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ModelEntry } from '../../models/manifest.js';
import { weightsOf } from '../../models/weights.js';
import { modelDirectories, requireModel } from '../../node/locate.js';
import { writeOutput } from '../io.js';

/** A file of weights, and the model that it was made of. */
export interface WrittenWeights {
  readonly path: string;
  readonly bytes: number;
  /** The model's file on this machine. */
  readonly from: string;
}

/**
 * Writes `<id>.weights`, which C++ programs load, from a model that is on this machine.
 * @param directory where to put it, and where the model is looked for first
 * @throws LikenessError `model-load-failed`, `model-hash-mismatch`; `backend-failed` for networks that the core
 *   can't run; `invalid-argument` where the file can't be written
 */
export async function writeWeights(entry: ModelEntry, directory: string): Promise<WrittenWeights> {
  const folder = resolve(directory);
  const { path: from, bytes: model } = await requireModel(entry, modelDirectories(folder));
  const weights = weightsOf(model);
  const path = join(folder, `${entry.id}.weights`);
  await mkdir(folder, { recursive: true });
  await writeOutput(path, weights);
  return { path, bytes: weights.byteLength, from };
}
