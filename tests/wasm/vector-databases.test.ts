/** docs/recipes/vector-databases.md, each program as it stands there, and what pgvector.md says of long vectors. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { vector as pgvector } from '@electric-sql/pglite-pgvector';
import { createLikeness, type Embedding } from 'image-likeness';
import {
  type EmbeddingFormat,
  type StoredEmbedding,
  writeEmbeddings,
} from 'image-likeness/formats';
import { getLoadablePath } from 'sqlite-vec';
import { PYTHON } from '../../scripts/lib/prerequisites.mjs';
import { plainCosine } from '../support/cosine.js';
import { clusteredEmbeddings, randomEmbeddings } from '../support/embeddings.js';

const COUNT = 300;
const K = 10;

/** How far sums in float32 may be off. */
const FLOAT_ERROR = 5e-6;

/** Below build/, where programs find what only tests import. */
const folder = 'build/vector-databases';
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true, force: true }));

const page = readFileSync('docs/recipes/vector-databases.md', 'utf8');
for (const [, name = '', text = ''] of page.matchAll(
  /```(?:js|python)\n(?:\/\/|#) (\S+)\n(.*?)```/gs,
)) {
  writeFileSync(`${folder}/${name}`, text);
}

const likeness = await createLikeness();
after(() => likeness.dispose());
const { model } = likeness.info;

/** As pictures have them, with different lengths; the last one is a picture in which the model sees nothing. */
const stored: StoredEmbedding[] = clusteredEmbeddings(model, COUNT, 1280, 20, 3).map(
  ({ vector, ...embedding }, row) => ({
    ...embedding,
    id: `pictures/${row}, ä.jpg`,
    vector: vector.map((value) => value * (1 + (row % 7))),
  }),
);
const nothing = { ...stored[0], id: 'pictures/nothing.jpg', vector: new Float32Array(1280) };
const all = [...stored, nothing] as StoredEmbedding[];
const asked = stored[123] as StoredEmbedding;

for (const format of ['parquet', 'jsonl', 'npz'] as const satisfies readonly EmbeddingFormat[]) {
  writeFileSync(`${folder}/embeddings.${format}`, await writeEmbeddings(all, format));
}

/** Without its ending, which SQLite adds. */
const vec0 = getLoadablePath().replace(/\.\w+$/, '');

const PROGRAMS: readonly (readonly [name: string, program: string, args: readonly string[]])[] = [
  ['LanceDB', process.execPath, ['lancedb.mjs', asked.id]],
  ['sqlite-vec', PYTHON, ['sqlite_vec.py', asked.id, vec0]],
  ['USearch', process.execPath, ['usearch.mjs', asked.id]],
  ['NumPy', PYTHON, ['nearest.py', asked.id]],
];

/** The ids and cosines that a program prints. */
async function answersOf(program: string, args: readonly string[]): Promise<[string, number][]> {
  const { stdout } = await promisify(execFile)(program, [...args], { cwd: folder });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, number]);
}

/** Whether these are the nearest, whatever the order of those that are as good as equal. */
async function assertNearest(
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

for (const [name, program, args] of PROGRAMS) {
  test(`${name}: the neighbours are those of likeness.nearest`, async () => {
    await assertNearest(asked, stored, await answersOf(program, args));
  });
}

test('pgvector: 2,048 dimensions are indexed in half precision, and zeros come last', async (t) => {
  const recipe = readFileSync('docs/recipes/pgvector.md', 'utf8');
  const [create = '', ask = ''] = [...recipe.matchAll(/```sql\n(.*?)```/gs)]
    .map(([, sql = '']) => sql)
    .filter((sql) => sql.includes('resnet50'));
  const database = await PGlite.create({ extensions: { vector: pgvector } });
  t.after(() => database.close());
  const [table = '', index = ''] = create.split(';\n');
  await database.exec(`CREATE EXTENSION vector; ${table}`);
  const rows = randomEmbeddings('resnet50@1/whole', 60, 2048, 9).map((embedding, row) => ({
    id: String(row),
    ...embedding,
  }));
  const insert = 'INSERT INTO resnet50_pictures VALUES ($1, $2)';
  for (const { id, vector } of rows) {
    await database.query(insert, [id, JSON.stringify([...vector])]);
  }
  await database.query(insert, ['nothing', JSON.stringify(new Array(2048).fill(0))]);
  await database.exec(index);
  const query = rows[17];
  assert.ok(query !== undefined);
  const text = JSON.stringify([...query.vector]);
  await database.exec('SET enable_seqscan = off');
  const plan = await database.query(`EXPLAIN ${ask}`, [text]);
  assert.match(JSON.stringify(plan.rows), /Index Scan using resnet50_embedding/);
  const found = await database.query<{ id: string; cosine: number }>(ask, [text]);
  await assertNearest(
    query,
    rows,
    found.rows.map(({ id, cosine }) => [id, cosine]),
  );
  await database.exec('SET enable_indexscan = off');
  const ordered = await database.query<{ id: string; distance: number }>(
    'SELECT id, embedding <=> $1::vector(2048) AS distance FROM resnet50_pictures ORDER BY distance',
    [text],
  );
  assert.deepEqual(ordered.rows.at(-1), { id: 'nothing', distance: Number.NaN });
  await assert.rejects(
    database.exec('CREATE INDEX ON resnet50_pictures USING hnsw (embedding vector_cosine_ops)'),
    /more than 2000 dimensions/,
  );
});

test('zeros are what the page says they are', async () => {
  const { connect } = await import('@lancedb/lancedb');
  const database = await connect(`${folder}/zeros`);
  const table = await database.createTable('zeros', [
    { id: 'one', vector: [1, 2] },
    { id: 'zero', vector: [0, 0] },
  ]);
  const near = await table.vectorSearch([1, 2]).distanceType('cosine').limit(5).toArray();
  assert.deepEqual(
    near.map(({ id }) => id),
    ['one'],
  );
  const { Index, MetricKind, ScalarKind } = await import('usearch');
  const index = new Index({
    metric: MetricKind.Cos,
    quantization: ScalarKind.F32,
    dimensions: 2,
    connectivity: 16,
    expansion_add: 16,
    expansion_search: 16,
    multi: false,
  });
  index.add(0n, new Float32Array([0, 0]));
  index.add(1n, new Float32Array([-1, -2]));
  const { keys, distances } = index.search(new Float32Array([1, 2]), 2, 0);
  assert.deepEqual([...keys], [0n, 1n]);
  assert.equal(distances[0], 1);
  const program = `import sqlite3, sys
database = sqlite3.connect(':memory:')
database.enable_load_extension(True)
database.load_extension(sys.argv[1])
print(database.execute("SELECT vec_distance_cosine('[1, 2]', '[0, 0]') IS NULL").fetchone()[0])`;
  const { stdout } = await promisify(execFile)(PYTHON, ['-c', program, vec0]);
  assert.equal(stdout, '1\n');
});
