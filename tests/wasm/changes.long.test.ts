/** Turned and grey copies of 200 photographs: found, and named the way they were made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
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
  const turns: [string, (image: ImageData) => ImageData, degrees: number, mirrored: boolean][] = [
    ['mirrored', mirrorPixels, 0, true],
    ['turned right', (image) => turnPixels(image, 90), 90, false],
    ['turned upside down', (image) => turnPixels(image, 180), 180, false],
    ['turned left', (image) => turnPixels(image, 270), 270, false],
  ];
  await using likeness = await createLikeness({ model: FULL_MODEL });
  const found = new Map<string, number>();
  for (const path of referencePhotographs('images/caltech101', COUNT)) {
    const image = readJpeg(path);
    for (const [name, turn, degrees, mirrored] of turns) {
      const { verdict, evidence } = await likeness.compare(image, turn(image));
      const { registration, changes = [] } = evidence ?? {};
      const right =
        verdict === 'near-duplicate' &&
        changes.length === 1 &&
        registration?.mirrored === mirrored &&
        (Math.round(registration.degrees) + 360) % 360 === degrees;
      if (right) found.set(name, (found.get(name) ?? 0) + 1);
      else t.diagnostic(`${path} ${name}: ${verdict} ${changes.map(({ kind }) => kind).join(' ')}`);
    }
  }
  const all = [...found.values()].reduce((sum, count) => sum + count, 0);
  for (const [name, count] of found) t.diagnostic(`${name}: ${percent(count / COUNT)}`);
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
    if (evidence?.changes.some(({ kind }) => kind === 'greyscale')) named += 1;
  }
  t.diagnostic(`greyscale: ${percent(named / COUNT)}`);
  assert.ok(named >= 0.95 * COUNT, `${named} of ${COUNT}`);
});
