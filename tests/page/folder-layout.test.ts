/** The map of a folder: places by UMAP, and what is seen of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOut } from '../../web/src/folder/layout.ts';
import type { Neighbours } from '../../web/src/folder/neighbours.ts';
import { nearest, pan, scaleOf, spacingOf, WHOLE, zoomAt } from '../../web/src/folder/plane.ts';

/** Two crowds: each picture is close to those of its own. */
function crowds(size: number): Neighbours {
  const near = (number: number): number[] =>
    Array.from({ length: 8 }, (_, at) => {
      const first = number < size ? 0 : size;
      return first + ((number - first + at + 1) % size);
    });
  const numbers = Array.from({ length: 2 * size }, (_, number) => near(number));
  return { numbers, distances: numbers.map((all) => all.map((_, at) => 0.1 + at / 100)) };
}

test('the same neighbours give the same places, between 0 and 1, and crowds lie apart', () => {
  const shares: number[] = [];
  const places = layOut(crowds(30), (share) => shares.push(share));
  assert.deepEqual(places, layOut(crowds(30)));
  assert.ok(places.every((value) => value >= 0 && value <= 1));
  assert.ok(shares.length > 5 && shares.every((share) => share >= 0 && share < 1));
  let right = 0;
  for (let number = 0; number < 60; number += 1) {
    const others = places.map((value, at) => (at >> 1 === number ? 9 : value));
    const next = nearest(others, places[2 * number] ?? 0, places[2 * number + 1] ?? 0);
    right += Number(next < 30 === number < 30);
  }
  assert.ok(right >= 57, `${right} of 60 lie beside one of their own`);
});

test('what is under the pointer stays there while the plane is enlarged', () => {
  const side = 500;
  const near = zoomAt(WHOLE, side, 4, 100, -50);
  const under = (plane: typeof WHOLE) => [
    plane.x + 100 / scaleOf(plane, side),
    plane.y - 50 / scaleOf(plane, side),
  ];
  const [before, after] = [under(WHOLE), under(near)];
  assert.ok(
    Math.hypot((before[0] ?? 0) - (after[0] ?? 0), (before[1] ?? 0) - (after[1] ?? 0)) < 1e-9,
  );
  assert.deepEqual(zoomAt(near, side, 1e-6), WHOLE);
  const moved = pan(near, side, -50, 0);
  assert.ok(moved.x > near.x && moved.y === near.y);
  assert.equal(pan(near, side, 1e6, 0).x, 0, 'the middle stays among the places');
  assert.equal(nearest(new Float32Array(), 0, 0), -1);
  assert.equal(spacingOf(Float32Array.of(0, 0, 0.5, 0, 1, 0)), 0.5);
  assert.equal(spacingOf(Float32Array.of(0, 0)), 1);
});
