/** Programs of docs/recipes/vector-databases.md, as they stand there, and what they are asked. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { createLikeness, type Embedding } from 'image-likeness';
import {
  type EmbeddingFormat,
  type StoredEmbedding,
  writeEmbeddings,
} from 'image-likeness/formats';
import { plainCosine } from './cosine.js';
import { clusteredEmbeddings } from './embeddings.js';

const COUNT = 300;
const K = 10;

/** How far sums in float32 may be off. */
const FLOAT_ERROR = 5e-6;

const likeness = await createLikeness();
after(() => likeness.dispose());

/** As pictures have them, with different lengths. */
export const STORED: readonly StoredEmbedding[] = clusteredEmbeddings(
  likeness.info.model,
  COUNT,
  1280,
  20,
  3,
).map(({ vector, ...embedding }, row) => ({
  ...embedding,
  id: `pictures/${row}, ä.jpg`,
  vector: vector.map((value) => value * (1 + (row % 7))),
}));

/** The one whose neighbours are asked for. */
export const ASKED = STORED[123] as StoredEmbedding;

/** Of a picture in which the model sees nothing. */
const NOTHING = { ...ASKED, id: 'pictures/nothing.jpg', vector: new Float32Array(1280) };

/** Writes the programs, and files of the embeddings that they read. */
export async function writePrograms(folder: string): Promise<void> {
  const page = readFileSync('docs/recipes/vector-databases.md', 'utf8');
  for (const [, name = '', text = ''] of page.matchAll(
    /```(?:js|python)\n(?:\/\/|#) (\S+)\n(.*?)```/gs,
  )) {
    writeFileSync(join(folder, name), text);
  }
  for (const format of ['parquet', 'jsonl', 'npz'] as const satisfies readonly EmbeddingFormat[]) {
    const file = await writeEmbeddings([...STORED, NOTHING], format);
    writeFileSync(join(folder, `embeddings.${format}`), file);
  }
}

/** The ids and cosines that a program prints. */
export async function answersOf(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<[id: string, cosine: number][]> {
  const { stdout } = await promisify(execFile)(program, [...args], { cwd: folder });
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as [string, number]);
}

/** Whether these are the nearest, whatever the order of those that are as good as equal. */
export async function assertNearest(
  query: Embedding,
  among: readonly StoredEmbedding[],
  answers: readonly (readonly [id: string, cosine: number])[],
): Promise<void> {
  const ours = await likeness.nearest(query, among, K);
  const byId = new Map(among.map((embedding) => [embedding.id, embedding]));
  assert.equal(new Set(answers.map(([id]) => id)).size, K);
  for (const [place, { cosine }] of ours.entries()) {
    const [id = '', theirs = Number.NaN] = answers[place] ?? [];
    assert.ok(Math.abs(theirs - cosine) < FLOAT_ERROR, `${place}: ${theirs}, not ${cosine}`);
    const found = byId.get(id);
    assert.ok(found !== undefined);
    assert.ok(Math.abs(plainCosine(query.vector, found.vector) - cosine) < FLOAT_ERROR);
  }
}
