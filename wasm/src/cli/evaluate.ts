import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createLikeness, DEFAULT_MODEL } from '../api/likeness.js';
import { placesOf } from '../display/words.js';
import { LikenessError, messageOf, withContext } from '../errors.js';
import { withDetails } from '../grouping/index.js';
import { parse } from '../libraries/csv-parse.js';
import { stringify } from '../libraries/csv-stringify.js';
import { knownModels } from '../models/manifest.js';
import type { Embedding, Likeness, Similarity, Verdict, View } from '../types.js';
import { parseCommand } from './arguments.js';
import { type CommandIo, readInput, reasonOf, usageError } from './io.js';
import { ProgressLine } from './progress.js';
import { percentile, rocAuc } from './statistics.js';
import { viewFrom } from './view.js';

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

/** Stands for every model that is on this machine. */
const ALL_MODELS = 'all';

/** The 5th, 50th and 95th percentiles. */
type Spread = readonly [low: number, median: number, high: number];

/** Pairs of one label; with `edit`, those of one edit (a column of the pairs file) among them. */
interface GroupSummary {
  readonly label: string;
  readonly edit?: string;
  readonly n: number;
  /** Shares of the pairs, 0–1. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly score: Spread;
  readonly cosine: Spread;
}

interface Report {
  readonly model: string;
  readonly pairs: number;
  readonly images: number;
  readonly labels: readonly GroupSummary[];
  /** Empty unless the pairs file has a column `edit`. */
  readonly edits: readonly GroupSummary[];
  /** ROC AUC of `similar` against `different` by score; null unless both labels occur. */
  readonly auc: number | null;
  /** The same by plain cosine. */
  readonly cosineAuc: number | null;
}

/**
 * `evaluate --pairs pairs.csv --root DIR [--scores out.csv] [--json] [--model ID|all] [--view whole|centre]`:
 * scores many labelled pairs, embedding each image once and laying each pair over each other. Resolves to
 * the exit code.
 */
export async function evaluateCommand(args: string[], io: CommandIo): Promise<number> {
  const { values } = parseCommand({
    args,
    options: {
      pairs: { type: 'string' },
      root: { type: 'string', default: '.' },
      scores: { type: 'string' },
      json: { type: 'boolean', default: false },
      model: { type: 'string', default: DEFAULT_MODEL },
      view: { type: 'string' },
    },
  });
  if (values.pairs === undefined) throw usageError('evaluate needs --pairs FILE.csv.');
  const pairs = readPairs(values.pairs, await readInput(values.pairs));
  const all = values.model === ALL_MODELS;
  if (all && values.scores !== undefined) throw usageError('--scores takes one model.');
  const view = viewFrom(values.view);
  const ids = all ? knownModels().map(({ id }) => id) : [values.model];
  const reports: Report[] = [];
  for (const id of ids) {
    try {
      const { report, scored } = await evaluateModel(id, view, values.root, pairs, io);
      if (values.scores !== undefined) await writeScores(values.scores, scored);
      if (!values.json) io.out(`${reports.length > 0 ? '\n' : ''}${describe(report)}`);
      reports.push(report);
    } catch (error) {
      const missing = error instanceof LikenessError && error.code === 'model-load-failed';
      if (!all || !missing) throw error;
      io.err(`skipped: ${error.message}\n`);
    }
  }
  if (values.json) io.out(`${JSON.stringify(all ? reports : reports[0])}\n`);
  return 0;
}

async function evaluateModel(
  model: string,
  view: View | undefined,
  root: string,
  pairs: readonly Pair[],
  io: CommandIo,
): Promise<{ report: Report; scored: ScoredPair[] }> {
  const progress = new ProgressLine(io);
  try {
    await using likeness = await createLikeness({ model, view, onProgress: progress.onLoad });
    const embeddings = await embedAll(likeness, root, pairs, progress);
    const scored = await scoreAll(likeness, root, pairs, embeddings, progress);
    return { report: summarise(likeness.info.model, embeddings.size, scored), scored };
  } finally {
    progress.clear();
  }
}

function readPairs(path: string, bytes: Uint8Array): Pair[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(new TextDecoder().decode(bytes), { columns: true, skip_empty_lines: true });
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
    const bytes = await readInput(resolve(root, path));
    embeddings.set(path, await withContext(path, likeness.embed(bytes)));
  }
  return embeddings;
}

async function scoreAll(
  likeness: Likeness,
  root: string,
  pairs: readonly Pair[],
  embeddings: ReadonlyMap<string, Embedding>,
  progress: ProgressLine,
): Promise<ScoredPair[]> {
  const paths = new Map([...embeddings].map(([path, embedding]) => [embedding, path]));
  const rater = withDetails(likeness, async (embedding) => {
    const path = paths.get(embedding);
    return path === undefined ? undefined : likeness.detail(await readInput(resolve(root, path)));
  });
  const scored: ScoredPair[] = [];
  for (const pair of pairs) {
    progress.show(`comparing pair ${scored.length + 1} of ${pairs.length}`);
    const a = embeddings.get(pair.a);
    const b = embeddings.get(pair.b);
    if (a === undefined || b === undefined) continue;
    scored.push({ pair, similarity: await rater.similarity(a, b) });
  }
  return scored;
}

