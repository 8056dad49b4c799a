/** What a comparison says beside its score: verdict ladder, relations, match map. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { createLikeness, DEFAULT_MODEL, type Likeness } from 'image-likeness';
import { plainCosine } from '../support/cosine.js';
import { writeJpeg } from '../support/jpeg.js';
import { internalModule } from '../support/internal.js';
import { writePng } from '../support/png.js';
import { FULL_MODEL, withoutModel } from '../support/reference.js';
import { samplePixels } from '../support/samples.js';
import { cropPixels, greyPixels, mirrorPixels, turnPixels } from '../support/edit.js';

const { findModel } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );

const picture = samplePixels('fruit');

/** The direction of an embedding, minus the model's mean embedding, if it has one. */
function centred(vector: Float32Array, model: string): Float32Array {
  const { meanEmbedding } = findModel(model);
  const length = Math.hypot(...vector);
  return vector.map((value, index) => value / length - (meanEmbedding?.[index] ?? 0));
}

for (const model of [DEFAULT_MODEL, FULL_MODEL]) {
  test(`evidence: ${model}`, { skip: model === FULL_MODEL && withoutModel }, (t) =>
    checkEvidence(t, model),
  );
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
    assert.deepEqual(comparison.evidence?.relations, []);
  });

  await t.test('one pixel less alike is a near-duplicate', async () => {
    const changed = samplePixels('fruit');
    changed.data[0] = (changed.data[0] ?? 0) ^ 1;
    const { verdict, evidence } = await likeness.compare(picture, changed);
    assert.equal(verdict, 'near-duplicate');
    assert.equal(evidence?.samePixels, false);
    assert.deepEqual(evidence?.hashDistance, { dct: 0, gradient: 0 });
  });

  await t.test('a JPEG copy is a near-duplicate', async () => {
    const { verdict, evidence } = await likeness.compare(picture, writeJpeg(picture, 60));
    assert.equal(verdict, 'near-duplicate');
    assert.deepEqual(evidence?.relations, []);
    assert.ok((evidence?.margin ?? -1) >= 0);
  });

  await t.test('mirror images are named', async () => {
    const { verdict, evidence } = await likeness.compare(picture, mirrorPixels(picture));
    assert.equal(verdict, 'near-duplicate');
    assert.deepEqual(evidence?.relations, ['mirrored']);
  });

  await t.test('grey copies are named', async () => {
    const { verdict, evidence } = await likeness.compare(picture, greyPixels(picture));
    assert.equal(verdict, 'near-duplicate');
    assert.deepEqual(evidence?.relations, ['greyscale']);
  });

  await t.test('crops are named', async () => {
    const part = cropPixels(picture, { x: 30, y: 10, width: 346, height: 260 });
    const { verdict, evidence } = await likeness.compare(picture, part);
    assert.equal(verdict, 'near-duplicate');
    assert.deepEqual(evidence?.relations, ['cropped']);
    assert.ok((evidence?.correlation.window ?? 0) > (evidence?.correlation.whole ?? 1));
  });

  await t.test('turns are found when asked for, and named the way they were made', async () => {
    for (const degrees of [90, 180, 270] as const) {
      const turned = turnPixels(picture, degrees);
      const { verdict, evidence, score } = await likeness.compare(picture, turned, {
        orientations: true,
      });
      assert.equal(verdict, 'near-duplicate', `${degrees}`);
      assert.deepEqual(evidence?.relations, [`rotated-${degrees}`]);
      const plain = await likeness.compare(picture, turned);
      assert.ok(score > plain.score, `${degrees}: ${score} and ${plain.score}`);
    }
    const both = turnPixels(mirrorPixels(picture), 90);
    const { evidence } = await likeness.compare(picture, both, { orientations: true });
    assert.deepEqual(evidence?.relations, ['mirrored', 'rotated-90']);
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
