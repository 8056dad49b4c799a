/** The pairs that `dedupe` finds are those of rating every pair. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness, type Embedding, type Similarity } from 'image-likeness';
import {
  cropPixels,
  greyPixels,
  mirrorPixels,
  pastePixels,
  resizePixels,
  turnPixels,
} from '../support/edit.js';
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
  const border = testPixels(width + 80, height + 80, 3);
  return [
    picture,
    mirrorPixels(picture),
    turnPixels(picture, 90),
    greyPixels(picture),
    resizePixels(picture, width >> 2, height >> 2),
    cropPixels(picture, part(0.9)),
    cropPixels(picture, part(0.6)),
    pastePixels(border, picture, 40, 40),
    { ...picture, data: picture.data.map((value, place) => (place % 4 === 3 ? 255 : value >> 1)) },
  ];
}

test('no pair is missed, none is added, whatever the threshold', async () => {
  await using likeness = await createLikeness();
  const pictures = [
    ...(['fruit', 'other-fruit', 'sea'] as const).flatMap((name) => versionsOf(samplePixels(name))),
    ...[1, 5, 9].map((seed) => testPixels(160, 120, seed)),
    samplePixels('sea'),
  ];
  const embeddings: Embedding[] = [];
  for (const picture of pictures) embeddings.push(await likeness.embed(picture));
  const all: { a: number; b: number; similarity: Similarity }[] = [];
  for (const [a, first] of embeddings.entries()) {
    for (const [after, second] of embeddings.slice(a + 1).entries()) {
      all.push({ a, b: a + 1 + after, similarity: await likeness.similarity(first, second) });
    }
  }
  const isCopy = ({ verdict }: Similarity): boolean => /identical|near-duplicate/.test(verdict);
  const summary = ({ a, b, similarity: { verdict, score } }: (typeof all)[number]) => ({
    a,
    b,
    verdict,
    score,
  });
  const copies = all.filter(({ similarity }) => isCopy(similarity));
  assert.ok(copies.length >= 3 * 6 && copies.length < all.length / 2, `${copies.length} copies`);
  assert.deepEqual(await pairsOf(likeness, embeddings, undefined), copies);
  for (const threshold of [0, 25, 40, 85, 100]) {
    const expected = all.filter(
      ({ similarity }) => isCopy(similarity) || similarity.score >= threshold,
    );
    const found = await pairsOf(likeness, embeddings, threshold);
    assert.deepEqual(found.map(summary), expected.map(summary));
  }
  assert.deepEqual(await pairsOf(likeness, [], 0), []);
  assert.deepEqual(await pairsOf(likeness, embeddings.slice(0, 1), 0), []);
});
