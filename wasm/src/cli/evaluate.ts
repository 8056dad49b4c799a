import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { LikenessError, messageOf, withContext } from '../errors.js';
import { createLikeness, DEFAULT_MODEL } from '../likeness.js';
import type { Embedding, Likeness, Similarity } from '../types.js';
import { type CommandIo, readInput, usageError } from './io.js';
import { ProgressLine } from './progress.js';
import { percentile, rocAuc } from './statistics.js';

/** A line of the pairs file; columns beyond these three are carried along. */
interface Pair {
  readonly a: string;
  readonly b: string;
  readonly label: string;
  readonly [column: string]: string;
}

interface ScoredPair {
  readonly pair: Pair;
  readonly similarity: Similarity;
}

/** The 5th, 50th and 95th percentiles. */
type Spread = readonly [low: number, median: number, high: number];

interface LabelSummary {
  readonly label: string;
  readonly n: number;
  readonly score: Spread;
  readonly cosine: Spread;
}

interface Report {
  readonly model: string;
  readonly pairs: number;
  readonly images: number;
  readonly labels: readonly LabelSummary[];
  /** ROC AUC of `similar` against `different` by cosine; null unless both labels occur. */
  readonly auc: number | null;
}

/**
 * `evaluate --pairs pairs.csv --root DIR [--scores out.csv] [--json] [--model ID]`: scores many
 * labelled pairs, embedding each image once. Resolves to the exit code.
 */
export async function evaluateCommand(args: string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      pairs: { type: 'string' },
      root: { type: 'string', default: '.' },
      scores: { type: 'string' },
      json: { type: 'boolean', default: false },
      model: { type: 'string', default: DEFAULT_MODEL },
    },
  });
  if (values.pairs === undefined) throw usageError('evaluate needs --pairs FILE.csv.');
  const pairs = readPairs(values.pairs, await readInput(values.pairs));
  const progress = new ProgressLine(io);
  await using likeness = await createLikeness({ model: values.model, onProgress: progress.onLoad });
  try {
    const embeddings = await embedAll(likeness, values.root, pairs, progress);
    const scored = await scoreAll(likeness, pairs, embeddings);
    const { id, weightsVersion } = likeness.model;
    const report = summarise(`${id}@${weightsVersion}`, embeddings.size, scored);
    if (values.scores !== undefined) await writeScores(values.scores, scored);
    progress.clear();
    io.out(values.json ? `${JSON.stringify(report)}\n` : describe(report));
    return 0;
  } finally {
    progress.clear();
  }
}

function readPairs(path: string, bytes: Uint8Array): Pair[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(Buffer.from(bytes), { columns: true, bom: true, skip_empty_lines: true });
  } catch (error) {
    throw new LikenessError('invalid-argument', `${path} is no CSV file: ${messageOf(error)}`);
  }
  if (rows.length === 0) throw new LikenessError('invalid-argument', `${path} holds no pairs.`);
  if (!rows.every(isPair)) {
    throw new LikenessError('invalid-argument', `${path} needs the columns a, b and label.`);
  }
  return rows;
}

function isPair(row: Record<string, string>): row is Pair & Record<string, string> {
  return row['a'] !== undefined && row['b'] !== undefined && row['label'] !== undefined;
}

async function embedAll(
  likeness: Likeness,
  root: string,
  pairs: readonly Pair[],
  progress: ProgressLine,
): Promise<Map<string, Embedding>> {
  const paths = new Set(pairs.flatMap(({ a, b }) => [a, b]));
  const embeddings = new Map<string, Embedding>();
  for (const path of paths) {
    progress.show(`embedding ${embeddings.size + 1} of ${paths.size}`);
    const bytes = await readInput(join(root, path));
    embeddings.set(path, await withContext(path, likeness.embed(bytes)));
  }
  return embeddings;
}

async function scoreAll(
  likeness: Likeness,
  pairs: readonly Pair[],
  embeddings: ReadonlyMap<string, Embedding>,
): Promise<ScoredPair[]> {
  const scored: ScoredPair[] = [];
  for (const pair of pairs) {
    const a = embeddings.get(pair.a);
    const b = embeddings.get(pair.b);
    if (a === undefined || b === undefined) continue;
    scored.push({ pair, similarity: await likeness.similarity(a, b) });
  }
  return scored;
}

function summarise(model: string, images: number, scored: readonly ScoredPair[]): Report {
  const byLabel = new Map<string, Similarity[]>();
  for (const { pair, similarity } of scored) {
    const group = byLabel.get(pair.label) ?? [];
    group.push(similarity);
    byLabel.set(pair.label, group);
  }
  const cosines = (label: string) => byLabel.get(label)?.map(({ cosine }) => cosine) ?? [];
  const auc = rocAuc(cosines('similar'), cosines('different'));
  const labels = [...byLabel].map(([label, group]) => ({
    label,
    n: group.length,
    score: spread(group.map(({ score }) => score)),
    cosine: spread(group.map(({ cosine }) => cosine)),
  }));
  return { model, pairs: scored.length, images, labels, auc: Number.isNaN(auc) ? null : auc };
}

function spread(values: number[]): Spread {
  const sorted = values.sort((a, b) => a - b);
  return [percentile(sorted, 5), percentile(sorted, 50), percentile(sorted, 95)];
}

async function writeScores(path: string, scored: readonly ScoredPair[]): Promise<void> {
  const rows = scored.map(({ pair, similarity }) => ({
    ...pair,
    score: String(similarity.score),
    verdict: similarity.verdict,
    cosine: String(similarity.cosine),
  }));
  try {
    await writeFile(path, stringify(rows, { header: true }));
  } catch (error) {
    throw new LikenessError('invalid-argument', `Can't write ${path}: ${messageOf(error)}`);
  }
}

function describe(report: Report): string {
  const lines = [
    `${report.model}: ${report.pairs} pairs of ${report.images} images`,
    '',
    'label                   n   score 5 %  median    95 %   cosine 5 %  median    95 %',
    ...report.labels.map(
      ({ label, n, score, cosine }) =>
        `${label.padEnd(18)}${String(n).padStart(7)}` +
        `${columns(score, 1, [12, 8, 8])}${columns(cosine, 4, [13, 8, 8])}`,
    ),
  ];
  if (report.auc !== null) {
    lines.push('', `ROC AUC, similar against different: ${report.auc.toFixed(4)}`);
  }
  return `${lines.join('\n')}\n`;
}

function columns(values: Spread, digits: number, widths: readonly number[]): string {
  return values.map((value, index) => value.toFixed(digits).padStart(widths[index] ?? 0)).join('');
}
