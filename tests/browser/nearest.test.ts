/** The index in Chromium, inside the package's worker. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
import { openPage, SITE } from '../support/browser.js';
import { randomEmbeddings } from '../support/embeddings.js';

const openHarness = () =>
  openPage({ directory: 'build/harness', mounts: { '/models/': `${SITE}/models` } });

test('the worker finds what Node finds, to the bit', async () => {
  await using opened = await openHarness();
  const found = await opened.page.evaluate(async () => {
    const { harness } = window;
    const likeness = await harness.likeness();
    const embeddings = harness.randomEmbeddings('m@1', 900, 1280, 3);
    const [query] = harness.randomEmbeddings('m@1', 1, 1280, 4);
    if (query === undefined) throw new Error('no query');
    const index = await likeness.createIndex(embeddings);
    return {
      size: index.size,
      nearest: await index.nearest(query, 25),
      once: await likeness.nearest(query, embeddings, 25),
      pairwise: [...(await likeness.pairwise(embeddings.slice(0, 40)))],
      intact: embeddings.every(({ vector }) => vector.length === 1280) && query.vector.length,
    };
  });
  await using likeness = await createLikeness();
  const embeddings = randomEmbeddings('m@1', 900, 1280, 3);
  const [query] = randomEmbeddings('m@1', 1, 1280, 4);
  assert.ok(query !== undefined);
  const expected = await likeness.nearest(query, embeddings, 25);
  assert.deepEqual(found.nearest, expected);
  assert.deepEqual(found.once, expected);
  assert.deepEqual(
    Float32Array.from(found.pairwise),
    await likeness.pairwise(embeddings.slice(0, 40)),
  );
  assert.equal(found.size, 900);
  assert.equal(found.intact, 1280);
  assert.deepEqual(opened.problems, []);
});

test('errors, aborts and disposal cross the worker, and the next call works', async () => {
  await using opened = await openHarness();
  const seen = await opened.page.evaluate(async () => {
    const { harness } = window;
    const likeness = await harness.createLikeness();
    const embeddings = harness.randomEmbeddings('m@1', 1500, 1280, 5);
    const [a] = embeddings;
    if (a === undefined) throw new Error('no embedding');
    const code = (call: Promise<unknown>): Promise<string> =>
      call.then(
        () => 'fine',
        (error: { code: string }) => error.code,
      );
    const index = await likeness.createIndex(embeddings);
    const controller = new AbortController();
    const aborted = code(index.pairwise({ signal: controller.signal }));
    const mismatch = code(index.nearest({ ...a, model: 'other@1' }, 1));
    const zero = code(index.add([a, { ...a, vector: new Float32Array(1280) }]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    controller.abort();
    const codes = [await aborted, await mismatch, await zero];
    const { length } = await index.nearest(a, 5000);
    const underWay = code(index.pairwise());
    await index.dispose();
    codes.push(await underWay, await code(index.nearest(a, 1)));

    const last = await likeness.createIndex(embeddings);
    const pending = code(last.pairwise());
    await likeness.dispose();
    codes.push(await pending, await code(last.nearest(a, 1)));
    return { codes, length };
  });
  assert.deepEqual(seen.codes, [
    'aborted',
    'model-mismatch',
    'zero-embedding',
    'disposed',
    'disposed',
    'disposed',
    'disposed',
  ]);
  assert.equal(seen.length, 1500);
  assert.deepEqual(opened.problems, []);
});
