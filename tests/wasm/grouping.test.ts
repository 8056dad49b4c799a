/** Groups from links, the threshold from marks, and which picture of a group to keep. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness, type Embedding, type Fingerprint } from 'image-likeness';
import { createLikenessCore } from 'image-likeness/core';
import {
  createCollection,
  fitThreshold,
  groupsOf,
  sharpnessOf,
  suggestKept,
  undecidedBySize,
} from 'image-likeness/grouping';
import { codeOf } from '../support/errors.js';
import { folderEmbedding, folderEmbeddings, folderModel, ratedByLuma } from '../support/folder.js';
import { internalModule } from '../support/internal.js';
import { randomBytes } from '../support/random.js';

const { hashWordsOf } =
  await internalModule<typeof import('../../wasm/src/grouping/hashes.js')>('grouping/hashes.js');
const { ScoreCurve } =
  await internalModule<typeof import('../../wasm/src/grouping/curve.js')>('grouping/curve.js');

const invalid = { code: 'invalid-argument' };

test('links make groups, whatever their order', () => {
  const links = [
    { a: 4, b: 2 },
    { a: 5, b: 6 },
    { a: 0, b: 4 },
    { a: 3, b: 3 },
  ];
  const expected = [
    [0, 2, 4],
    [5, 6],
  ];
  assert.deepEqual(groupsOf(8, links), expected);
  assert.deepEqual(groupsOf(8, links.toReversed()), expected);
  assert.deepEqual(groupsOf(0, []), []);
  assert.throws(() => groupsOf(2, [{ a: 0, b: 2 }]), invalid);
});

test('the threshold has the smallest balanced error', () => {
  const mark = (score: number, right: boolean) => ({ score, right });
  assert.deepEqual(fitThreshold([mark(90, true), mark(70, true), mark(50, false)]), {
    threshold: 60,
    balancedError: 0,
  });
  // 85 and 40 are equally good: the highest.
  const mixed = [mark(90, true), mark(80, false), mark(70, true), mark(10, false)];
  assert.deepEqual(fitThreshold(mixed), { threshold: 85, balancedError: 0.25 });
  assert.deepEqual(fitThreshold(mixed.toReversed()), fitThreshold(mixed));
  // Equal scores stand and fall together.
  assert.equal(fitThreshold([mark(80, true), mark(80, false)]).balancedError, 0.5);
  assert.throws(() => fitThreshold([mark(80, true)]), invalid);
  assert.throws(() => fitThreshold([mark(80, true), mark(NaN, false)]), invalid);
});

test('resolution counts before sharpness, and sharpness before the size of the file', () => {
  const small = { width: 10, height: 10, sharpness: 900, bytes: 9000 };
  const soft = { width: 20, height: 10, sharpness: 2, bytes: 9000 };
  const sharp = { width: 10, height: 20, sharpness: 6, bytes: 100 };
  const unknown = { width: 10, height: 20, bytes: 101 };
  assert.equal(suggestKept([small, soft, sharp]), 2);
  assert.equal(suggestKept([sharp, unknown]), 1);
  assert.equal(suggestKept([soft, { ...soft }]), 0);
  const encodedAgain = { ...sharp, sharpness: 8.4, bytes: 50 };
  assert.equal(suggestKept([encodedAgain, sharp]), 1, 'about as sharp, and the larger file');
  assert.equal(suggestKept([]), -1);
  const print = (width: number, digest: string) =>
    ({ ...folderEmbedding(0, 1).fingerprint, width, height: 10, digest }) as Fingerprint;
  assert.deepEqual(undecidedBySize([print(10, 'a'), print(20, 'b'), print(20, 'c')]), [1, 2]);
  assert.deepEqual(undecidedBySize([print(20, 'b'), print(10, 'a'), print(20, 'b')]), []);
  assert.deepEqual(undecidedBySize([]), []);
});

test('hashes and scores are those of the core, to the bit', async () => {
  const core = await createLikenessCore();
  const { fingerprint } = folderEmbedding(0, 1);
  assert.ok(fingerprint !== undefined);
  for (let seed = 1; seed <= 50; seed += 1) {
    const luma = randomBytes(4096, seed);
    const hashes = hashWordsOf(luma);
    for (const [picture, hash] of [
      [luma, hashes.upright],
      [luma.map((_, i) => luma[i ^ 63] ?? 0), hashes.mirrored],
    ] as const) {
      const { dct, gradient } = core.perceptualHash({ ...fingerprint, luma: picture });
      const words = hash.map((word) => word.toString(16).padStart(8, '0'));
      assert.deepEqual([words[1], words[0], words[3], words[2]].join(''), `${dct}${gradient}`);
    }
  }
  const { cosine, score } = folderModel.calibration;
  const curve = new ScoreCurve(cosine, score);
  for (let i = -1000; i <= 1000; i += 1) {
    assert.ok(Math.abs(curve.score(i / 1000) - core.calibrate(i / 1000).score) < 1e-9);
  }
  assert.ok(curve.cosine(88) > 1);
  for (const wanted of [0, 12.5, 40, 80, 87.9]) {
    assert.ok(Math.abs(curve.score(curve.cosine(wanted)) - wanted) < 1e-6);
  }
});

test('a collection holds the pairs that the verdict on two pictures names, in any batches', async () => {
  await using loaded = await createLikeness();
  const likeness = ratedByLuma(loaded);
  const embeddings = folderEmbeddings(94, 8, 1);
  embeddings.push(mirrorOf(embeddings[0] as Embedding), embeddings[5] as Embedding);
  const expected = [];
  for (const [b, second] of embeddings.entries()) {
    for (const [a, first] of embeddings.slice(0, b).entries()) {
      const similarity = await likeness.similarity(first, second);
      if (['identical', 'near-duplicate'].includes(similarity.verdict)) {
        expected.push({ a, b, similarity });
      }
    }
  }
  const named = expected.map(({ a, b }) => [a, b]);
  assert.deepEqual(named, [
    [4, 5],
    [0, 8],
    [4, 9],
    [5, 9],
  ]);
  await using whole = createCollection(likeness);
  assert.deepEqual(await whole.add(embeddings), expected);
  await using parts = createCollection(likeness);
  for (const embedding of embeddings) await parts.add([embedding]);
  assert.deepEqual(parts.pairs, expected);
  assert.deepEqual(parts.groups(), [
    [0, 8],
    [4, 5, 9],
  ]);
});

test('what fails or is aborted changes nothing, and the next call works', async () => {
  await using likeness = await createLikeness();
  const embeddings = folderEmbeddings(95, 8, 1);
  const [first] = embeddings;
  assert.ok(first !== undefined);
  const collection = createCollection(ratedByLuma(likeness));
  await collection.add([first]);
  const zero = { ...first, vector: new Float32Array(first.dimension) };
  assert.equal(await codeOf(collection.add([...embeddings, zero])), 'zero-embedding');
  assert.equal(await codeOf(collection.add([{ ...first, model: 'm@1' }])), 'model-mismatch');
  const controller = new AbortController();
  const aborted = collection.add(embeddings.slice(1), {
    signal: controller.signal,
    onProgress: ({ done }) => done === 5 && controller.abort(),
  });
  assert.equal(await codeOf(aborted), 'aborted');
  assert.equal(collection.size, 1);
  await collection.add(embeddings.slice(1));
  assert.deepEqual(collection.groups(), [[3, 4]]);
  assert.equal(await codeOf(collection.similar({ signal: controller.signal })), 'aborted');
  assert.equal(await codeOf(collection.nearest(8, 1)), 'invalid-argument');
  await collection.dispose();
  assert.equal(await codeOf(collection.add([first])), 'disposed');
});

test('more pictures than are looked at one by one are looked up, also after an abort', async () => {
  await using likeness = await createLikeness();
  await using collection = createCollection(ratedByLuma(likeness));
  const embeddings = folderEmbeddings(0, 2400, 1);
  await collection.add(embeddings.slice(0, 2200));
  const controller = new AbortController();
  const aborted = collection.add(embeddings.slice(2200), {
    signal: controller.signal,
    onProgress: ({ done }) => done === 150 && controller.abort(),
  });
  assert.equal(await codeOf(aborted), 'aborted');
  await collection.add(embeddings.slice(2200));
  assert.deepEqual(
    collection.groups(),
    Array.from({ length: 24 }, (_, i) => [100 * i + 98, 100 * i + 99]),
  );
});

test('nearest, groups at any threshold and the matrix tell the scores of pairs', async () => {
  await using likeness = await createLikeness();
  await using collection = createCollection(likeness);
  assert.deepEqual((await collection.similar()).groupsAt(0), []);
  const embeddings = folderEmbeddings(94, 12, 1);
  await collection.add(embeddings);
  const scores: number[][] = [];
  for (const a of embeddings) {
    const row = await Promise.all(embeddings.map((b) => likeness.similarity(a, b)));
    scores.push(row.map(({ score }) => score));
  }
  const near = await collection.nearest(3, 5);
  const others = (scores[3] ?? []).filter((_, i) => i !== 3).sort((x, y) => y - x);
  for (const [place, { index, score }] of near.entries()) {
    assert.ok(Math.abs(score - (scores[3]?.[index] ?? 0)) < 0.01);
    assert.ok(Math.abs(score - (others[place] ?? 0)) < 0.01);
  }
  const similar = await collection.similar();
  for (const threshold of [0, 1, 5, 7.3, 9, 9.5, 20, 88]) {
    const links = scores.flatMap((row, a) =>
      row.flatMap((score, b) => (a < b && score >= threshold ? [{ a, b }] : [])),
    );
    assert.deepEqual(similar.groupsAt(threshold), groupsOf(12, links), `at ${threshold}`);
    assert.equal(similar.pairsAt(threshold), links.length, `at ${threshold}`);
    const pairs: { a: number; b: number }[] = [];
    for await (const { a, b, score } of collection.pairsFrom(threshold)) {
      pairs.push({ a, b });
      assert.ok(Math.abs(score - (scores[a]?.[b] ?? 0)) < 0.01);
    }
    assert.deepEqual(pairs, links, `at ${threshold}`);
  }
  const matrix = await collection.matrix([5, 2, 4, 7]);
  assert.deepEqual(matrix.order.toSorted(), [0, 1, 2, 3]);
  assert.equal(Math.abs(matrix.order.indexOf(0) - matrix.order.indexOf(2)), 1);
  const items = matrix.order.map((place) => [5, 2, 4, 7][place] ?? 0);
  for (const [row, a] of items.entries()) {
    for (const [column, b] of items.entries()) {
      const score = matrix.scores[row * 4 + column] ?? 0;
      assert.ok(Math.abs(score - (scores[a]?.[b] ?? 0)) < 0.01);
    }
  }
  assert.equal(await codeOf(collection.matrix(new Array(201).fill(0))), 'invalid-argument');
});

test('sharpness is the variance of the Laplacian', () => {
  const grey = (values: number[], width: number) => ({
    width,
    height: values.length / width,
    data: Uint8Array.from(values.flatMap((value) => [value, value, value, 255])),
  });
  // Laplacians of 40 and −10: variance 625.
  assert.equal(sharpnessOf(grey([0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0], 4)), 625);
  assert.equal(sharpnessOf(grey(new Array(16).fill(77), 4)), 0);
  assert.equal(sharpnessOf(grey([1, 2], 2)), 0);
  assert.throws(() => sharpnessOf({ width: 2, height: 2, data: new Uint8Array(2) }), invalid);
});

/** Another picture with the same embedding whose luma is the mirror image. */
function mirrorOf(embedding: Embedding): Embedding {
  const { fingerprint } = embedding;
  assert.ok(fingerprint !== undefined);
  const luma = fingerprint.luma.map((_, i) => fingerprint.luma[i ^ 63] ?? 0);
  const digest = 'f'.repeat(32);
  return { ...embedding, fingerprint: { ...fingerprint, digest, luma, fullLuma: luma } };
}
