/** The groups that `dedupe` finds are those of rating every pair. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness, DEFAULT_MODEL, type Embedding, type Similarity } from 'image-likeness';
import { createLikenessCore } from 'image-likeness/core';
import { groupsOf, withDetails } from 'image-likeness/grouping';
import { cropPixels, greyPixels, mirrorPixels, resizePixels, turnPixels } from '../support/edit.js';
import { internalModule } from '../support/internal.js';
import { testPixels } from '../support/pixels.js';
import { samplePixels } from '../support/samples.js';

const { pairsOf } =
  await internalModule<typeof import('../../wasm/src/cli/pairs.js')>('cli/pairs.js');

/** A picture in ways that are near-duplicates, and in some that may not be. */
function versionsOf(picture: ImageData): ImageData[] {
  const { width, height } = picture;
  const part = (share: number) => ({
    x: Math.floor((width * (1 - share)) / 2),
    y: Math.floor((height * (1 - share)) / 2),
    width: Math.floor(width * share),
    height: Math.floor(height * share),
  });
  return [
    picture,
    mirrorPixels(picture),
    turnPixels(picture, 90),
    greyPixels(picture),
    resizePixels(picture, width >> 2, height >> 2),
    cropPixels(picture, part(0.9)),
    cropPixels(picture, part(0.6)),
    { ...picture, data: picture.data.map((value, place) => (place % 4 === 3 ? 255 : value >> 1)) },
  ];
}

test('no picture is missed, no pair is added, whatever the threshold', async () => {
  await using likeness = await createLikeness();
  const pictures = [
    ...(['fruit', 'sea'] as const).flatMap((name) => versionsOf(samplePixels(name))),
    ...[1, 5, 9].map((seed) => testPixels(160, 120, seed)),
    samplePixels('sea'),
  ];
  const embeddings: Embedding[] = [];
  for (const picture of pictures) embeddings.push(await likeness.embed(picture));
  const rater = withDetails(likeness, async (embedding) => {
    const picture = pictures[embeddings.indexOf(embedding)];
    return picture && likeness.detail(picture);
  });
  const all: { a: number; b: number; similarity: Similarity }[] = [];
  for (const [a, first] of embeddings.entries()) {
    for (const [after, second] of embeddings.slice(a + 1).entries()) {
      all.push({ a, b: a + 1 + after, similarity: await rater.similarity(first, second) });
    }
  }
  const core = await createLikenessCore();
  const isCopy = ({ verdict }: Similarity): boolean => /identical|near-duplicate/.test(verdict);
  const summary = ({ a, b, similarity: { verdict, score } }: (typeof all)[number]) => ({
    a,
    b,
    verdict,
    score,
  });
  const copies = all.filter(({ similarity }) => isCopy(similarity));
  assert.ok(copies.length >= 2 * 6 && copies.length < all.length / 2, `${copies.length} copies`);
  // A turned copy and a crop of it may be found by their original alone: the group is the same.
  const paired = await pairsOf(rater, DEFAULT_MODEL, embeddings, undefined);
  const nameOf = ({ a, b }: { a: number; b: number }) => `${a} ${b}`;
  const known = new Map(copies.map((pair) => [nameOf(pair), pair]));
  for (const pair of paired) assert.deepEqual(pair, known.get(nameOf(pair)));
  assert.ok(paired.length > copies.length / 2, `${paired.length} of ${copies.length}`);
  assert.deepEqual(groupsOf(pictures.length, paired), groupsOf(pictures.length, copies));
  for (const threshold of [0, 25, 40, 85, 100]) {
    const alone = new Set(paired.map(nameOf));
    const expected = all.flatMap((pair) => {
      if (alone.has(nameOf(pair))) return [summary(pair)];
      const { fingerprint: _a, ...first } = embeddings[pair.a] as Embedding;
      const { fingerprint: _b, ...second } = embeddings[pair.b] as Embedding;
      return [{ ...pair, similarity: core.similarity(first, second) }]
        .filter(({ similarity }) => similarity.score >= threshold)
        .map(summary);
    });
    const found = await pairsOf(rater, DEFAULT_MODEL, embeddings, threshold);
    assert.deepEqual(found.map(summary), expected);
  }
  assert.deepEqual(await pairsOf(rater, DEFAULT_MODEL, [], 0), []);
  assert.deepEqual(await pairsOf(rater, DEFAULT_MODEL, embeddings.slice(0, 1), 0), []);
});
