import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { messageOf, withContext } from '../errors.js';
import { writeNpy } from '../formats/npy.js';
import { createLikeness, DEFAULT_MODEL } from '../likeness.js';
import { type CommandIo, readInput, usageError } from './io.js';
import { ProgressLine } from './progress.js';

/**
 * `embed FILES… --out x.npy [--model ID]`: pooled, un-normalised features as a NumPy float32 array,
 * one row an image, in the order of the command line. Resolves to the exit code.
 */
export async function embedCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals: paths } = parseArgs({
    args,
    allowPositionals: true,
    options: { out: { type: 'string' }, model: { type: 'string', default: DEFAULT_MODEL } },
  });
  if (paths.length === 0) throw usageError('embed takes image files.');
  if (values.out === undefined) throw usageError('embed needs --out FILE.npy.');
  const progress = new ProgressLine(io);
  await using likeness = await createLikeness({ model: values.model, onProgress: progress.onLoad });
  const rows: Float32Array[] = [];
  try {
    for (const path of paths) {
      progress.show(`embedding ${rows.length + 1} of ${paths.length}`);
      const { vector } = await withContext(path, likeness.embed(await readInput(path)));
      rows.push(vector);
    }
  } finally {
    progress.clear();
  }
  try {
    await writeFile(values.out, writeNpy(rows));
  } catch (error) {
    throw usageError(`Can't write ${values.out}: ${messageOf(error)}.`);
  }
  io.out(`${values.out}: ${rows.length} × ${rows[0]?.length ?? 0} float32\n`);
  return 0;
}
