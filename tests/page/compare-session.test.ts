/** What is looked at in the compare view, without a document: a real pair, a stage of CSS pixels, and moves. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createLikeness, type Evidence, type Likeness } from 'image-likeness';
import { boundsOf } from '../../web/src/compare/geometry.ts';
import type { LikenessMap } from '../../web/src/compare/likeness-map.ts';
import { type ComparedPair, CompareSession } from '../../web/src/compare/session.ts';
import { matrixOf, tablePoint } from '../../web/src/compare/viewport.ts';
import { cropPixels, fillPixels, mirrorPixels } from '../support/edit.js';
import { samplePixels } from '../support/samples.js';

let likeness: Likeness;
let evidence: Evidence;

const fruit = samplePixels('fruit');
const { width, height } = fruit;
const copy = cropPixels(fruit, { x: 0, y: 0, width, height });
fillPixels(copy, { x: 20, y: 20, width: 70, height: 60 }, [250, 20, 200]);
fillPixels(copy, { x: width - 90, y: height - 80, width: 60, height: 60 }, [20, 250, 200]);
const mirrored = mirrorPixels(copy);

before(async () => {
  likeness = await createLikeness();
  ({ evidence } = await likeness.compare(fruit, mirrored));
  assert.ok(evidence.registration?.mirrored);
});

after(() => likeness.dispose());

let session: CompareSession;
let changes = 0;
let moves = 0;

const pairOf = (found: Evidence | undefined, second = 'b'): ComparedPair => ({
  pictures: [
    { src: 'a', name: 'a.png' },
    { src: second, name: 'b.png' },
  ],
  evidence: found,
});

beforeEach(() => {
  session = new CompareSession(
    () => {
      changes += 1;
    },
    () => {
      moves += 1;
    },
  );
  session.pair = pairOf(evidence);
  session.measure([fruit, mirrored]);
  session.arrange({ width: 1000, height: 400 });
  changes = 0;
  moves = 0;
});

/** A view that must be there. */
function show(view: ReturnType<CompareSession['viewOfAll']>): void {
  assert.ok(view !== undefined);
  session.show(view);
}

test('panes beside each other where there is more room for that, else below each other, else one', () => {
  assert.equal(session.arrangement, 'row');
  assert.deepEqual(session.pane, { width: 499, height: 400 });
  session.arrange({ width: 400, height: 900 });
  assert.equal(session.arrangement, 'column');
  session.view = 'slider';
  session.arrange();
  assert.equal(session.arrangement, 'over');
  assert.deepEqual(session.pane, { width: 400, height: 900 });
});

test('a point of the stage belongs to a pane', () => {
  assert.deepEqual(session.inPane({ x: 100, y: 50 }), { at: { x: 100, y: 50 }, side: 0 });
  assert.deepEqual(session.inPane({ x: 601, y: 50 }), { at: { x: 100, y: 50 }, side: 1 });
});

test('everything stays in sight when the room changes, and a part stays in the middle', () => {
  session.arrange({ width: 600, height: 300 });
  assert.ok(session.showsAll);
  session.zoom(4);
  assert.equal(session.showsAll, false);
  const middle = () => session.viewport && tablePoint(session.viewport, session.middle);
  const before = middle();
  session.arrange({ width: 800, height: 330 });
  assert.ok(before !== undefined);
  assert.ok(Math.abs((middle()?.x ?? 0) - before.x) < 1e-6);
  session.pan({ x: 1e6, y: 1e6 });
  assert.equal(session.showsAll, false);
  show(session.viewOfAll());
  assert.ok(session.showsAll);
  assert.ok(moves > 0);
});

test('zooming from the second pane keeps its point, as from the first', () => {
  const at = { x: 700, y: 150 };
  const under = () => session.viewport && tablePoint(session.viewport, session.inPane(at).at);
  const before = under();
  session.zoom(3, at);
  assert.ok(before !== undefined);
  const now = under();
  assert.ok(Math.hypot((now?.x ?? 0) - before.x, (now?.y ?? 0) - before.y) < 1e-6);
});

