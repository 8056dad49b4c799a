import { createLikeness, DEFAULT_MODEL } from '../api/likeness.js';
import { describeChanges, placesOf } from '../display/words.js';
import type { Comparison, Evidence, Grid, MatchMap, ModelInfo, Rectangle } from '../types.js';
import { parseCommand } from './arguments.js';
import { type CommandIo, readInput, usageError } from './io.js';
import { ProgressLine } from './progress.js';
import { viewFrom } from './view.js';

/** Characters of a cell's contribution. */
const CELL_WIDTH = 4;

/**
 * `compare A B [--json] [--orientations] [--explain] [--model ID] [--view whole|centre]`: how alike two
 * image files are. Resolves to the exit code.
 */
export async function compareCommand(args: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseCommand({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      orientations: { type: 'boolean', default: false },
      explain: { type: 'boolean', default: false },
      model: { type: 'string', default: DEFAULT_MODEL },
      view: { type: 'string' },
    },
  });
  const [pathA, pathB, ...more] = positionals;
  if (pathA === undefined || pathB === undefined || more.length > 0) {
    throw usageError('compare takes two image files.');
  }
  const view = viewFrom(values.view);
  const [a, b] = await Promise.all([readInput(pathA), readInput(pathB)]);
  const progress = new ProgressLine(io);
  await using likeness = await createLikeness({
    model: values.model,
    view,
    onProgress: progress.onLoad,
  });
  progress.show('comparing');
  const { orientations, explain } = values;
  const comparison = await likeness
    .compare(a, b, { orientations, explain })
    .finally(() => progress.clear());
  const memory = await likeness.memory();
  io.out(
    values.json ? `${toJson({ ...comparison, memory })}\n` : describe(comparison, likeness.model),
  );
  return 0;
}

/** JSON in which typed arrays are lists. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item instanceof Float32Array || item instanceof Float64Array ? [...item] : item,
  );
}

function describe(comparison: Comparison, { goodFor, fullModel }: ModelInfo): string {
  const { score, verdict, cosine, centredCosine, probability } = comparison;
  const { evidence, model, timings, matchMap } = comparison;
  const centred = centredCosine === cosine ? '' : `, centred ${centredCosine.toFixed(6)}`;
  const { decode, preprocess, inference, total } = timings;
  const stages = `decode ${ms(decode)}, preprocess ${ms(preprocess)}, inference ${ms(inference)}`;
  return [
    `score    ${score.toFixed(1)} of 100`,
    `verdict  ${[verdict, ...describeChanges(evidence?.changes ?? [])].join(', ')}`,
    `cosine   ${cosine.toFixed(6)}${centred} (same kind of subject: ${(probability * 100).toFixed(0)} %)`,
    ...(evidence === undefined ? [] : [`pixels   ${describeEvidence(evidence)}`]),
    `model    ${model}, good for ${goodFor}`,
    ...(fullModel === undefined
      ? []
      : [
          `         the full one: --model ${fullModel}, once it is here: npx image-likeness models fetch ${fullModel}`,
        ]),
    `time     ${ms(total)} (${stages})`,
    ...(matchMap === undefined ? [] : ['', describeMap(matchMap)]),
    '',
  ].join('\n');
}

/** How the pictures lie over each other, and each place that changed. */
function describeEvidence({ samePixels, registration, changes }: Evidence): string {
  if (samePixels) return 'the same';
  if (registration === undefined) return 'nothing shows that one was made from the other';
  const { covered, agreement } = registration;
  const places = placesOf(changes);
  return [
    `the second shows ${percent(covered.a)} of the first, the first ${percent(covered.b)} of the second; of the detail there ${percent(Math.min(agreement.a, agreement.b))} agrees`,
    ...places.map(
      ({ kind, a, b }) => `         ${kind} at ${box(a)} of the first, ${box(b)} of the second`,
    ),
  ].join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

/** In whole pixels. */
function box({ x, y, width, height }: Rectangle): string {
  return `${width.toFixed(0)} × ${height.toFixed(0)} pixels at (${x.toFixed(0)}, ${y.toFixed(0)})`;
}

/** Both grids of contributions, in thousandths of the cosine that the score is made of. */
function describeMap({ grid, a, b, cosine, pairs }: MatchMap): string {
  const left = rowsOf(grid.a, a);
  const right = rowsOf(grid.b, b);
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, row) =>
    `${(left[row] ?? '').padEnd(grid.a.columns * CELL_WIDTH)}    ${right[row] ?? ''}`.trimEnd(),
  );
  const [first] = pairs;
  return [
    `where the cosine ${cosine.toFixed(3)} comes from, in thousandths (first image, second image)`,
    ...rows,
    ...(first === undefined
      ? []
      : [
          `most from row/column ${cellName(grid.a, first.a)} with ${cellName(grid.b, first.b)} (${(first.term * 1000).toFixed(1)})`,
        ]),
  ].join('\n');
}

function rowsOf({ columns, rows }: Grid, cells: Float64Array): string[] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from(cells.subarray(row * columns, (row + 1) * columns), (value) =>
      Math.round(value * 1000)
        .toString()
        .padStart(CELL_WIDTH),
    ).join(''),
  );
}

function cellName({ columns }: Grid, cell: number): string {
  return `${Math.floor(cell / columns) + 1}/${(cell % columns) + 1}`;
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(0)} ms`;
}
