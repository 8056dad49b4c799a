/** Aborting, disposing, queueing, and errors that must not outlive their call. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness, type Embedding, type LoadProgress } from 'image-likeness';
import { codeOf } from '../support/errors.js';
import { writeJpeg } from '../support/jpeg.js';
import { testPixels } from '../support/pixels.js';

const pixels = testPixels(320, 240);

test('an unknown model is refused by name', async () => {
  assert.equal(await codeOf(createLikeness({ model: 'vgg' })), 'invalid-argument');
});

test('bad options are refused', async () => {
  const bad = [
    { background: [0, 0, 256] as const },
    { background: [0.5, 0, 0] as const },
    { limits: { maxPixels: 0 } },
    { limits: { maxFileBytes: Number.NaN } },
  ];
  for (const options of bad)
    assert.equal(await codeOf(createLikeness(options)), 'invalid-argument');
});

test('a signal that has fired stops the loading', async () => {
  assert.equal(await codeOf(createLikeness({ signal: AbortSignal.abort() })), 'aborted');
});

test('loading reports progress that never goes back', async () => {
  const seen: LoadProgress[] = [];
  await using _likeness = await createLikeness({ onProgress: (progress) => seen.push(progress) });
  assert.deepEqual(new Set(seen.map(({ phase }) => phase)), new Set(['core', 'model', 'session']));
  for (const phase of ['core', 'model', 'session']) {
    const steps = seen.filter((progress) => progress.phase === phase);
    for (const [index, { loaded, total }] of steps.entries()) {
      assert.ok(loaded <= total && loaded >= (steps[index - 1]?.loaded ?? 0));
    }
    const last = steps.at(-1);
    assert.equal(last?.loaded, last?.total);
  }
});

test('a call can be aborted, and the next one works', async () => {
  await using likeness = await createLikeness();
  assert.equal(await codeOf(likeness.embed(pixels, { signal: AbortSignal.abort() })), 'aborted');
  const controller = new AbortController();
  const queued = Promise.all([
    likeness.embed(pixels),
    codeOf(likeness.embed(pixels, { signal: controller.signal })),
  ]);
  controller.abort();
  const [embedding, code] = await queued;
  assert.equal(code, 'aborted');
  assert.deepEqual(await likeness.embed(pixels), embedding);
});

test('concurrent calls give what single calls give', async () => {
  await using likeness = await createLikeness();
  const images = [1, 2, 3].map((seed) => testPixels(200 + seed, 150, seed));
  const together = await Promise.all(images.map((image) => likeness.embed(image)));
  for (const [index, image] of images.entries()) {
    assert.deepEqual(together[index], await likeness.embed(image));
  }
});

test('nothing works after dispose', async () => {
  const likeness = await createLikeness();
  const embedding = await likeness.embed(pixels);
  const underWay = codeOf(likeness.embed(pixels));
  await likeness.dispose();
  await likeness.dispose();
  assert.equal(await underWay, 'disposed');
  assert.equal(await codeOf(likeness.embed(pixels)), 'disposed');
  assert.equal(await codeOf(likeness.compare(pixels, pixels)), 'disposed');
  assert.equal(await codeOf(likeness.similarity(embedding, embedding)), 'disposed');
});

test('similarity of embeddings', async (t) => {
  await using likeness = await createLikeness();
  const a = await likeness.embed(pixels);
  const other = testPixels(320, 240, 9);
  const b = await likeness.embed(other);

  await t.test('is what compare says, in both orders', async () => {
    const { model, timings, ...expected } = await likeness.compare(pixels, other);
    assert.equal(model, a.model);
    assert.ok(timings.total > 0);
    const withDetails = await Promise.all(
      [pixels, other].map((image) => likeness.embed(image, { detail: true })),
    );
    const [detailedA = a, detailedB = b] = withDetails;
    assert.deepEqual(await likeness.similarity(detailedA, detailedB), expected);
    const reversed = await likeness.similarity(detailedB, detailedA);
    assert.deepEqual(reversed.verdict, expected.verdict);
    assert.equal(reversed.score, expected.score);
  });

  await t.test(
    'tells copies where both come with their details, whenever those were made',
    async () => {
      const smaller = writeJpeg(pixels, 70);
      const copy = await likeness.embed(smaller);
      assert.equal('detail' in copy, false);
      assert.equal((await likeness.similarity(a, copy)).verdict, 'similar');
      const detail = await likeness.detail(pixels);
      const detailOfCopy = await likeness.detail(smaller);
      const similarity = await likeness.similarity(
        { ...a, detail },
        { ...copy, detail: detailOfCopy },
      );
      assert.equal(similarity.verdict, 'near-duplicate');
      const damaged = { ...copy, detail: { ...detailOfCopy, data: detailOfCopy.data.subarray(3) } };
      assert.equal(
        await codeOf(likeness.similarity({ ...a, detail }, damaged)),
        'invalid-argument',
      );
      const other = { ...copy, detail: { ...detailOfCopy, width: 5 } };
      assert.equal(await codeOf(likeness.similarity({ ...a, detail }, other)), 'invalid-argument');
      assert.equal((await likeness.similarity(a, a)).verdict, 'identical');
    },
  );

  await t.test('survives storage as plain data', async () => {
    const stored = { ...a, vector: Float32Array.from(JSON.parse(JSON.stringify([...a.vector]))) };
    assert.equal((await likeness.similarity(a, stored)).score, 100);
  });

  await t.test('is similar or different without fingerprints', async () => {
    const { fingerprint: _, ...bare } = a;
    const { verdict, score, evidence } = await likeness.similarity(a, bare);
    assert.deepEqual(
      { verdict, score, evidence },
      { verdict: 'similar', score: 87.9, evidence: undefined },
    );
  });

  await t.test('is refused for embeddings that do not fit together', async () => {
    const print = a.fingerprint;
    assert.ok(print !== undefined);
    const changed = (change: Partial<Embedding>): Embedding => ({ ...a, ...change });
    const refused: [Embedding, Embedding, string][] = [
      [a, changed({ model: 'resnet50@1' }), 'model-mismatch'],
      [changed({ model: 'resnet50@1' }), changed({ model: 'resnet50@1' }), 'model-mismatch'],
      [a, changed({ vector: new Float32Array(1280) }), 'zero-embedding'],
      [a, changed({ vector: a.vector.subarray(1) }), 'invalid-argument'],
      [a, changed({ vector: a.vector.map(() => Number.NaN) }), 'invalid-argument'],
      [a, changed({ fingerprint: { ...print, luma: new Uint8Array(3) } }), 'invalid-argument'],
      [a, changed({ fingerprint: JSON.parse(JSON.stringify(print)) }), 'invalid-argument'],
      [a, changed({ fingerprint: { ...print, digest: '' } }), 'invalid-argument'],
      [a, changed({ fingerprint: { ...print, digest: 'g'.repeat(32) } }), 'invalid-argument'],
    ];
    for (const [first, second, code] of refused) {
      assert.equal(await codeOf(likeness.similarity(first, second)), code);
      assert.equal((await likeness.similarity(a, a)).verdict, 'identical');
    }
  });
});
