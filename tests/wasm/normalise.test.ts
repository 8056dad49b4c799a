/** Files of normalised vectors: of length 1, marked as such, and with the scores of the vectors before. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { createLikeness, type Embedding } from 'image-likeness';
import { createLikenessCore } from 'image-likeness/core';
import {
  EMBEDDING_FORMATS,
  type EmbeddingFormat,
  readEmbeddings,
  type StoredEmbedding,
  sidecarOf,
  type WriteOptions,
  writeEmbeddings,
} from 'image-likeness/formats';
import { testPixels } from '../support/pixels.js';
import { TemporaryDirectory } from '../support/temporary.js';

/** Of a model with a mean vector, which is subtracted before scores are computed. */
const core = await createLikenessCore({ model: 'mobilenetv2' });

const stored: StoredEmbedding[] = [];
{
  await using likeness = await createLikeness();
  for (const seed of [1, 2, 3, 4]) {
    const { dimension, vector } = await likeness.embed(testPixels(120, 90, seed));
    stored.push({ id: `${seed}.png`, model: core.model, dimension, vector });
  }
}
const [first] = stored as [StoredEmbedding];

const lengthOf = ({ vector }: Embedding): number => Math.hypot(...vector);

/** What comes back from a file; the sidecar goes through JSON, as to a disk. */
async function throughFile(
  embeddings: readonly StoredEmbedding[],
  format: EmbeddingFormat,
  options?: WriteOptions,
): Promise<StoredEmbedding[]> {
  const file = await writeEmbeddings(embeddings, format, options);
  const sidecar = JSON.parse(JSON.stringify(sidecarOf(embeddings, options)));
  return readEmbeddings(file, format, sidecar);
}

for (const format of EMBEDDING_FORMATS) {
  test(`${format}: vectors of length 1 give the scores of those before`, async () => {
    const read = await throughFile(stored, format, { normalise: true });
    assert.equal(read.length, stored.length);
    for (const [row, before] of stored.entries()) {
      const after = read[row] as StoredEmbedding;
      assert.equal(after.id, before.id);
      assert.equal(after.normalised, true);
      assert.ok(Math.abs(lengthOf(after) - 1) < 1e-6);
      assert.ok(lengthOf(before) > 2, 'it was not of length 1');
      const expected = core.similarity(first, before);
      for (const one of [first, read[0] as StoredEmbedding]) {
        const found = core.similarity(one, after);
        assert.ok(Math.abs(found.centredCosine - expected.centredCosine) < 1e-6);
        assert.ok(Math.abs(found.score - expected.score) < 1e-4);
      }
    }
    // Once more: still marked, and as they are.
    assert.deepEqual(await throughFile(read, format), read);
  });

  test(`${format}: without the option nothing is said of it, and zeros stay zeros`, async () => {
    const plain = await writeEmbeddings(stored, format);
    assert.ok(!new TextDecoder('latin1').decode(plain).includes('normalised'));
    assert.deepEqual(await throughFile(stored, format), stored);
    const zero = { ...first, vector: new Float32Array(first.dimension) };
    assert.deepEqual(await throughFile([zero], format, { normalise: true }), [
      { ...zero, normalised: true },
    ]);
  });
}

test('DuckDB reads them, and adds up a cosine as the package does only in float64', async () => {
  using directory = new TemporaryDirectory();
  const path = directory.file('unit.parquet');
  writeFileSync(path, await writeEmbeddings(stored, 'parquet', { normalise: true }));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const query = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await connection.runAndReadAll(sql)).getRowObjectsJS();
  try {
    const lengths = await query(
      `SELECT sqrt(list_dot_product(embedding::DOUBLE[], embedding::DOUBLE[])) AS length FROM '${path}'`,
    );
    assert.equal(lengths.length, stored.length);
    for (const { length } of lengths) assert.ok(Math.abs(Number(length) - 1) < 1e-6);
    assert.deepEqual(
      await query(
        `SELECT key::VARCHAR AS key, value::VARCHAR AS value FROM parquet_kv_metadata('${path}') WHERE key = 'normalised'`,
      ),
      [{ key: 'normalised', value: 'L2' }],
    );
    const cosines = await query(
      `SELECT list_cosine_similarity(a.embedding, b.embedding) AS single,
              list_cosine_similarity(a.embedding::DOUBLE[], b.embedding::DOUBLE[]) AS double
       FROM '${path}' AS a, '${path}' AS b WHERE a.id = '1.png' ORDER BY b.id`,
    );
    const off = { single: 0, double: 0 };
    for (const [row, found] of cosines.entries()) {
      const { cosine } = core.similarity(first, stored[row] as StoredEmbedding);
      for (const kind of ['single', 'double'] as const) {
        off[kind] = Math.max(off[kind], Math.abs(Number(found[kind]) - cosine));
      }
    }
    assert.ok(off.double < 1e-7, `in float64 ${off.double}`);
    assert.ok(off.single > off.double && off.single < 1e-4, `in float32 ${off.single}`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
});
