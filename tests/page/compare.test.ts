/** What the compare view computes without a document: how pictures lie, what is seen of them, and the map. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLikeness, type Likeness } from 'image-likeness';
import {
  apply,
  boundsOf,
  invert,
  layOut,
  multiply,
  type Point,
} from '../../web/src/compare/geometry.ts';
import { amountOf, likenessMap, smooth } from '../../web/src/compare/likeness-map.ts';
import * as viewport from '../../web/src/compare/viewport.ts';
import { cropPixels, mirrorPixels, turnPixels } from '../support/edit.js';
import { samplePixels } from '../support/samples.js';

let likeness: Likeness;

before(async () => {
  likeness = await createLikeness();
});

after(() => likeness.dispose());

const fruit = samplePixels('fruit');
const near = (found: Point, expected: Point, within: number): void => {
  const off = Math.hypot(found.x - expected.x, found.y - expected.y);
  assert.ok(off <= within, `${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
};

test('a copy lies over its original, however it was cropped, mirrored and turned', async () => {
  const { width, height } = fruit;
  const copies = [
    // Where the top left corner of each copy comes from.
    [cropPixels(fruit, { x: 40, y: 30, width: width - 40, height: height - 30 }), { x: 40, y: 30 }],
    [mirrorPixels(fruit), { x: width, y: 0 }],
    [turnPixels(fruit, 90), { x: 0, y: height }],
  ] as const;
  for (const [copy, origin] of copies) {
    const { evidence } = await likeness.compare(fruit, copy);
    const layout = layOut([fruit, copy], evidence.registration);
    near(apply(layout.places[1], { x: 0, y: 0 }), origin, 1.5);
    near(apply(layout.places[0], { x: 7, y: 9 }), { x: 7, y: 9 }, 0);
    assert.ok(layout.whole.width < width + 3 && layout.whole.height < height + 3);
  }
});

test('without a registration each picture is whole, in the middle of a frame between their shapes', () => {
  const sizes = [
    { width: 400, height: 100 },
    { width: 300, height: 300 },
  ] as const;
  const { places, whole } = layOut(sizes, undefined);
  assert.ok(Math.abs(whole.width / whole.height - 2) < 1e-9);
  for (const [at, size] of sizes.entries()) {
    const box = boundsOf(places[at] ?? [1, 0, 0, 1, 0, 0], { x: 0, y: 0, ...size });
    assert.ok(box.width <= whole.width + 1e-9 && box.height <= whole.height + 1e-9);
    assert.ok(Math.abs(box.x * 2 + box.width - whole.width) < 1e-9);
    assert.ok(Math.abs(box.y * 2 + box.height - whole.height) < 1e-9);
  }
});

test('matrices', () => {
  const turn = [0, 2, -2, 0, 5, 7] as const;
  near(apply(multiply(invert(turn), turn), { x: 3, y: 4 }), { x: 3, y: 4 }, 1e-9);
  assert.deepEqual(boundsOf(turn, { x: 0, y: 0, width: 2, height: 3 }), {
    x: -1,
    y: 7,
    width: 6,
    height: 4,
  });
});

const whole = { x: -10, y: 0, width: 220, height: 100 };
const pane = { width: 416, height: 300 };

test('all of it, as large as it can be, in the middle', () => {
  const view = viewport.fit(whole, pane);
  assert.ok(viewport.showsAll(view, whole, pane));
  const seen = boundsOf(viewport.matrixOf(view), whole);
  assert.ok(Math.abs(seen.x - 8) < 1e-9 && Math.abs(seen.width - 400) < 1e-9);
  assert.ok(Math.abs(seen.y * 2 + seen.height - 300) < 1e-9);
});

test('zooming keeps the point under the pointer, within limits, and nothing leaves the pane', () => {
  const start = viewport.fit(whole, pane);
  const at = { x: 250, y: 150 };
  const point = viewport.tablePoint(start, at);
  const near1 = viewport.zoom(start, 4, at, whole, pane);
  near(viewport.tablePoint(near1, at), point, 1e-9);
  assert.equal(viewport.showsAll(near1, whole, pane), false);
  assert.equal(viewport.zoom(near1, 1e9, at, whole, pane).scale, 32);
  const again = viewport.zoom(near1, 1e-9, at, whole, pane);
  assert.ok(viewport.showsAll(again, whole, pane));
  near(again, start, 1e-9);
  const far = viewport.pan(near1, { x: 1e6, y: -1e6 }, whole, pane);
  const seen = boundsOf(viewport.matrixOf(far), whole);
  assert.ok(seen.x <= 8 + 1e-9 && seen.x + seen.width >= pane.width);
  assert.ok(seen.y <= 8 && Math.abs(seen.y + seen.height - (pane.height - 8)) < 1e-9);
});

test('a place is shown with its surroundings, and the way there is smooth', () => {
  const place = { x: 150, y: 40, width: 20, height: 10 };
  const there = viewport.fitPlace(place, whole, pane);
  const seen = boundsOf(viewport.matrixOf(there), place);
  assert.ok(seen.x > 0 && seen.y > 0 && seen.x + seen.width < 416 && seen.y + seen.height < 300);
  assert.ok(seen.width > pane.width / 5);
  const start = viewport.fit(whole, pane);
  assert.deepEqual(viewport.between(start, there, 0), start);
  near(viewport.between(start, there, 1), there, 1e-9);
});

test('a map is bright all over for equal pictures, dark for strangers, as the score has it', async () => {
  const explain = (one: ImageData, other: ImageData) =>
    likeness.compare(one, other, { explain: true });
  const mean = (shares: readonly number[]): number =>
    shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const own = await explain(fruit, fruit);
  const equal = likenessMap(own, [own.matchMap, own.matchMap]);
  assert.ok(mean(equal.sides[0].shares) > 0.9, `${mean(equal.sides[0].shares)}`);
  for (const cell of equal.sides[0].shares.keys()) {
    const partners = equal.partnersOf(0, cell);
    assert.equal(partners.length, 3);
    assert.equal(partners[0], cell, 'each cell fits itself best');
  }
  for (const name of ['other-fruit', 'sea'] as const) {
    const other = samplePixels(name);
    const pair = await explain(fruit, other);
    const map = likenessMap(pair, [own.matchMap, (await explain(other, other)).matchMap]);
    for (const { shares } of map.sides) {
      const off = Math.abs(mean(shares) - pair.score / 100);
      assert.ok(off < 0.1, `${name}: ${mean(shares)} where the score is ${pair.score}`);
    }
    const dark = map.sides[0].shares.findIndex((share) => share < 0.1);
    assert.equal(dark >= 0, name === 'sea', `${map.sides[0].shares}`);
    if (name === 'sea')
      assert.deepEqual(map.partnersOf(0, dark), [], 'nothing fits what gives nothing');
  }
});

test('shares in words, and between the cells', () => {
  assert.deepEqual([0.9, 0.4, 0.2, 0.01].map(amountOf), ['most', 'some', 'little', 'none']);
  const side = { grid: { columns: 2, rows: 1 }, shares: [0, 1] };
  assert.deepEqual([...smooth(side, 4, 1)], [0, 0.25, 0.75, 1]);
});
