/** What of a picture the model sees: all of it, in its own shape, or the square in its middle. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import {
  createLikeness,
  DEFAULT_MODEL,
  type Likeness,
  type LikenessOptions,
  type View,
} from 'image-likeness';
import { createLikenessCore } from 'image-likeness/core';
import { createCollection } from 'image-likeness/grouping';
import { cropPixels, pastePixels, turnPixels } from '../support/edit.js';
import { codeOf } from '../support/errors.js';
import { internalModule } from '../support/internal.js';
import { testPixels } from '../support/pixels.js';
import { FULL_MODEL, withoutModel } from '../support/reference.js';
import { SHAPES } from '../support/shapes.js';
import { tinyModel } from '../support/tiny-model.js';

const { findModel } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );

/** Pixels a cell of both MobileNetV2s. */
const STRIDE = 32;

const wide = testPixels(960, 320);

/** The same middle, a square of the height, between other sides. */
const otherSides = pastePixels(
  testPixels(960, 320, 77),
  cropPixels(wide, { x: 320, y: 0, width: 320, height: 320 }),
  320,
  0,
);

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

for (const model of [DEFAULT_MODEL, FULL_MODEL]) {
  test(`views: ${model}`, { skip: model === FULL_MODEL && withoutModel }, async (t) => {
    const views = new Map<View, Likeness>();
    const likenessOf = (view: View): Likeness => {
      const likeness = views.get(view);
      assert.ok(likeness !== undefined);
      return likeness;
    };
    before(async () => {
      for (const view of ['whole', 'centre'] as const) {
        views.set(view, await createLikeness({ model, view }));
      }
    });
    after(async () => {
      for (const likeness of views.values()) await likeness.dispose();
    });

    await t.test('only the whole one sees what lies beside the middle', async () => {
      const whole = await likenessOf('whole').compare(wide, otherSides);
      const centre = await likenessOf('centre').compare(wide, otherSides);
      assert.equal(centre.cosine, 1);
      assert.ok(whole.cosine < 0.999, `${whole.cosine}`);
      // Whatever the model sees, copies are told by all the pixels.
      assert.notEqual(centre.verdict, 'identical');
      assert.equal(centre.verdict, whole.verdict);
      // Nor do sides that it can't see count as the same.
      const { content, agreement } = centre.evidence?.registration ?? assert.fail();
      const same = (content.a * agreement.a + content.b * agreement.b) / 2;
      assert.ok(same < 0.75, `${same}`);
      const limit = 40 + (47.9 * (1 + 3 * same)) / 4;
      assert.ok(Math.abs(centre.score - limit) < 1e-9, `${centre.score}`);
      assert.ok(whole.score <= centre.score);
    });

    await t.test('the match map of any two shapes adds up to their cosine', async () => {
      for (const view of ['whole', 'centre'] as const) {
        const likeness = likenessOf(view);
        for (const [index, [width, height]] of SHAPES.entries()) {
          const [otherWidth, otherHeight] = SHAPES[(3 * index + 1) % SHAPES.length] ?? [1, 1];
          const a = testPixels(width, height, index);
          const b = testPixels(otherWidth, otherHeight, index + 20);
          const { centredCosine, matchMap } = await likeness.compare(a, b, { explain: true });
          assert.ok(matchMap !== undefined);
          const { grid, heat } = matchMap;
          for (const part of [matchMap.a, matchMap.b, matchMap.terms]) {
            const off = Math.abs(sum(part) - centredCosine);
            assert.ok(off < 1e-6, `${view} ${width} × ${height}: off by ${off}`);
          }
          const { dims } = await likeness.preprocess(a);
          assert.deepEqual(dims, [1, 3, grid.a.rows * STRIDE, grid.a.columns * STRIDE]);
          for (const side of ['a', 'b'] as const) {
            const { columns, rows } = grid[side];
            assert.equal(matchMap[side].length, columns * rows);
            assert.equal(heat[side].values.length, heat[side].width * heat[side].height);
            assert.equal(heat[side].width * rows, heat[side].height * columns);
          }
          assert.equal(matchMap.terms.length, matchMap.a.length * matchMap.b.length);
          const { input, resize } = findModel(model);
          assert.equal(matchMap.crop, view === 'whole' ? undefined : input.size / resize);
        }
      }
    });

    await t.test('a turned picture of any shape is found', async () => {
      for (const degrees of [90, 180] as const) {
        const turned = turnPixels(wide, degrees);
        const options = { orientations: true, explain: true };
        const { evidence, cosine } = await likenessOf('whole').compare(wide, turned, options);
        assert.equal(Math.round(Math.abs(evidence?.registration?.degrees ?? 0)), degrees);
        assert.ok(cosine > 0.98, `${degrees}: ${cosine}`);
      }
    });

    await t.test('embeddings of two views never compare, and the message names both', async () => {
      const whole = await likenessOf('whole').embed(wide);
      const centre = await likenessOf('centre').embed(wide);
      const pooled = findModel(model).pooling === 'energy' ? '+energy' : '';
      assert.ok(whole.model.endsWith(`/whole${pooled}`) && centre.model.endsWith('/centre'));
      const core = await createLikenessCore({ model, view: 'whole' });
      const collection = createCollection(likenessOf('whole'));
      const calls: (() => unknown)[] = [
        () => likenessOf('whole').similarity(whole, centre),
        () => likenessOf('centre').similarity(whole, centre),
        () => likenessOf('whole').nearest(whole, [centre], 1),
        () => likenessOf('whole').pairwise([whole, centre]),
        async () => core.similarity(whole, centre),
        () => collection.add([whole, centre]),
      ];
      for (const call of calls) {
        await assert.rejects(call as () => Promise<unknown>, (error: Error) => {
          assert.ok('code' in error && error.code === 'model-mismatch', error.message);
          assert.match(error.message, /\/whole/);
          assert.match(error.message, /\/centre/);
          return true;
        });
      }
      await collection.dispose();
      assert.equal((await likenessOf('whole').similarity(whole, whole)).score, 100);
    });

    await t.test('the calibration counts as fitted in one of them', () => {
      const { view, calibration } = findModel(model);
      for (const [name, likeness] of views) {
        assert.equal(likeness.model.view, name);
        assert.equal(likeness.model.calibrated, calibration.fitted && name === view);
        assert.equal(likeness.model.scoreRanges !== undefined, likeness.model.calibrated);
      }
    });
  });
}

