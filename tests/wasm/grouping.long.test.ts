/** A whole folder: grouping equals brute force on real pictures, and how it grows. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createLikeness, type Embedding, type Likeness } from 'image-likeness';
import { createLikenessCore, type LikenessCore } from 'image-likeness/core';
import { createCollection, type NearDuplicate, type Rater } from 'image-likeness/grouping';
import { COPY_EVERY, folderEmbeddings, folderModel } from '../support/folder.js';
import { internalModule } from '../support/internal.js';
import { referencePhotographs, withoutReference } from '../support/reference.js';

type HashWords = import('../../wasm/src/grouping/hashes.js').HashWords;

const { bitCount } =
  await internalModule<typeof import('../../wasm/src/grouping/hashes.js')>('grouping/hashes.js');
const { hashesOf } =
  await internalModule<typeof import('../../wasm/src/grouping/candidates.js')>(
    'grouping/candidates.js',
  );

/** Pictures of the reference material that are held against each other. */
const PICTURES = 3000;

test('near-duplicates of 3,000 pictures are those that rating every pair finds', {
  skip: withoutReference,
}, async (t) => {
  await using likeness = await createLikeness();
  const core = await createLikenessCore();
  const embeddings = await embedPhotographs(likeness);
  t.diagnostic(`${embeddings.length} pictures`);
  let rated = 0;
  const rater: Rater = {
    createIndex: likeness.createIndex.bind(likeness),
    similarity: async (a, b) => {
      rated += 1;
      return core.similarity(a, b);
    },
  };
  await using collection = createCollection(rater);
  const start = performance.now();
  await collection.add(embeddings);
  const seconds = (performance.now() - start) / 1000;
  const all = bruteForce(embeddings, core, await likeness.pairwise(embeddings));
  const found = new Set(collection.pairs.map(nameOf));
  const missed = all.filter((pair) => !found.has(nameOf(pair)));
  t.diagnostic(
    `${found.size} pairs of ${all.length} found, ${rated} rated, in ${seconds.toFixed(1)} s`,
  );
  assert.deepEqual(missed.map(nameOf), []);
  assert.deepEqual(collection.pairs, all);
  assert.ok(all.length > 0, 'there is nothing to find');
});

test('near-duplicates among generated pictures take clearly less than the square', async (t) => {
  const core = await createLikenessCore();
  await using likeness = await createLikeness();
  const seconds: number[] = [];
  for (const count of [10_000, 100_000]) {
    await using collection = createCollection({
      createIndex: likeness.createIndex.bind(likeness),
      similarity: async (a, b) => core.similarity(a, b),
    });
    let took = 0;
    for (let first = 0; first < count; first += 1000) {
      const batch = folderEmbeddings(first, 1000, 1);
      const start = performance.now();
      await collection.add(batch);
      took += performance.now() - start;
    }
    seconds.push(took / 1000);
    t.diagnostic(`${count}: ${(took / 1000).toFixed(1)} s, ${collection.pairs.length} pairs`);
    assert.equal(collection.groups().length, count / COPY_EVERY);
  }
  const [few = 0, many = 0] = seconds;
  t.diagnostic(`ten times as many pictures take ${(many / few).toFixed(1)} times as long`);
  assert.ok(many / few < 50, `grows by ${many / few}`);
});

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
  assert.equal(similar.pairsAt(0), (count * (count - 1)) / 2);
  assert.equal(similar.pairsAt(99), count / COPY_EVERY);
  assert.equal(similar.groupsAt(99).length, count / COPY_EVERY);
  assert.equal(similar.groupsAt(0).length, 1);
  assert.ok(peak < 2 ** 30, `${peak} bytes`);
});

async function embedPhotographs(likeness: Likeness): Promise<Embedding[]> {
  async function* files(): AsyncGenerator<Uint8Array> {
    for (const path of referencePhotographs('images', PICTURES)) yield await readFile(path);
  }
  const embeddings: Embedding[] = [];
  for await (const { embedding } of likeness.embedAll(files())) {
    if (embedding !== undefined) embeddings.push(embedding);
  }
  return embeddings;
}

/**
 * Every pair that the near-duplicate rule could accept, were its correlation 1, rated.
 * @param cosines of all pairs, in the order of SciPy's pdist
 */
function bruteForce(
  embeddings: readonly Embedding[],
  core: LikenessCore,
  cosines: Float32Array,
): NearDuplicate[] {
  const rule = folderModel.calibration.nearDuplicate;
  const hashes = embeddings.map(({ fingerprint }) => {
    assert.ok(fingerprint !== undefined);
    return hashesOf(fingerprint);
  });
  const size = embeddings.length;
  const pairs: NearDuplicate[] = [];
  for (const [b, second] of embeddings.entries()) {
    for (const [a, first] of embeddings.slice(0, b).entries()) {
      const cosine = cosines[a * size - (a * (a + 1)) / 2 + b - a - 1] ?? 0;
      const best = rule.bias + rule.cosine * cosine + rule.agreement + 1e-4;
      if (best < 0) continue;
      const ours = hashes[a]?.upright ?? [];
      const theirs = [...(hashes[b]?.upright ?? []), ...(hashes[b]?.mirrored ?? [])];
      const accepted = ours.some((x) => theirs.some((y) => best >= penaltyOf(x, y)));
      if (!accepted) continue;
      const similarity = core.similarity(first, second);
      const { verdict } = similarity;
      if (verdict === 'identical' || verdict === 'near-duplicate') pairs.push({ a, b, similarity });
    }
  }
  return pairs;
}

/** What two pictures' hashes take off the rule. */
function penaltyOf(x: HashWords, y: HashWords): number {
  const { dct, gradient } = folderModel.calibration.nearDuplicate;
  const distances = x.map((word, i) => bitCount(word ^ (y[i] ?? 0)));
  const [a = 0, b = 0, c = 0, d = 0] = distances;
  return (dct * (a + b) + gradient * (c + d)) / 64;
}

function nameOf({ a, b }: NearDuplicate): string {
  return `${a} and ${b}`;
}
