import { parseArgs } from 'node:util';
import { createLikeness, DEFAULT_MODEL } from '../likeness.js';
import type { Comparison } from '../types.js';
import { type CommandIo, readInput, usageError } from './io.js';
import { ProgressLine } from './progress.js';

/** `compare A B [--json] [--model ID]`: how alike two image files are. Resolves to the exit code. */
export async function compareCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      model: { type: 'string', default: DEFAULT_MODEL },
    },
  });
  const [pathA, pathB, ...more] = positionals;
  if (pathA === undefined || pathB === undefined || more.length > 0) {
    throw usageError('compare takes two image files.');
  }
  const [a, b] = await Promise.all([readInput(pathA), readInput(pathB)]);
  const progress = new ProgressLine(io);
  await using likeness = await createLikeness({ model: values.model, onProgress: progress.onLoad });
  progress.show('comparing');
  const comparison = await likeness.compare(a, b).finally(() => progress.clear());
  const memory = await likeness.memory();
  io.out(values.json ? `${JSON.stringify({ ...comparison, memory })}\n` : describe(comparison));
  return 0;
}

function describe({ score, verdict, cosine, model, timings }: Comparison): string {
  const { decode, preprocess, inference, total } = timings;
  const stages = `decode ${ms(decode)}, preprocess ${ms(preprocess)}, inference ${ms(inference)}`;
  return [
    `score    ${score.toFixed(1)} of 100`,
    `verdict  ${verdict}`,
    `cosine   ${cosine.toFixed(6)}`,
    `model    ${model}`,
    `time     ${ms(total)} (${stages})`,
    '',
  ].join('\n');
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(0)} ms`;
}
