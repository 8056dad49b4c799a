/** What a comparison says beside its score: verdict ladder, changes, match map. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { createLikeness, DEFAULT_MODEL, type Evidence, type Likeness } from 'image-likeness';
import { plainCosine } from '../support/cosine.js';
import {
  blankPixels,
  cropPixels,
  fillPixels,
  greyPixels,
  mirrorPixels,
  turnPixels,
} from '../support/edit.js';
import { internalModule } from '../support/internal.js';
import { writeJpeg } from '../support/jpeg.js';
import { writePng } from '../support/png.js';
import { randomBytes } from '../support/random.js';
import { FULL_MODEL, withoutModel } from '../support/reference.js';
import { samplePixels } from '../support/samples.js';

const { findModel, meanOf } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );

const picture = samplePixels('fruit');

/** The direction of an embedding, minus the model's mean embedding, if it has one. */
function centred(vector: Float32Array, model: string): Float32Array {
  const mean = meanOf(findModel(model));
  const length = Math.hypot(...vector);
  return vector.map((value, index) => value / length - (mean?.[index] ?? 0));
}

/** Linear sRGB to linear Display P3, whose transfer function is sRGB's (CSS Color 4, section 10). */
const TO_DISPLAY_P3 = [
  [0.8224621, 0.177538, 0],
  [0.0331941, 0.9668058, 0],
  [0.0170827, 0.0723974, 0.9105199],
] as const;

