/** Similar groups of many pictures, in a process whose memory is theirs alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness, type Embedding } from 'image-likeness';
import { createCollection } from 'image-likeness/grouping';
import { COPY_EVERY, folderEmbeddings } from '../support/folder.js';

test('similar groups of 10,000 pictures at every threshold', async (t) => {
  const count = 10_000;
  await using likeness = await createLikeness();
  await using collection = createCollection(likeness);
  for (let first = 0; first < count; first += 1000) {
    const plain = folderEmbeddings(first, 1000, 2).map(
      ({ model, dimension, vector }): Embedding => ({ model, dimension, vector }),
    );
    await collection.add(plain);
  }
  let peak = 0;
  const start = performance.now();
  const similar = await collection.similar({
    onProgress: () => {
      peak = Math.max(peak, process.memoryUsage().rss);
    },
  });
  const seconds = (performance.now() - start) / 1000;
  t.diagnostic(`${count}: ${seconds.toFixed(1)} s, ${(peak / 2 ** 20).toFixed(0)} MiB at most`);
  assert.equal(await similar.pairsAt(0), (count * (count - 1)) / 2);
  assert.equal(await similar.pairsAt(87.8), count / COPY_EVERY);
  assert.equal((await similar.groupsAt(87.8)).length, count / COPY_EVERY);
  // The 64 most alike of each are known.
  assert.ok((await similar.groupsAt(0)).length >= count / 65);
  assert.ok(peak < 2 ** 30, `${peak} bytes`);
});
