/** A whole folder: grouping equals brute force on real pictures, and how it grows. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createLikeness, type Embedding, type Likeness, type Similarity } from 'image-likeness';
import { createLikenessCore } from 'image-likeness/core';
import { createCollection, type NearDuplicate } from 'image-likeness/grouping';
import { COPY_EVERY, folderEmbeddings, folderModel } from '../support/folder.js';
import { internalModule } from '../support/internal.js';
import { referencePhotographs, withoutReference } from '../support/reference.js';

const { bitCount } =
  await internalModule<typeof import('../../wasm/src/grouping/hashes.js')>('grouping/hashes.js');
const { hashesOf } =
  await internalModule<typeof import('../../wasm/src/grouping/candidates.js')>(
    'grouping/candidates.js',
  );

/** Pictures of the reference material that are held against each other. */
const PICTURES = 3000;

/** The first of them, to see how the time grows. */
const FIRST = 1000;

test('near-duplicates of 3,000 pictures are those that rating every pair finds', {
  skip: withoutReference,
}, async (t) => {
  await using likeness = await createLikeness({ workers: 2 });
  const core = await createLikenessCore();
  const embeddings = await embedPhotographs(likeness);
  t.diagnostic(`${embeddings.length} pictures`);
  const numbers = new Map(embeddings.map((embedding, number) => [embedding, number]));
  const ratings = new Map<number, Similarity>();
  let rating = 0;
  const rate = (a: number, b: number): Similarity => {
    const name = a * embeddings.length + b;
    let known = ratings.get(name);
    if (known === undefined) {
      const start = cpuSeconds();
      known = core.similarity(embeddings[a] as Embedding, embeddings[b] as Embedding);
      rating += cpuSeconds() - start;
      ratings.set(name, known);
    }
    return known;
  };
  await using collection = createCollection({
    createIndex: likeness.createIndex.bind(likeness),
    similarity: async (a, b) => rate(numbers.get(a) ?? -1, numbers.get(b) ?? -1),
  });
  for (const [first, end] of [
    [0, FIRST],
    [FIRST, embeddings.length],
  ] as const) {
    const start = cpuSeconds();
    await collection.add(embeddings.slice(first, end));
    t.diagnostic(
      `after ${end}: ${(cpuSeconds() - start).toFixed(1)} s more, ${rating.toFixed(1)} s of all rating ${ratings.size} pairs`,
    );
  }
  const rated = ratings.size;
  const all = bruteForce(embeddings, await likeness.pairwise(embeddings), rate);
  const found = new Set(collection.pairs.map(nameOf));
  const missed = all.filter((pair) => !found.has(nameOf(pair)));
  t.diagnostic(
    `${found.size} pairs of ${all.length} found by rating ${rated}; no bound excludes ${ratings.size}`,
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
      const start = cpuSeconds();
      await collection.add(batch);
      took += cpuSeconds() - start;
    }
    seconds.push(took);
    t.diagnostic(`${count}: ${took.toFixed(1)} s, ${collection.pairs.length} pairs`);
    assert.equal(collection.groups().length, count / COPY_EVERY);
  }
  const [few = 0, many = 0] = seconds;
  t.diagnostic(`ten times as many pictures take ${(many / few).toFixed(1)} times as long`);
  assert.ok(many / few < 50, `grows by ${many / few}`);
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
  cosines: Float32Array,
  rate: (a: number, b: number) => Similarity,
): NearDuplicate[] {
  const rule = folderModel.calibration.nearDuplicate;
  const hashes = embeddings.map(({ fingerprint }) => {
    assert.ok(fingerprint !== undefined);
    return hashesOf(fingerprint);
  });
  const none = new Uint32Array();
  const size = embeddings.length;
  const pairs: NearDuplicate[] = [];
  for (let b = 1; b < size; b += 1) {
    for (let a = 0; a < b; a += 1) {
      const cosine = cosines[a * size - (a * (a + 1)) / 2 + b - a - 1] ?? 0;
      const room = rule.bias + rule.cosine * cosine + rule.agreement + 1e-4;
      if (room < 0) continue;
      const ours = hashes[a]?.upright ?? none;
      const theirs = hashes[b];
      const upright = leastTaken(ours, theirs?.upright ?? none);
      if (room < Math.min(upright, leastTaken(ours, theirs?.mirrored ?? none))) continue;
      const similarity = rate(a, b);
      const { verdict } = similarity;
      if (verdict === 'identical' || verdict === 'near-duplicate') pairs.push({ a, b, similarity });
    }
  }
  return pairs;
}

/** The least that any two hashes take off the rule; each is four words, dct and gradient. */
function leastTaken(ours: Uint32Array, theirs: Uint32Array): number {
  const { dct, gradient } = folderModel.calibration.nearDuplicate;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ours.length; i += 4) {
    for (let j = 0; j < theirs.length; j += 4) {
      const bits = (word: number): number =>
        bitCount((ours[i + word] ?? 0) ^ (theirs[j + word] ?? 0));
      const taken = dct * (bits(0) + bits(1)) + gradient * (bits(2) + bits(3));
      least = Math.min(least, taken / 64);
    }
  }
  return least;
}

/** Processor time of this process, in seconds: others on the machine don't count. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function nameOf({ a, b }: NearDuplicate): string {
  return `${a} and ${b}`;
}
