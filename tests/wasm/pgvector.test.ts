/** docs/recipes/pgvector.md in a real PostgreSQL: its statements, and answers that equal ours. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { vector as pgvector } from '@electric-sql/pglite-pgvector';
import { createLikeness, type Embedding } from 'image-likeness';
import { writeEmbeddings } from 'image-likeness/formats';
import { randomEmbeddings } from '../support/embeddings.js';

const COUNT = 300;
const K = 10;

/** How far pgvector's float32 sums may be off. */
const FLOAT_ERROR = 2e-6;

const recipe = readFileSync('docs/recipes/pgvector.md', 'utf8');

/** The blocks of SQL, in the order of the page. */
const [createTable, insert, nearest, fetchOne, createIndex] = [
  ...recipe.matchAll(/```sql\n(.*?)```/gs),
].map(([, sql = '']) => sql);

/** The statement in the shell command, which reads from standard input. */
const [, copy] = /psql -c "(COPY [^"]*)"/.exec(recipe) ?? [];

interface Found {
  readonly id: string;
  readonly cosine: number;
}

function asText({ vector }: Embedding): string {
  return JSON.stringify([...vector]);
}

test('the recipe works, and its nearest neighbours are ours', async (t) => {
  assert.ok(createTable && insert && nearest && fetchOne && createIndex && copy);
  assert.match(copy, / FROM STDIN /);
  await using likeness = await createLikeness();
  const { model } = likeness.info;
  const stored = randomEmbeddings(model, COUNT, 1280, 5).map((embedding, row) => ({
    id: `picture "${row}", ä.jpg`,
    ...embedding,
  }));
  const queries = [...randomEmbeddings(model, 4, 1280, 6), ...stored.slice(0, 2)];
  const database = await PGlite.create({ extensions: { vector: pgvector } });
  t.after(() => database.close());
  await database.exec(createTable);

  /** What the page's query finds, best first. */
  const ask = async (query: Embedding): Promise<Found[]> =>
    (await database.query<Found>(nearest, [asText(query), model, K])).rows;

  await t.test('the CSV file fills the table', async () => {
    const blob = new Blob([(await writeEmbeddings(stored, 'csv')) as Uint8Array<ArrayBuffer>]);
    // PGlite has no standard input; this is its stand-in.
    const { affectedRows } = await database.query(copy.replace('STDIN', "'/dev/blob'"), [], {
      blob,
    });
    assert.equal(affectedRows, COUNT);
  });

  await t.test('every bit arrives', async () => {
    const fetched = (id: string) =>
      database.query<{ model: string; embedding: string }>(fetchOne, [id]);
    for (const { id, vector } of stored.slice(0, 20)) {
      const { rows } = await fetched(id);
      assert.equal(rows[0]?.model, model);
      assert.deepEqual(Float32Array.from(JSON.parse(rows[0]?.embedding ?? '')), vector);
    }
  });

  await t.test('the nearest are those of likeness.nearest', async () => {
    for (const query of queries) {
      const found = await ask(query);
      const all = await likeness.nearest(query, stored, COUNT);
      const cosines = new Map(all.map(({ index, cosine }) => [stored[index]?.id, cosine]));
      const ours = all.slice(0, K);
      assert.equal(new Set(found.map(({ id }) => id)).size, K);
      for (const [place, { index, cosine }] of ours.entries()) {
        const { id, cosine: theirs } = found[place] ?? { id: '', cosine: Number.NaN };
        assert.ok(Math.abs(theirs - cosine) < FLOAT_ERROR);
        // Where the ids differ, our own cosines of both are as good as equal.
        const apart = Math.abs((cosines.get(id) ?? Number.NaN) - cosine);
        assert.ok(id === stored[index]?.id || apart < FLOAT_ERROR, `${id} is ${apart} away`);
      }
    }
  });

  await t.test('INSERT adds and replaces; another model is not looked at', async () => {
    const [query] = queries;
    const [first] = stored;
    assert.ok(query !== undefined && first !== undefined);
    await database.query(insert, ['new', model, asText(query)]);
    await database.query(insert, ['foreign', 'resnet50@1', asText(query)]);
    const [best, second] = await ask(query);
    assert.equal(best?.id, 'new');
    assert.notEqual(second?.id, 'foreign');
    await database.query(insert, ['new', model, asText(first)]);
    assert.notEqual((await ask(query))[0]?.id, 'new');
  });

  await t.test('the index is made, and finds a picture by itself', async () => {
    await database.exec(createIndex);
    for (const { id, ...query } of stored.slice(10, 15)) {
      assert.equal((await ask(query))[0]?.id, id);
    }
  });
});
