/**
 * The second search for candidates: near embeddings, for pictures with so few corners that their copies may have
 * none in common with them. Up to EXACT_UP_TO pictures are compared each with each; of more, trees find those
 * that are worth a cosine. Tasks share the pictures or the trees.
 */
import { readFile } from 'node:fs/promises';
import { type CandidateTools, NearSearch } from '../../binding/candidate-search.js';
import { CoreIndex } from '../../binding/core-index.js';
import { reasonOf, usageError } from '../io.js';
import { WorkFile } from './work-file.js';

/** Pictures that are compared each with each: their embeddings take 210 MB. */
const EXACT_UP_TO = 32_768;

/** Embeddings of one search by trees, about 0.45 kB each. */
const BLOCK = 1_000_000;

/** The nearest pictures that are candidates, and from which cosine on: as Collection in core/ has it. */
const MOST_NEAR = 4;
const LEAST_NEAR = 0.9;

/** Embeddings that are in memory for exact cosines at once: 200 MB. */
const RERANKED_AT_ONCE = 40_000;

/** Embeddings that pictures are compared with at once to tell what was missed, and that are added at once. */
const RECALL_BLOCK = 16_384;
const RECALL_PACK = 256;

/** A pair in a file: later and earlier picture, and the cosine, or an estimate of it. */
const PAIR_BYTES = 16;

/** An embedding that takes part. */
export interface NearItem {
  readonly number: number;
  readonly vector: Float32Array;
  /** Pairs are looked for where one of the two is. */
  readonly wanted: boolean;
}

/** Where embeddings come from: as often as they are asked for, by ascending number. */
export interface NearSource {
  /** How many take part, and how many of them are wanted. */
  readonly count: number;
  readonly wanted: number;
  isWanted(number: number): boolean;
  items(): AsyncIterable<NearItem>;
  vectorsOf(numbers: readonly number[]): Promise<ReadonlyMap<number, Float32Array>>;
}

/** Two pictures, and the cosine of their centred embeddings or an estimate of it. */
export interface NearPair {
  readonly later: number;
  readonly earlier: number;
  readonly cosine: number;
}

/** What the searches need. */
export interface NearTools {
  readonly compiled: WebAssembly.Module;
  readonly tools: CandidateTools;
  /** The model's mean embedding, where it has one. */
  readonly mean: Float32Array | undefined;
}

/** Whether the pairs that are found are all there are, with their exact cosines. */
export function isExact({ count, wanted }: Pick<NearSource, 'count' | 'wanted'>): boolean {
  return wanted === 0 || count <= EXACT_UP_TO;
}

/** How many blocks pairs are looked for in: one, or all pairs of halves of a block. */
export function nearBlocks(count: number): (readonly [number, number])[] {
  if (count <= BLOCK) return [[0, 0]];
  const halves = Math.ceil(count / (BLOCK / 2));
  return Array.from({ length: halves }, (_, i) =>
    Array.from({ length: i }, (__, j) => [j, i] as const),
  ).flat();
}

/**
 * What one of several tasks finds. The pairs of all tasks together don't depend on how many there are.
 * @param onBytes told of the memory that the search took
 */
export async function searchNear(
  source: NearSource,
  tools: NearTools,
  { number, count }: { readonly number: number; readonly count: number },
  onBytes: (bytes: number) => void = () => undefined,
): Promise<NearPair[]> {
  if (source.wanted === 0) return [];
  if (isExact(source)) return searchExactly(source, tools, number, count);
  const trees = tools.tools.treesFor(Math.min(source.count, BLOCK));
  const all = nearBlocks(source.count).flatMap((block) =>
    Array.from({ length: trees }, (_, tree) => ({ block, tree })),
  );
  const own = all.slice(
    Math.floor((all.length * number) / count),
    Math.floor((all.length * (number + 1)) / count),
  );
  const pairs: NearPair[] = [];
  for (const block of new Set(own.map((each) => each.block))) {
    const those = own.filter((each) => each.block === block).map(({ tree }) => tree);
    for (const pair of await searchBlock(source, tools, block, those, onBytes)) pairs.push(pair);
  }
  return pairs;
}

