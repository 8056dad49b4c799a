/** docs/recipes/vector-databases.md but for LanceDB, each program as it stands there, and what pgvector.md says of long vectors. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { PGlite } from '@electric-sql/pglite';
import { vector as pgvector } from '@electric-sql/pglite-pgvector';
import { getLoadablePath } from 'sqlite-vec';
import { Index, MetricKind, ScalarKind } from 'usearch';
import { PYTHON } from '../../scripts/lib/prerequisites.mjs';
import { randomEmbeddings } from '../support/embeddings.js';
import { freshFolder } from '../support/installed.js';
import {
  ASKED,
  answersOf,
  assertNearest,
  STORED,
  writePrograms,
} from '../support/vector-recipes.js';

/** Below build/, where programs find what only tests import. */
const folder = freshFolder('build/vector-databases', {});
after(() => rmSync(folder, { recursive: true, force: true }));
await writePrograms(folder);

/** Without its ending, which SQLite adds. */
const vec0 = getLoadablePath().replace(/\.\w+$/, '');

const PROGRAMS: readonly (readonly [name: string, program: string, args: readonly string[]])[] = [
  ['DuckDB', process.execPath, ['duckdb.mjs', ASKED.id]],
  ['sqlite-vec', PYTHON, ['sqlite_vec.py', ASKED.id, vec0]],
  ['USearch', process.execPath, ['usearch.mjs', ASKED.id]],
  ['NumPy', PYTHON, ['nearest.py', ASKED.id]],
];

for (const [name, program, args] of PROGRAMS) {
  test(`${name}: the neighbours are those of likeness.nearest`, async () => {
    await assertNearest(ASKED, STORED, await answersOf(program, args, folder));
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
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  const cosine = 'SELECT list_cosine_similarity([1, 2]::DOUBLE[], [0, 0]::DOUBLE[])';
  assert.deepEqual((await connection.runAndReadAll(cosine)).getRowsJS(), [[-1]]);
  connection.closeSync();
  database.closeSync();
  const program = `import sqlite3, sys
database = sqlite3.connect(':memory:')
database.enable_load_extension(True)
database.load_extension(sys.argv[1])
print(database.execute("SELECT vec_distance_cosine('[1, 2]', '[0, 0]') IS NULL").fetchone()[0])`;
  const { stdout } = await promisify(execFile)(PYTHON, ['-c', program, vec0]);
  assert.equal(stdout, '1\n');
});
