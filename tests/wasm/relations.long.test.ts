/** Turned and grey copies of 200 photographs: found, and named the way they were made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness, type Relation } from 'image-likeness';
import { greyPixels, mirrorPixels, turnPixels } from '../support/edit.js';
import { readJpeg } from '../support/jpeg.js';
import {
  FULL_MODEL,
  referencePhotographs,
  withoutModel,
  withoutReference,
} from '../support/reference.js';

const skip = withoutReference || withoutModel;
const COUNT = 200;

/** Whether a picture has colour that a grey copy can lose: some pixel's channels lie far apart. */
function isColoured({ data }: ImageData): boolean {
  for (let at = 0; at < data.length; at += 4) {
    const pixel = data.subarray(at, at + 3);
    if (Math.max(...pixel) - Math.min(...pixel) > 40) return true;
  }
  return false;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

test('turned and mirrored photographs', { skip }, async (t) => {
  const turns: [Relation, (image: ImageData) => ImageData][] = [
    ['mirrored', mirrorPixels],
    ['rotated-90', (image) => turnPixels(image, 90)],
    ['rotated-180', (image) => turnPixels(image, 180)],
    ['rotated-270', (image) => turnPixels(image, 270)],
  ];
  await using likeness = await createLikeness({ model: FULL_MODEL });
  const found = new Map<Relation, number>();
  for (const path of referencePhotographs('images/caltech101', COUNT)) {
    const image = readJpeg(path);
    for (const [relation, turn] of turns) {
      const options = { orientations: true };
      const { verdict, evidence } = await likeness.compare(image, turn(image), options);
      const right =
        verdict === 'near-duplicate' &&
        evidence?.relations.length === 1 &&
        evidence.relations[0] === relation;
      if (right) found.set(relation, (found.get(relation) ?? 0) + 1);
      else t.diagnostic(`${path} ${relation}: ${verdict} ${evidence?.relations.join(' ')}`);
    }
  }
  const all = [...found.values()].reduce((sum, count) => sum + count, 0);
  for (const [relation, count] of found) t.diagnostic(`${relation}: ${percent(count / COUNT)}`);
  assert.ok(all >= 0.98 * COUNT * turns.length, `${all} of ${COUNT * turns.length}`);
});

test('grey copies of photographs', { skip }, async (t) => {
  await using likeness = await createLikeness({ model: FULL_MODEL });
  const coloured = referencePhotographs('images/caltech101', COUNT * 2)
    .map(readJpeg)
    .filter(isColoured)
    .slice(0, COUNT);
  assert.equal(coloured.length, COUNT);
  let named = 0;
  for (const image of coloured) {
    const { evidence } = await likeness.compare(image, greyPixels(image));
    if (evidence?.relations.includes('greyscale')) named += 1;
  }
  t.diagnostic(`greyscale: ${percent(named / COUNT)}`);
  assert.ok(named >= 0.95 * COUNT, `${named} of ${COUNT}`);
});