/** Each picture of a task's share with all before it, as Collection does. */
async function searchExactly(
  source: NearSource,
  { compiled, tools, mean }: NearTools,
  number: number,
  count: number,
): Promise<NearPair[]> {
  const first = Math.floor((source.count * number) / count);
  const last = Math.floor((source.count * (number + 1)) / count);
  // Of a picture with many corners only those with few before it matter.
  const everyone = await CoreIndex.open(compiled);
  const wantedOnes = await CoreIndex.open(compiled);
  const numbers: number[] = [];
  const wantedNumbers: number[] = [];
  const pairs: NearPair[] = [];
  try {
    for await (const item of source.items()) {
      const place = numbers.length;
      if (place >= last) break;
      const values = tools.centre(item.vector, mean);
      const rows = { model: '', dimension: values.length, values };
      const [index, those] = item.wanted ? [everyone, numbers] : [wantedOnes, wantedNumbers];
      if (place >= first && those.length > 0) {
        const { rows: found, cosines } = await index.nearest(rows, MOST_NEAR);
        for (const [rank, row] of found.entries()) {
          const cosine = cosines[rank] ?? 0;
          const earlier = those[row];
          if (cosine < LEAST_NEAR || earlier === undefined) continue;
          pairs.push({ later: item.number, earlier, cosine });
        }
      }
      await everyone.add(rows);
      numbers.push(item.number);
      if (!item.wanted) continue;
      await wantedOnes.add(rows);
      wantedNumbers.push(item.number);
    }
  } finally {
    await everyone.dispose();
    await wantedOnes.dispose();
  }
  return pairs;
}

async function searchBlock(
  source: NearSource,
  { compiled, tools, mean }: NearTools,
  [one, other]: readonly [number, number],
  trees: readonly number[],
  onBytes: (bytes: number) => void,
): Promise<NearPair[]> {
  const whole = source.count <= BLOCK;
  const numbers: number[] = [];
  let search: NearSearch | undefined;
  try {
    let place = -1;
    for await (const { number, vector, wanted } of source.items()) {
      place += 1;
      const half = Math.floor(place / (BLOCK / 2));
      if (!whole && half !== one && half !== other) continue;
      search ??= await NearSearch.open(compiled, vector.length);
      search.add(tools.centre(vector, mean), wanted);
      numbers.push(number);
    }
    if (search === undefined) return [];
    for (const tree of trees) {
      search.search(tree);
      await new Promise((resolve) => setImmediate(resolve));
    }
    onBytes(search.bytes());
    const { pairs, cosines } = search.found();
    return Array.from(cosines, (cosine, i) => ({
      later: numbers[pairs[2 * i] ?? 0] ?? 0,
      earlier: numbers[pairs[2 * i + 1] ?? 0] ?? 0,
      cosine,
    }));
  } finally {
    search?.[Symbol.dispose]();
  }
}

/**
 * The candidates among pairs: for each later picture the nearest, by their exact cosines.
 * @param found by all tasks, of the pictures that are wanted
 */
export async function nearest(
  source: NearSource,
  { tools, mean }: NearTools,
  found: readonly NearPair[],
): Promise<NearPair[]> {
  const exact = isExact(source) ? found : [];
  const estimated = isExact(source) ? [] : distinct(found);
  const all = [...exact];
  for (const pack of packsOf(estimated)) {
    const numbers = new Set(pack.flatMap(({ later, earlier }) => [later, earlier]));
    const vectors = new Map<number, Float32Array>();
    for (const [number, vector] of await source.vectorsOf([...numbers])) {
      vectors.set(number, tools.centre(vector, mean));
    }
    for (const { later, earlier } of pack) {
      const [a, b] = [vectors.get(earlier), vectors.get(later)];
      if (a !== undefined && b !== undefined) {
        all.push({ later, earlier, cosine: tools.cosine(a, b) });
      }
    }
  }
  return bestOf(all);
}

/** Of the exact candidates of some pictures, how many were found. */
export interface Recall {
  readonly candidates: number;
  readonly found: number;
}

/**
 * Compares some pictures with all before them, and holds the answer against what was found.
 * @param candidates as `nearest` has them @param asked pictures that are wanted, by ascending number
 */
