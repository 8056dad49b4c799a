/** Another backbone through the whole package: a ResNet-50 with random weights. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createLikeness, type Likeness } from 'image-likeness';
import { buildResnet50 } from '../../scripts/lib/resnet50.mjs';
import { mirrorPixels } from '../support/edit.js';
import { codeOf } from '../support/errors.js';
import { internalModule } from '../support/internal.js';
import { testPixels } from '../support/pixels.js';
import { FULL_MODEL, withoutModel } from '../support/reference.js';
import { TemporaryDirectory } from '../support/temporary.js';

const { findModel } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );
const { writeOnnx } =
  await internalModule<typeof import('../../dist/package/cli/models/onnx.js')>(
    './cli/models/onnx.js',
  );

const pictureA = testPixels(320, 240);
const pictureB = testPixels(280, 300, 9);

/** Writes the graph with the record that makes the package take it for the manifest's ResNet-50. */
function writeResnet50(directory: TemporaryDirectory): void {
  const bytes = writeOnnx(buildResnet50());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const [source] = findModel('resnet50').sources;
  writeFileSync(directory.file('resnet50.onnx'), bytes);
  writeFileSync(directory.file('resnet50.onnx.json'), JSON.stringify({ sha256, source }));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

test('ResNet-50', async (t) => {
  let directory: TemporaryDirectory;
  let resnet: Likeness;
  before(async () => {
    directory = new TemporaryDirectory();
    writeResnet50(directory);
    resnet = await createLikeness({ model: 'resnet50', modelBaseUrl: directory.path });
  });
  after(async () => {
    await resnet.dispose();
    directory[Symbol.dispose]();
  });

  await t.test('embeds pictures as 2048 numbers', async () => {
    assert.equal(resnet.model.dimension, 2048);
    assert.equal(resnet.model.calibrated, false);
    const { model, dimension, vector } = await resnet.embed(pictureA);
    assert.match(model, /^resnet50@/);
    assert.equal(dimension, 2048);
    assert.equal(vector.length, 2048);
    assert.ok(vector.every(Number.isFinite));
    assert.ok(new Set(vector).size > 1000, 'the numbers differ');
  });

  await t.test('scores, explains and names changes', async () => {
    const { score, cosine, verdict, matchMap } = await resnet.compare(pictureA, pictureB, {
      explain: true,
    });
    assert.ok(cosine > -1 && cosine < 1, `cosine ${cosine}`);
    const straight = 50 * (cosine + 1);
    const expected = straight <= 80 ? straight : 80 + 0.395 * (straight - 80);
    assert.ok(Math.abs(score - expected) < 1e-9, 'not fitted: a straight line, below copies');
    assert.ok(verdict === 'similar' || verdict === 'different', verdict);
    assert.ok(matchMap !== undefined);
    assert.deepEqual(matchMap.grid, { a: { columns: 8, rows: 6 }, b: { columns: 7, rows: 7 } });
    assert.equal(matchMap.terms.length, 8 * 6 * 7 * 7);
    for (const part of [matchMap.a, matchMap.b, matchMap.terms]) {
      assert.ok(Math.abs(sum(part) - cosine) < 1e-6, `${sum(part)} and ${cosine}`);
    }
    const same = await resnet.compare(pictureA, pictureA);
    assert.deepEqual([same.score, same.cosine, same.verdict], [100, 1, 'identical']);
    const mirrored = await resnet.compare(pictureA, mirrorPixels(pictureA));
    assert.deepEqual(
      mirrored.evidence?.changes.map(({ kind }) => kind),
      ['mirrored'],
    );
  });

  await t.test(
    "its embeddings don't compare with MobileNetV2's",
    {
      skip: withoutModel,
    },
    async () => {
      await using mobilenet = await createLikeness({ model: FULL_MODEL });
      const deep = await resnet.embed(pictureA);
      const light = await mobilenet.embed(pictureA);
      for (const likeness of [resnet, mobilenet]) {
        assert.equal(await codeOf(likeness.similarity(deep, light)), 'model-mismatch');
        assert.equal(await codeOf(likeness.similarity(light, deep)), 'model-mismatch');
      }
      assert.equal(await codeOf(mobilenet.similarity(deep, deep)), 'model-mismatch');
      assert.equal((await resnet.similarity(deep, deep)).score, 100);
    },
  );
});
