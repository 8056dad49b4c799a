/** How the time that a whole folder takes grows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
import { createLikenessCore } from 'image-likeness/core';
import { createCollection } from 'image-likeness/grouping';
import { COPY_EVERY, folderEmbeddings, ratedByLuma } from '../support/folder.js';

test('near-duplicates among generated pictures take clearly less than the square', async (t) => {
  const core = await createLikenessCore();
  await using likeness = await createLikeness();
  const seconds: number[] = [];
  for (const count of [10_000, 100_000]) {
    await using collection = createCollection(
      ratedByLuma({
        openCollection: likeness.openCollection.bind(likeness),
        similarity: async (a, b) => core.similarity(a, b),
      }),
    );
    let took = 0;
    for (let first = 0; first < count; first += 1000) {
      const batch = folderEmbeddings(first, 1000, 1);
      const start = cpuSeconds();
      await collection.add(batch);
      took += cpuSeconds() - start;
    }
    seconds.push(took);
    t.diagnostic(`${count}: ${took.toFixed(1)} s, ${collection.pairs.length} pairs`);
    assert.equal((await collection.groups()).length, count / COPY_EVERY);
  }
  const [few = 0, many = 0] = seconds;
  t.diagnostic(`ten times as many pictures take ${(many / few).toFixed(1)} times as long`);
  assert.ok(many / few < 50, `grows by ${many / few}`);
});

/** Processor time of this process, in seconds: others on the machine don't count. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