test('changed places: one after the other and around, each in sight, marked the same in both pictures', () => {
  assert.equal(session.changes.length, 2);
  const order: (number | undefined)[] = [];
  for (const by of [1, 1, 1, -1] as const) {
    const index = session.neighbour(by);
    assert.ok(index !== undefined);
    show(session.viewOfPlace(index));
    order.push(session.place);
    const { layout, viewport, pane } = session;
    const change = session.changes[index];
    assert.ok(layout !== undefined && viewport !== undefined && change !== undefined);
    const [a, b] = ([0, 1] as const).map((side) =>
      boundsOf(matrixOf(viewport), session.onTable(change, side, layout)),
    );
    assert.deepEqual(a, b);
    assert.ok(a !== undefined && a.x >= 0 && a.y >= 0);
    assert.ok(a.x + a.width <= pane.width && a.y + a.height <= pane.height);
  }
  assert.deepEqual(order, [0, 1, 0, 1]);
});

test('as they are: the mirrored copy lies mirrored, and a place of it where it is there', () => {
  assert.equal(session.lie, 'registered');
  session.asTheyAre = true;
  session.arrange();
  assert.equal(session.lie, 'asTheyAreNote');
  const { layout } = session;
  const [first] = session.changes;
  assert.ok(layout !== undefined && first !== undefined);
  const [a, b] = [session.onTable(first, 0, layout), session.onTable(first, 1, layout)];
  assert.ok(Math.abs(a.x + a.width / 2 + b.x + b.width / 2 - width) < 4, 'mirrored');
  assert.ok(session.registeredLayout !== undefined, 'small pictures of places stay registered');
});

test('the slider: by its line where there is something to move, else from anywhere', () => {
  assert.equal(session.takesLine({ x: 10, y: 10 }), false);
  session.view = 'slider';
  session.arrange();
  assert.equal(session.takesLine({ x: 10, y: 10 }), true);
  session.dragLine({ x: 250, y: 10 });
  assert.equal(session.split, 25);
  session.dragLine({ x: -50, y: 10 });
  assert.equal(session.split, 0);
  session.split = 50;
  session.zoom(4);
  assert.equal(session.takesLine({ x: 10, y: 10 }), false);
  assert.equal(session.takesLine({ x: 510, y: 10 }), true);
});

test('other pictures start anew, other evidence about the same ones keeps how they are looked at', () => {
  session.view = 'blink';
  session.asTheyAre = true;
  session.pair = pairOf(undefined);
  assert.equal(session.asTheyAre, true);
  assert.equal(session.lie, undefined);
  assert.deepEqual(session.changes, []);
  session.pair = pairOf(undefined, 'c');
  assert.equal(session.asTheyAre, false);
  assert.equal(session.view, 'blink');
  session.giveUp();
  assert.equal(session.lie, 'unshowable');
  const again = pairOf(evidence);
  session.pair = again;
  assert.equal(session.lie, 'registered');
  const before = changes;
  session.pair = again;
  assert.equal(changes, before, 'nothing new, nothing done');
});

test('the map: asked for once, dropped with its pair, failing in words', async () => {
  const side = { grid: { columns: 2, rows: 1 }, shares: [0.2, 0.9] };
  const map: LikenessMap = { sides: [side, side], partnersOf: () => [0] };
  let asked = 0;
  const explain = async () => {
    asked += 1;
    return map;
  };
  await Promise.all([session.explain(explain), session.explain(explain)]);
  await session.explain(explain);
  assert.equal(asked, 1);
  assert.equal(session.map, map);
  assert.deepEqual(session.cell, { side: 0, index: 1 }, 'the brightest cell is spoken of');
  session.pair = pairOf(undefined, 'c');
  assert.equal(session.map, undefined);
  await session.explain(explain);
  assert.equal(asked, 1, 'not before it is known how they lie');

  session.pair = pairOf(evidence, 'd');
  const late = session.explain(explain);
  session.pair = pairOf(evidence, 'e');
  await late;
  assert.equal(session.map, undefined, 'another pair’s map');
  await session.explain(() => Promise.reject(new Error('no model')));
  assert.equal(session.map, 'failed');
});
