/** An index at the end of its memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness, type Embedding } from 'image-likeness';
import { randomEmbeddings } from '../support/embeddings.js';
import { codeOf } from '../support/errors.js';

test('a full index says so, keeps what it has and goes on answering', async (t) => {
  await using likeness = await createLikeness();
  const index = await likeness.createIndex();
  const pack = randomEmbeddings('m@1', 5000, 1280, 1);
  const [first] = pack;
  assert.ok(first !== undefined);
  let code: string | undefined;
  while (code === undefined && index.size < 1e6) {
    code = await index.add(pack).then(
      () => undefined,
      (error: { code: string }) => error.code,
    );
  }
  assert.equal(code, 'out-of-memory');
  assert.ok(index.size >= 200_000 && index.size % pack.length === 0, `${index.size} embeddings`);
  t.diagnostic(`${index.size} embeddings in ${((await index.bytes()) / 2 ** 20).toFixed(0)} MiB`);
  // The same pack was added again and again: equal cosines come in the order they were added.
  const copies = Array.from({ length: 3 }, (_, copy) => ({ index: copy * 5000, cosine: 1 }));
  assert.deepEqual(await index.nearest(first, 3), copies);
  const zero: Embedding = { ...first, vector: new Float32Array(1280) };
  assert.equal(await codeOf(index.nearest(zero, 3)), 'zero-embedding');
  assert.equal(await codeOf(index.pairwise()), 'out-of-memory');
  await index.dispose();

  await using next = await likeness.createIndex(pack);
  assert.equal(next.size, pack.length);
});
