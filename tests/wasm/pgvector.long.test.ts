/** The index of docs/recipes/pgvector.md over 20,000 vectors: how many of the nearest it finds. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { vector as pgvector } from '@electric-sql/pglite-pgvector';
import { createLikeness } from 'image-likeness';
import { type StoredEmbedding, writeEmbeddings } from 'image-likeness/formats';
import { clusteredEmbeddings } from '../support/embeddings.js';

const COUNT = 20_000;
const CLUSTERS = 500;
const DIMENSION = 1280;
const QUERIES = 200;
const K = 10;

/** Rows of one CSV file: all of them would not fit into one string. */
const BATCH = 2000;

const recipe = readFileSync('docs/recipes/pgvector.md', 'utf8');
const [createTable, , nearest, , createIndex, searchLonger] = [
  ...recipe.matchAll(/```sql\n(.*?)```/gs),
].map(([, sql = '']) => sql);
const [, copy = ''] = /psql -c "(COPY [^"]*)"/.exec(recipe) ?? [];

test('an HNSW index over 20,000 vectors finds our exact ten nearest', async (t) => {
  assert.ok(createTable && nearest && createIndex && searchLonger);
  await using likeness = await createLikeness();
  const { model } = likeness.info;
  // The last ones of the same clusters are what is asked for.
  const all = clusteredEmbeddings(model, COUNT + QUERIES, DIMENSION, CLUSTERS, 11);
  const stored: StoredEmbedding[] = all
    .slice(0, COUNT)
    .map((embedding, row) => ({ id: `picture-${row}.jpg`, ...embedding }));
  const queries = all.slice(COUNT);
  const database = await PGlite.create({ extensions: { vector: pgvector } });
  t.after(() => database.close());
  await database.exec(createTable);
  for (let row = 0; row < COUNT; row += BATCH) {
    const csv = await writeEmbeddings(stored.slice(row, row + BATCH), 'csv');
    const blob = new Blob([csv as Uint8Array<ArrayBuffer>]);
    await database.query(copy.replace('STDIN', "'/dev/blob'"), [], { blob });
  }
  const notices: string[] = [];
  const start = performance.now();
  await database.exec(createIndex, {
    onNotice: ({ message }) => notices.push(message ?? ''),
  });
  const seconds = (performance.now() - start) / 1000;
  // pgvector tells when the graph no longer fits into maintenance_work_mem.
  assert.deepEqual(notices, []);
  await database.exec('ANALYZE pictures');
  await database.exec(searchLonger);

  const parametersOf = (vector: Float32Array): [string, string, number] => [
    JSON.stringify([...vector]),
    model,
    K,
  ];
  const [first] = queries;
  assert.ok(first !== undefined);
  const plan = await database.query(`EXPLAIN ${nearest}`, parametersOf(first.vector));
  assert.match(JSON.stringify(plan.rows), /Index Scan using pictures_embedding/);

  await using index = await likeness.createIndex(stored);
  let found = 0;
  for (const query of queries) {
    const { rows } = await database.query<{ id: string }>(nearest, parametersOf(query.vector));
    const theirs = new Set(rows.map(({ id }) => id));
    const ours = await index.nearest(query, K);
    found += ours.filter((neighbour) => theirs.has(stored[neighbour.index]?.id ?? '')).length;
  }
  const recall = found / (QUERIES * K);
  t.diagnostic(
    `recall@${K} of ${QUERIES} queries among ${COUNT} vectors: ${recall.toFixed(4)}; index built in ${seconds.toFixed(0)} s`,
  );
  assert.ok(recall >= 0.95, `recall@${K} is ${recall}`);
});