test('the view is the manifest entry’s unless told otherwise, and a model’s own is whole', async () => {
  await using usual = await createLikeness();
  assert.equal(usual.model.view, findModel(DEFAULT_MODEL).view);
  await using own = await createLikeness({ model: tinyModel });
  assert.equal(own.model.view, 'whole');
  assert.deepEqual((await own.preprocess(testPixels(300, 100))).dims, [1, 3, 16, 48]);
  assert.equal((await own.embed(testPixels(300, 100))).vector.length, 16);
});

test('the whole view has a side of its own where the entry says so, the centre keeps the square’s', async () => {
  const { input, resize, mean, std, output, accepted } = findModel(DEFAULT_MODEL);
  const model = {
    id: 'own-lite',
    weightsVersion: '1',
    sha256: accepted[0]?.sha256 ?? assert.fail(),
    bytes: readFileSync(`models/${DEFAULT_MODEL}.onnx`),
    input: { ...input, size: 128, wholeSize: 144 },
    resize,
    mean,
    std,
    output,
  };
  const backend = 'core';
  const square = { ...model, view: 'centre' } as const;
  await using whole = await createLikeness({ model, backend });
  await using wholeAgain = await createLikeness({ model: square, view: 'whole', backend });
  await using centre = await createLikeness({ model: square, backend });
  await using centreOfWhole = await createLikeness({ model, view: 'centre', backend });
  const sides = [
    { picture: testPixels(300, 300), width: 128, height: 160 },
    { picture: testPixels(400, 300), width: 160, height: 128 },
    { picture: testPixels(300, 400), width: 128, height: 160 },
    { picture: testPixels(300, 200), width: 192, height: 128 },
    { picture: testPixels(900, 100), width: 448, height: 64 },
  ];
  for (const { picture, width, height } of sides) {
    for (const likeness of [whole, wholeAgain]) {
      assert.deepEqual((await likeness.preprocess(picture)).dims, [1, 3, height, width]);
    }
    for (const likeness of [centre, centreOfWhole]) {
      assert.deepEqual((await likeness.preprocess(picture)).dims, [1, 3, 128, 128]);
    }
    const { matchMap } = await whole.compare(picture, picture, { explain: true });
    assert.deepEqual(matchMap?.grid.a, { columns: width / STRIDE, rows: height / STRIDE });
  }
});

test('an unknown view is refused, and a network that has no stride takes the centre only', async () => {
  const wrong = { view: 'left' } as unknown as LikenessOptions;
  assert.equal(await codeOf(createLikeness(wrong)), 'invalid-argument');
  const model = { ...tinyModel, input: { ...tinyModel.input, size: 27 } };
  await assert.rejects(createLikeness({ model }), /view must be "centre" where input\.size/);
});
