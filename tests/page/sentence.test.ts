/** The page's answer in a sentence, in both languages, for pairs that are really compared. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Change, createLikeness, type Likeness } from 'image-likeness';
import { describeAnswer, whereIs } from '../../web/src/pair/sentence.ts';
import { german } from '../../web/src/strings/de.ts';
import { english } from '../../web/src/strings/en.ts';
import { cropPixels, fillPixels, mirrorPixels, resizePixels, turnPixels } from '../support/edit.js';
import { samplePixels } from '../support/samples.js';

let likeness: Likeness;

before(async () => {
  likeness = await createLikeness();
});

after(() => likeness.dispose());

const fruit = samplePixels('fruit');
const { width, height } = fruit;
const sticker = cropPixels(fruit, { x: 0, y: 0, width, height });
fillPixels(sticker, { x: 20, y: 20, width: 70, height: 60 }, [250, 20, 200]);
// Something to see on it: a plain one may have taken something away.
for (let at = 0; at < 20; at += 1) {
  const corner = { x: 24 + 13 * (at % 5), y: 24 + 13 * Math.floor(at / 5) };
  fillPixels(sticker, { ...corner, width: 7, height: 7 }, [20, 40 + 9 * at, 90]);
}

const PAIRS: readonly (readonly [
  name: string,
  second: ImageData,
  english: string,
  german: string,
])[] = [
  ['the same', fruit, 'The same image, pixel for pixel.', 'Dasselbe Bild, Pixel für Pixel.'],
  ['mirrored', mirrorPixels(fruit), 'The same image, mirrored.', 'Dasselbe Bild, gespiegelt.'],
  [
    'turned',
    turnPixels(fruit, 90),
    'The same image, turned right.',
    'Dasselbe Bild, nach rechts gedreht.',
  ],
  [
    'half as large',
    resizePixels(fruit, width / 2, height / 2),
    'The same image, reduced to 50%.',
    'Dasselbe Bild, auf 50\u00a0% verkleinert.',
  ],
  [
    'cropped and mirrored',
    mirrorPixels(cropPixels(fruit, { x: 0, y: 0, width: Math.round(width * 0.8), height })),
    'The same image, cropped to 80% and mirrored.',
    'Dasselbe Bild, auf 80\u00a0% zugeschnitten und gespiegelt.',
  ],
  [
    'with a sticker',
    sticker,
    'The same image; one place differs, top left.',
    'Dasselbe Bild; eine Stelle ist anders, oben links.',
  ],
];

test('sentences about copies', async (t) => {
  for (const [name, second, inEnglish, inGerman] of PAIRS) {
    await t.test(name, async () => {
      const comparison = await likeness.compare(fruit, second);
      const say = (strings: typeof english) =>
        describeAnswer(comparison, likeness.model, fruit, strings.sentence);
      assert.equal(say(english), inEnglish);
      assert.equal(say(german), inGerman);
    });
  }
});

test('what a model says of different pictures, as surely as it can', async () => {
  const comparison = await likeness.compare(fruit, samplePixels('sea'));
  const say = (probability: number, verdict: 'similar' | 'different', fullModel?: string) =>
    describeAnswer(
      { ...comparison, verdict, probability },
      fullModel === undefined ? {} : { fullModel },
      undefined,
      english.sentence,
    );
  assert.equal(say(0.01, 'different'), 'Two different images with nothing in common.');
  assert.equal(say(0.46, 'different'), 'Two different images with little in common.');
  assert.equal(say(0.6, 'similar'), 'Two different images, perhaps of the same kind of thing.');
  assert.equal(say(0.99, 'similar'), 'Two different images of the same kind of thing.');
  assert.equal(
    say(0.99, 'similar', 'mobilenetv2'),
    'Two different images, probably of the same kind of thing.',
    'a small copy of a model is not sure',
  );
});

test('places that differ: counted, and named where there is one', async () => {
  const comparison = await likeness.compare(fruit, sticker);
  const place = comparison.evidence.changes.find(({ kind }) => kind !== 'exposed');
  assert.ok(place !== undefined);
  const say = (changes: readonly Change[], size?: { width: number; height: number }) =>
    describeAnswer(
      { ...comparison, verdict: 'variant', evidence: { samePixels: false, changes } },
      {},
      size,
      english.sentence,
    );
  const added: Change = { ...place, kind: 'added' };
  const crop: Change = { ...place, kind: 'cropped', amount: 0.82 };
  assert.equal(say([added]), 'The same image; something was added.');
  assert.equal(say([added], fruit), 'The same image; something was added, top left.');
  assert.equal(
    say([crop, place], fruit),
    'The same image, cropped to 82%; one place differs, top left.',
  );
  assert.equal(say([place, added]), 'The same image; 2 places differ.');
  assert.equal(say([place, place, place, place]), 'Mostly the same image; 4 places differ.');
  const again: Change = { ...place, kind: 're-encoded' };
  assert.equal(say([crop, again]), 'Mostly the same image, cropped to 82%.');
});

test('nine parts of a picture', () => {
  const size = { width: 90, height: 60 };
  const at = (x: number, y: number) => whereIs({ x, y, width: 2, height: 2 }, size);
  assert.deepEqual(
    [at(0, 0), at(44, 0), at(88, 0), at(0, 29), at(44, 29), at(88, 58)],
    [0, 1, 2, 3, 4, 8],
  );
  assert.equal(at(200, 200), 8, 'beside it counts as at its edge');
});