/** The numbers that a picture in sRGB has in Display P3. */
function inDisplayP3({ data, width, height }: ImageData): ImageData {
  const light = (level: number): number => {
    const value = level / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const level = (value: number): number =>
    255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
  const numbers = new Uint8ClampedArray(data);
  for (let at = 0; at < data.length; at += 4) {
    const [r = 0, g = 0, b = 0] = [...data.subarray(at, at + 3)].map(light);
    for (const [channel, row] of TO_DISPLAY_P3.entries()) {
      numbers[at + channel] = level(row[0] * r + row[1] * g + row[2] * b);
    }
  }
  return { data: numbers, width, height } as ImageData;
}

test('what Display P3 and sRGB make of the same colours is a near-duplicate', async (t) => {
  await using likeness = await createLikeness();
  for (const name of ['fruit', 'other-fruit', 'sea'] as const) {
    const stored = samplePixels(name);
    const wide = inDisplayP3(stored);
    const levels = stored.data.reduce(
      (most, level, at) => Math.max(most, Math.abs(level - (wide.data[at] ?? 0))),
      0,
    );
    const { verdict, score, cosine } = await likeness.compare(writePng(stored), writePng(wide));
    t.diagnostic(`${name}: up to ${levels} levels, ${verdict} ${score}, cosine ${cosine}`);
    assert.ok(levels > 30);
    assert.equal(verdict, 'near-duplicate');
    assert.ok(score > 99.5 && cosine > 0.99);
  }
});

for (const model of [DEFAULT_MODEL, FULL_MODEL]) {
  test(`evidence: ${model}`, { skip: model === FULL_MODEL && withoutModel }, (t) =>
    checkEvidence(t, model),
  );
}

function kindsOf(evidence: Evidence | undefined): string[] {
  return evidence?.changes.map(({ kind }) => kind) ?? [];
}

async function checkEvidence(t: TestContext, model: string): Promise<void> {
  let likeness: Likeness;
  before(async () => {
    likeness = await createLikeness({ model });
  });
  after(() => likeness.dispose());

  await t.test('identical are the same pixels in different files', async () => {
    const comparison = await likeness.compare(writePng(picture), picture);
    assert.equal(comparison.verdict, 'identical');
    assert.equal(comparison.score, 100);
    assert.equal(comparison.evidence?.samePixels, true);
    assert.deepEqual(comparison.evidence?.changes, []);
  });

  await t.test('one pixel less alike is a near-duplicate', async () => {
    const changed = samplePixels('fruit');
    changed.data[0] = (changed.data[0] ?? 0) ^ 1;
    const { verdict, evidence } = await likeness.compare(picture, changed);
    assert.equal(verdict, 'near-duplicate');
    assert.equal(evidence?.samePixels, false);
    assert.deepEqual(kindsOf(evidence), ['re-encoded']);
  });

  await t.test('a JPEG copy is a near-duplicate', async () => {
    const { verdict, evidence } = await likeness.compare(picture, writeJpeg(picture, 60));
    assert.equal(verdict, 'near-duplicate');
    assert.deepEqual(kindsOf(evidence), ['re-encoded']);
    assert.equal(evidence?.registration?.agreement.a, 1);
  });

  await t.test('mirror images are named', async () => {
    const { verdict, evidence } = await likeness.compare(picture, mirrorPixels(picture));
    assert.equal(verdict, 'near-duplicate');
    assert.deepEqual(kindsOf(evidence), ['mirrored']);
  });

  await t.test('grey copies are named', async () => {
    const { verdict, evidence } = await likeness.compare(picture, greyPixels(picture));
    assert.equal(verdict, 'near-duplicate');
    assert.deepEqual(kindsOf(evidence), ['greyscale']);
  });

  await t.test('crops are named', async () => {
    const part = cropPixels(picture, { x: 30, y: 10, width: 346, height: 260 });
    const { verdict, evidence } = await likeness.compare(picture, part);
    assert.equal(verdict, 'near-duplicate');
    assert.deepEqual(kindsOf(evidence), ['cropped']);
    const { x, y, width, height } = evidence?.changes[0]?.a ?? { x: 0, y: 0, width: 0, height: 0 };
    for (const [found, expected] of [
      [x, 30],
      [y, 10],
      [width, 346],
      [height, 260],
    ] as const) {
      assert.ok(Math.abs(found - expected) < 2, `${found} for ${expected}`);
    }
  });

  await t.test('turns are found unasked, and named the way they were made', async () => {
    for (const degrees of [90, 180, 270] as const) {
      const turned = turnPixels(picture, degrees);
      const { verdict, evidence } = await likeness.compare(picture, turned);
      assert.equal(verdict, 'near-duplicate', `${degrees}`);
      assert.deepEqual(kindsOf(evidence), ['turned']);
      const found = evidence?.registration?.degrees ?? 0;
      assert.ok(Math.abs(((found - degrees + 540) % 360) - 180) < 0.1, `${found} for ${degrees}`);
    }
    const both = turnPixels(mirrorPixels(picture), 90);
    const { evidence } = await likeness.compare(picture, both);
    assert.deepEqual(kindsOf(evidence), ['turned', 'mirrored']);
    assert.equal(Math.round(evidence?.registration?.degrees ?? 0), 90);
    assert.equal(evidence?.registration?.mirrored, true);
  });

  await t.test('something laid over makes a variant, and the place is named', async () => {
    const covered = samplePixels('fruit');
    fillPixels(covered, { x: 150, y: 80, width: 90, height: 60 }, [240, 20, 90]);
    const { verdict, evidence, score } = await likeness.compare(picture, covered);
    assert.equal(verdict, 'variant');
    assert.ok(score >= 88 && score <= 97, `${score}`);
    assert.deepEqual(kindsOf(evidence), ['replaced']);
    const { x, y, width, height } = evidence?.changes[0]?.b ?? { x: 0, y: 0, width: 0, height: 0 };
    assert.ok(x <= 160 && y <= 90 && x + width >= 230 && y + height >= 130);
    assert.ok(width < 150 && height < 120, `${width} × ${height}`);
  });

  await t.test('what pixels say is said from both sides', async () => {
    const part = cropPixels(picture, { x: 30, y: 10, width: 200, height: 160 });
    const there = await likeness.compare(picture, part);
    const back = await likeness.compare(part, picture);
    assert.equal(there.verdict, 'near-duplicate');
    assert.equal(back.verdict, there.verdict);
    assert.equal(back.score, there.score);
    assert.deepEqual(kindsOf(back.evidence), ['uncropped']);
    assert.deepEqual(back.evidence?.registration?.covered, {
      a: there.evidence?.registration?.covered.b,
      b: there.evidence?.registration?.covered.a,
    });
  });

  await t.test('white artwork on a transparent ground is no blank sheet', async () => {
    const artwork = (seed: number): ImageData => {
      const image = blankPixels(200, 160);
      const numbers = randomBytes(4 * 14, seed);
      for (let at = 0; at < numbers.length; at += 4) {
        const [x = 0, y = 0, width = 0, height = 0] = numbers.subarray(at, at + 4);
        const part = { x: x % 160, y: y % 120, width: 4 + (width % 30), height: 4 + (height % 30) };
        fillPixels(image, part, [255, 255, 255]);
      }
      return image;
    };
    const [one, other] = [artwork(1), artwork(2)];
    assert.equal((await likeness.compare(one, artwork(1))).verdict, 'identical');
    const { verdict, evidence } = await likeness.compare(one, other);
    assert.equal(evidence?.samePixels, false);
    assert.ok(verdict === 'similar' || verdict === 'different', verdict);
  });

  await t.test('orientations change nothing for upright copies', async () => {
    const other = samplePixels('other-fruit');
    const plain = await likeness.compare(picture, other);
    const turned = await likeness.compare(picture, other, { orientations: true });
    assert.equal(turned.score, plain.score);
    assert.deepEqual(turned.evidence, plain.evidence);
  });

  await t.test('the match map adds up to the centred cosine', async () => {
    const other = samplePixels('other-fruit');
    const { centredCosine, matchMap } = await likeness.compare(picture, other, { explain: true });
    assert.ok(matchMap !== undefined);
    const sum = (values: Iterable<number>) =>
      [...values].reduce((total, value) => total + value, 0);
    for (const part of [matchMap.a, matchMap.b, matchMap.terms]) {
      assert.ok(Math.abs(sum(part) - centredCosine) < 1e-6, `${sum(part)} and ${centredCosine}`);
    }
    const cells = matchMap.b.length;
    assert.equal(matchMap.terms.length, matchMap.a.length * cells);
    const { width, height, values } = matchMap.heat.a;
    assert.equal(values.length, width * height);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    assert.ok(low >= 0 && low < 0.1 && high > 0.9 && high <= 1, `${low} to ${high}`);
    const [best, next] = matchMap.pairs;
    assert.ok(best !== undefined && next !== undefined && best.term >= next.term);
    assert.equal(matchMap.terms[best.a * cells + best.b], best.term);
    assert.equal(Math.max(...matchMap.terms), best.term);
    const [first, second] = [await likeness.embed(picture), await likeness.embed(other)];
    const expected = plainCosine(centred(first.vector, model), centred(second.vector, model));
    assert.ok(Math.abs(expected - matchMap.cosine) < 1e-6, `${expected} and ${matchMap.cosine}`);
  });

  await t.test('nobody pays for a map that was not asked for', async () => {
    assert.equal('matchMap' in (await likeness.compare(picture, picture)), false);
  });
}