function summarise(model: string, images: number, scored: readonly ScoredPair[]): Report {
  const labels = groupBy(scored, ({ pair }) => pair.label);
  const edited = scored.filter(({ pair }) => pair['edit']);
  const edits = groupBy(edited, ({ pair }) => `${pair.label}/${pair['edit']}`);
  const aucBy = (value: (pair: ScoredPair) => number): number | null => {
    const auc = rocAuc(
      labels.get('similar')?.map(value) ?? [],
      labels.get('different')?.map(value) ?? [],
    );
    return Number.isNaN(auc) ? null : auc;
  };
  return {
    model,
    pairs: scored.length,
    images,
    labels: [...labels].map(([label, group]) => ({ label, ...summariseGroup(group) })),
    edits: [...edits.values()].map((group) => ({
      label: group[0]?.pair.label ?? '',
      edit: group[0]?.pair['edit'] ?? '',
      ...summariseGroup(group),
    })),
    auc: aucBy(({ similarity }) => similarity.score),
    cosineAuc: aucBy(({ similarity }) => similarity.cosine),
  };
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

function summariseGroup(group: readonly ScoredPair[]): Omit<GroupSummary, 'label' | 'edit'> {
  const share = (verdict: Verdict) =>
    group.filter(({ similarity }) => similarity.verdict === verdict).length / group.length;
  return {
    n: group.length,
    verdicts: {
      identical: share('identical'),
      'near-duplicate': share('near-duplicate'),
      variant: share('variant'),
      similar: share('similar'),
      different: share('different'),
    },
    score: spread(group.map(({ similarity }) => similarity.score)),
    cosine: spread(group.map(({ similarity }) => similarity.cosine)),
  };
}

function spread(values: number[]): Spread {
  const sorted = values.sort((a, b) => a - b);
  return [percentile(sorted, 5), percentile(sorted, 50), percentile(sorted, 95)];
}

async function writeScores(path: string, scored: readonly ScoredPair[]): Promise<void> {
  const rows = scored.map((item) => ({ ...item.pair, ...scoreColumns(item) }));
  try {
    await writeFile(path, stringify(rows, { header: true }));
  } catch (error) {
    throw new LikenessError('invalid-argument', `Can't write ${path}: ${reasonOf(error)}.`);
  }
}

/** One row's numbers; every digit of them, so that a fit sees what the core computed. */
function scoreColumns({ similarity }: ScoredPair): Record<string, string> {
  const { score, verdict, cosine, centredCosine, probability, evidence } = similarity;
  return {
    score: String(score),
    verdict,
    cosine: String(cosine),
    centred: String(centredCosine),
    probability: String(probability),
    changes: evidence?.changes.map(({ kind }) => kind).join(' ') ?? '',
    // JSON, both; empty where the pictures don't lie over each other.
    registration: evidence?.registration === undefined ? '' : JSON.stringify(evidence.registration),
    places: evidence?.registration === undefined ? '' : JSON.stringify(placesOf(evidence.changes)),
  };
}

function describe(report: Report): string {
  const lines = [
    `${report.model}: ${report.pairs} pairs of ${report.images} images`,
    '',
    'label                   n   score 5 %  median    95 %   cosine 5 %  median    95 %   copies %',
    ...report.labels.map((group) => row(group.label, group)),
  ];
  if (report.edits.length > 0) {
    lines.push('', ...report.edits.map((group) => row(group.edit ?? '', group)));
  }
  lines.push('', 'copies: verdict identical or near-duplicate');
  if (report.auc !== null && report.cosineAuc !== null) {
    const [auc, plain] = [report.auc, report.cosineAuc].map((value) => value.toFixed(4));
    lines.push(`ROC AUC, similar against different: score ${auc}, plain cosine ${plain}`);
  }
  return `${lines.join('\n')}\n`;
}

function row(name: string, { n, score, cosine, verdicts }: GroupSummary): string {
  const copies = (verdicts.identical + verdicts['near-duplicate']) * 100;
  return (
    `${name.padEnd(18)}${String(n).padStart(7)}${columns(score, 1, [12, 8, 8])}` +
    `${columns(cosine, 4, [13, 8, 8])}${copies.toFixed(1).padStart(11)}`
  );
}

function columns(values: Spread, digits: number, widths: readonly number[]): string {
  return values.map((value, index) => value.toFixed(digits).padStart(widths[index] ?? 0)).join('');
}