export async function recallOf(
  source: NearSource,
  { compiled, tools, mean }: NearTools,
  candidates: readonly NearPair[],
  asked: readonly number[],
): Promise<Recall> {
  const queries = new Map<number, Float32Array>();
  for (const [number, vector] of await source.vectorsOf(asked)) {
    queries.set(number, tools.centre(vector, mean));
  }
  const exact: NearPair[] = [];
  const index = await CoreIndex.open(compiled);
  let numbers: number[] = [];
  const ask = async (later: number): Promise<void> => {
    const values = queries.get(later);
    if (values === undefined || numbers.length === 0) return;
    const rows = { model: '', dimension: values.length, values };
    const { rows: found, cosines } = await index.nearest(rows, MOST_NEAR);
    for (const [rank, row] of found.entries()) {
      const earlier = numbers[row];
      if (earlier !== undefined) exact.push({ later, earlier, cosine: cosines[rank] ?? 0 });
    }
  };
  try {
    let pack: Float32Array[] = [];
    let packed: number[] = [];
    const flush = async (): Promise<void> => {
      const [first] = pack;
      if (first === undefined) return;
      const values = new Float32Array(pack.length * first.length);
      for (const [place, vector] of pack.entries()) values.set(vector, place * first.length);
      await index.add({ model: '', dimension: first.length, values });
      numbers.push(...packed);
      pack = [];
      packed = [];
    };
    for await (const { number, vector } of source.items()) {
      if (queries.has(number)) {
        await flush();
        await ask(number);
      }
      pack.push(tools.centre(vector, mean));
      packed.push(number);
      if (pack.length === RECALL_PACK) await flush();
      if (numbers.length < RECALL_BLOCK) continue;
      for (const later of asked) if (later > number) await ask(later);
      await index.keepFirst(0);
      numbers = [];
    }
  } finally {
    await index.dispose();
  }
  const known = new Set(candidates.map(({ later, earlier }) => `${later} ${earlier}`));
  const expected = bestOf(exact);
  const found = expected.filter(({ later, earlier }) => known.has(`${later} ${earlier}`));
  return { candidates: expected.length, found: found.length };
}

/** The nearest of each later picture, as far as they are near enough. */
function bestOf(pairs: readonly NearPair[]): NearPair[] {
  const sorted = [...pairs].sort(
    (p, q) => p.later - q.later || q.cosine - p.cosine || p.earlier - q.earlier,
  );
  const counts = new Map<number, number>();
  return sorted.filter(({ later, cosine }) => {
    const before = counts.get(later) ?? 0;
    counts.set(later, before + 1);
    return before < MOST_NEAR && cosine >= LEAST_NEAR;
  });
}

/** Each pair once, by picture. */
function distinct(pairs: readonly NearPair[]): NearPair[] {
  const sorted = [...pairs].sort((p, q) => p.later - q.later || p.earlier - q.earlier);
  return sorted.filter(({ later, earlier }, i) => {
    const before = sorted[i - 1];
    return before?.later !== later || before.earlier !== earlier;
  });
}

/** In pieces with few enough pictures to be in memory. */
function* packsOf(pairs: readonly NearPair[]): Generator<NearPair[], void, undefined> {
  let pack: NearPair[] = [];
  let numbers = new Set<number>();
  for (const pair of pairs) {
    numbers.add(pair.later).add(pair.earlier);
    pack.push(pair);
    if (numbers.size < RERANKED_AT_ONCE) continue;
    yield pack;
    pack = [];
    numbers = new Set();
  }
  if (pack.length > 0) yield pack;
}

/** Writes the pairs of a task. */
export async function writeNear(path: string, pairs: readonly NearPair[]): Promise<void> {
  await using file = await WorkFile.create(path);
  for (const { later, earlier, cosine } of pairs) {
    const bytes = Buffer.alloc(PAIR_BYTES);
    bytes.writeUInt32LE(later);
    bytes.writeUInt32LE(earlier, 4);
    bytes.writeDoubleLE(cosine, 8);
    await file.add(bytes);
  }
  await file.finish();
}

/** Pairs of a task whose later picture is one from `first` up to, not including, `last`. */
export async function readNear(path: string, first: number, last: number): Promise<NearPair[]> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw usageError(`Can't read ${path}: ${reasonOf(error)}.`);
  }
  const pairs: NearPair[] = [];
  for (let at = 0; at + PAIR_BYTES <= bytes.length; at += PAIR_BYTES) {
    const later = bytes.readUInt32LE(at);
    if (later < first || later >= last) continue;
    pairs.push({ later, earlier: bytes.readUInt32LE(at + 4), cosine: bytes.readDoubleLE(at + 8) });
  }
  return pairs;
}
