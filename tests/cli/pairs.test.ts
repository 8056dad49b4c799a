/** What a collection finds in a folder is what rating every pair finds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness, type Embedding, type Similarity } from 'image-likeness';
import { createCollection, isCopy, withDetails } from 'image-likeness/grouping';
import { cropPixels, greyPixels, mirrorPixels, resizePixels, turnPixels } from '../support/edit.js';
import { testPixels } from '../support/pixels.js';
import { samplePixels } from '../support/samples.js';

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

test('no copy is missed, no pair is added, and only proven copies of the kept one are spare', async () => {
  await using likeness = await createLikeness();
  const pictures = [
    ...(['fruit', 'sea'] as const).flatMap((name) => versionsOf(samplePixels(name))),
    ...[1, 5, 9].map((seed) => testPixels(160, 120, seed)),
    samplePixels('sea'),
  ];
  const embeddings: Embedding[] = [];
  for (const picture of pictures) {
    embeddings.push(await likeness.embed(picture, { sketch: true }));
  }
  const rater = withDetails(likeness, async (embedding) => {
    const picture = pictures[embeddings.indexOf(embedding)];
    return picture && likeness.detail(picture);
  });
  const all = new Map<string, Similarity>();
  for (const [a, first] of embeddings.entries()) {
    for (const [after, second] of embeddings.slice(a + 1).entries()) {
      all.set(`${a} ${a + 1 + after}`, await rater.similarity(first, second));
    }
  }
  await using collection = createCollection(rater);
  await collection.add(embeddings);
  for (const { a, b, similarity } of [...collection.pairs, ...collection.variants]) {
    assert.deepEqual(similarity, all.get(`${a} ${b}`));
  }
  const copies = [...all].filter(([, similarity]) => isCopy(similarity)).map(([name]) => name);
  assert.ok(copies.length >= 2 * 6 && copies.length < all.size / 2, `${copies.length} copies`);
  // The last picture is the sea once more: the first one stands for it.
  const last = pictures.length - 1;
  const asked = copies.filter((name) => !name.endsWith(` ${last}`) || name === `8 ${last}`);
  assert.deepEqual(collection.pairs.map(({ a, b }) => `${a} ${b}`).sort(), asked.sort());
  const groups = await collection.groups();
  for (const { kept, spare } of groups) {
    for (const item of spare) {
      const similarity = all.get(kept < item ? `${kept} ${item}` : `${item} ${kept}`);
      assert.ok(similarity !== undefined && isCopy(similarity), `${item} for ${kept}`);
    }
  }
  assert.deepEqual(
    groups.map(({ kept }) => kept),
    [0, 8],
  );
  // Both pictures in all their ways.
  const spares = groups.flatMap(({ spare }) => spare);
  assert.equal(spares.length, 7 + 8);
});
