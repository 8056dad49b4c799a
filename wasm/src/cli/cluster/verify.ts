/** Candidates are verified by their pixels: the only stage that reads pictures again. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { PicturePair, RatedPair } from '../../grouping/index.js';
import type { Similarity } from '../../types.js';
import type { PictureReader } from '../pictures.js';
import { Countdown } from '../progress.js';
import type { Parts } from './parts.js';
import { WorkFile } from './work-file.js';

/** Pairs whose embeddings are in memory at once. */
const PACK = 20_000;

/** Pairs that are rated at the same time. */
const AT_ONCE = 8;

/** What became of a pair; of one that is neither copy nor variant only that. */
export interface Rating extends PicturePair {
  readonly similarity?: Similarity;
}

/** Makes the file of the ratings of some candidates, in their order: a line each. */
export async function verifyPairs(
  parts: Parts,
  reader: PictureReader,
  pairs: readonly PicturePair[],
  path: string,
): Promise<void> {
  await using file = await WorkFile.create(path);
  const countdown = new Countdown(reader.progress, 'verifying pair', pairs.length);
  try {
    for (let start = 0; start < pairs.length; start += PACK) {
      const pack = pairs.slice(start, start + PACK);
      const rated = await ratePack(parts, reader, pack, () => countdown.step());
      for (const { a, b, similarity } of rated) {
        const proven = isProven(similarity);
        const line = JSON.stringify({ a, b, ...(proven && { similarity }) });
        await file.add(Buffer.from(`${line}\n`));
      }
    }
  } finally {
    reader.progress.clear();
  }
  await file.finish();
}

async function ratePack(
  parts: Parts,
  reader: PictureReader,
  pairs: readonly PicturePair[],
  onPair: () => void,
): Promise<RatedPair[]> {
  const numbers = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].sort((p, q) => p - q);
  const pictures = await parts.picturesOf(numbers);
  const byNumber = new Map(numbers.map((number, place) => [number, pictures[place]]));
  const rater = reader.rater(pictures);
  const rated: RatedPair[] = [];
  const places = pairs.keys();
  const rate = async (): Promise<void> => {
    for (const place of places) {
      const pair = pairs[place];
      const first = pair && byNumber.get(pair.a);
      const second = pair && byNumber.get(pair.b);
      if (pair === undefined || first === undefined || second === undefined) continue;
      const similarity = await rater.similarity(first.embedding, second.embedding);
      rated[place] = { ...pair, similarity };
      onPair();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, rate));
  return rated;
}

/** The ratings of some files. */
export async function* readRatings(
  paths: readonly string[],
): AsyncGenerator<Rating, void, undefined> {
  for (const path of paths) {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
    for await (const line of lines) if (line !== '') yield JSON.parse(line) as Rating;
  }
}

/** Whether pixels prove that two pictures show the same, or mostly the same. */
function isProven({ verdict }: Similarity): boolean {
  return verdict !== 'similar' && verdict !== 'different';
}
