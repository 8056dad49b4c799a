/** Collections: pairs, groups of copies and of similar pictures; the threshold from marks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness, type Embedding, LikenessError } from 'image-likeness';
import {
  apartFromCopies,
  createCollection,
  fitThreshold,
  type Rater,
} from 'image-likeness/grouping';
import { codeOf } from '../support/errors.js';
import { folderEmbeddings, ratedByLuma } from '../support/folder.js';

const invalid = { code: 'invalid-argument' };

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
  // Of pictures with the same pixels the first one stands for all.
  const pairs = expected.filter(({ a, b }) => a !== 4 || b !== 9);
  await using whole = createCollection(likeness);
  assert.deepEqual(await whole.add(embeddings), pairs);
  await using parts = createCollection(likeness);
  for (const embedding of embeddings) await parts.add([embedding]);
  assert.deepEqual(parts.pairs, pairs);
  const groups = [
    { kept: 0, spare: [8] },
    { kept: 5, spare: [4, 9] },
  ];
  assert.deepEqual(await parts.groups(), groups);
  assert.deepEqual(await parts.groups({ without: [{ a: 4, b: 5 }] }), [
    { kept: 0, spare: [8] },
    { kept: 5, spare: [9] },
  ]);
  assert.deepEqual(parts.variants, []);
});

test('variants are told apart, and nothing of them is spare', async () => {
  await using loaded = await createLikeness();
  const likeness: Rater = {
    openCollection: (options) => loaded.openCollection(options),
    similarity: async (a, b, options) => {
      const similarity = await ratedByLuma(loaded).similarity(a, b, options);
      return similarity.verdict === 'near-duplicate'
        ? { ...similarity, verdict: 'variant' }
        : similarity;
    },
  };
  await using collection = createCollection(likeness);
  assert.deepEqual(await collection.add(folderEmbeddings(94, 8, 1)), []);
  assert.deepEqual(
    collection.variants.map(({ a, b }) => [a, b]),
    [[4, 5]],
  );
  assert.deepEqual(await collection.groups(), []);
});

test('a store that is lost is filled again, and knows what was proven', async () => {
  await using likeness = await createLikeness();
  const rated = ratedByLuma(likeness);
  let opened = 0;
  let broken = false;
  const asked: Embedding[][] = [];
  const rater: Rater = {
    openCollection: (options) => {
      opened += 1;
      return rated.openCollection(options);
    },
    similarity: async (a, b, options) => {
      asked.push([a, b]);
      if (broken) throw new LikenessError('backend-failed', 'The worker stopped.');
      return rated.similarity(a, b, options);
    },
  };
  await using collection = createCollection(rater);
  const embeddings = folderEmbeddings(94, 8, 1);
  await collection.add(embeddings);
  const groups = await collection.groups();
  assert.deepEqual(groups, [{ kept: 5, spare: [4] }]);
  broken = true;
  const copy = { ...(embeddings[5] as Embedding) };
  assert.equal(await codeOf(collection.add([copy])), 'backend-failed');
  assert.equal(collection.size, 9);
  broken = false;
  asked.length = 0;
  await collection.add([]);
  assert.equal(opened, 2);
  assert.ok(!asked.some(([a, b]) => a === embeddings[4] && b === embeddings[5]));
  assert.deepEqual(await collection.groups(), [{ kept: 5, spare: [4, 8] }]);
});

test('sketches that are let go of are asked for again when a store is lost', async () => {
  await using likeness = await createLikeness();
  const embeddings = folderEmbeddings(94, 8, 1);
  const sketches = new Map<Embedding, Uint8Array | undefined>();
  const bare = embeddings.map(({ sketch, ...embedding }) => {
    sketches.set(embedding, sketch);
    return embedding;
  });
  let asked = 0;
  let broken = false;
  const rated = ratedByLuma(likeness);
  await using collection = createCollection({
    openCollection: (options) => rated.openCollection(options),
    similarity: async (...pair) => {
      if (broken) throw new LikenessError('backend-failed', 'The worker stopped.');
      return rated.similarity(...pair);
    },
    sketchOf: async (embedding) => {
      asked += 1;
      return sketches.get(embedding);
    },
  });
  await collection.add(bare);
  const groups = await collection.groups();
  assert.deepEqual(groups, [{ kept: 5, spare: [4] }]);
  assert.equal(asked, bare.length);
  broken = true;
  const copy = { ...(embeddings[5] as Embedding) };
  assert.equal(await codeOf(collection.add([copy])), 'backend-failed');
  broken = false;
  await collection.add([]);
  assert.deepEqual(await collection.groups(), [{ kept: 5, spare: [4, 8] }]);
  assert.equal(asked, 2 * bare.length);
  await using without = createCollection(rated);
  assert.deepEqual(await without.add(bare), []);
});

test('what is refused changes nothing; what is aborted goes on with the next call', async () => {
  await using likeness = await createLikeness();
  const embeddings = folderEmbeddings(95, 8, 1);
  const [first] = embeddings;
  assert.ok(first !== undefined);
  const collection = createCollection(ratedByLuma(likeness));
  await collection.add([first]);
  const zero = { ...first, vector: new Float32Array(first.dimension) };
  assert.equal(await codeOf(collection.add([...embeddings, zero])), 'zero-embedding');
  assert.equal(await codeOf(collection.add([{ ...first, model: 'm@1' }])), 'model-mismatch');
  const damaged = { ...first, sketch: new Uint8Array(3) };
  assert.equal(await codeOf(collection.add([...embeddings, damaged])), 'invalid-argument');
  assert.equal(collection.size, 1);
  const controller = new AbortController();
  const aborted = collection.add(embeddings.slice(1), {
    signal: controller.signal,
    onProgress: ({ done }) => done >= 2 && controller.abort(),
  });
  assert.equal(await codeOf(aborted), 'aborted');
  assert.equal(collection.size, 8);
  await collection.add([]);
  assert.deepEqual(await collection.groups(), [{ kept: 4, spare: [3] }]);
  assert.equal(await codeOf(collection.similar({ signal: controller.signal })), 'aborted');
  assert.equal(await codeOf(collection.nearest(8, 1)), 'invalid-argument');
  await collection.dispose();
  assert.equal(await codeOf(collection.add([first])), 'disposed');
  const foreign = createCollection(likeness);
  assert.equal(await codeOf(foreign.add([{ ...first, model: 'm@1' }])), 'model-mismatch');
});

test('nearest, groups at any threshold and the matrix tell the scores of pairs', async () => {
  await using likeness = await createLikeness();
  await using collection = createCollection(likeness);
  assert.deepEqual(await (await collection.similar()).groupsAt(0), []);
  const embeddings = folderEmbeddings(94, 12, 1);
  await collection.add(embeddings);
  const scores: number[][] = [];
  const cosines: number[][] = [];
  for (const a of embeddings) {
    const row = await Promise.all(embeddings.map((b) => likeness.similarity(a, b)));
    scores.push(row.map(({ score }) => score));
    cosines.push(row.map(({ centredCosine }) => centredCosine));
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
    const groups = await similar.groupsAt(threshold);
    assert.deepEqual(groups, starsOf(scores, cosines, threshold), `at ${threshold}`);
    assert.equal(await similar.pairsAt(threshold), links.length, `at ${threshold}`);
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

test('of copies one picture is left in a similar group', () => {
  const copies = [{ kept: 2, spare: [0, 5] }];
  const groups = [
    { centre: 5, alike: [0, 1, 2, 3] },
    { centre: 0, alike: [2] },
    { centre: 6, alike: [7] },
  ];
  assert.deepEqual(apartFromCopies(groups, copies), [
    { centre: 2, alike: [1, 3] },
    { centre: 6, alike: [7] },
  ]);
});

/** Groups from scores: the picture that most others are like, without those the next one, and so on. */
function starsOf(scores: readonly number[][], cosines: readonly number[][], threshold: number) {
  const groups: { centre: number; alike: number[] }[] = [];
  let left = scores.map((_, item) => item);
  for (;;) {
    const stars = left.map((centre) => ({
      centre,
      alike: left
        .filter((other) => other !== centre && (scores[centre]?.[other] ?? 0) >= threshold)
        .sort((x, y) => (cosines[centre]?.[y] ?? 0) - (cosines[centre]?.[x] ?? 0)),
    }));
    const weight = ({ centre, alike }: (typeof stars)[number]) =>
      alike.reduce((sum, other) => sum + (cosines[centre]?.[other] ?? 0), 0);
    const [best] = stars.sort((x, y) => y.alike.length - x.alike.length || weight(y) - weight(x));
    if (best === undefined || best.alike.length === 0) break;
    groups.push(best);
    left = left.filter((item) => item !== best.centre && !best.alike.includes(item));
  }
  return groups.sort((x, y) => x.centre - y.centre);
}

/** Another picture with the same embedding whose luma is the mirror image. */
function mirrorOf(embedding: Embedding): Embedding {
  const { fingerprint } = embedding;
  assert.ok(fingerprint !== undefined);
  const luma = fingerprint.luma.map((_, i) => fingerprint.luma[i ^ 63] ?? 0);
  const digest = 'f'.repeat(32);
  return { ...embedding, fingerprint: { ...fingerprint, digest, luma, fullLuma: luma } };
}
