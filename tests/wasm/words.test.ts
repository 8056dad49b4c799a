/** A verdict and what was done to a picture, in words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change, ChangeKind } from 'image-likeness';
import { describeChanges, describeVerdict, placesOf } from 'image-likeness/display';

const somewhere = { x: 1, y: 2, width: 3, height: 4 };

function change(kind: ChangeKind, amount = 0): Change {
  return { kind, amount, a: somewhere, b: somewhere };
}

test('turns are named by quarters, others by their angle', () => {
  const turned = (degrees: number) => describeChanges([change('turned', degrees)])[0];
  assert.equal(turned(90.2), 'turned right');
  assert.equal(turned(-90), 'turned left');
  assert.equal(turned(180), 'turned upside down');
  assert.equal(turned(-179.9), 'turned upside down');
  assert.equal(turned(8.5), 'turned by 8.5° clockwise');
  assert.equal(turned(-3.2), 'turned by 3.2° counterclockwise');
  // Hardly any turn is no quarter turn.
  assert.equal(turned(0.28), 'turned by 0.3° clockwise');
});

test('what was done in several places is said once', () => {
  const changes = [change('cropped', 0.52), change('replaced'), change('replaced')];
  assert.deepEqual(describeChanges(changes), ['cropped to 52 %', 'something replaced in 2 places']);
  assert.deepEqual(placesOf(changes), changes.slice(1));
});

test('a verdict is a sentence, with what was done where that is known', () => {
  const evidence = { samePixels: false, changes: [change('mirrored'), change('greyscale')] };
  assert.equal(
    describeVerdict({ verdict: 'near-duplicate', evidence }),
    'Near-duplicate: the same image, mirrored, in grey.',
  );
  assert.equal(describeVerdict({ verdict: 'variant' }), 'Variant: mostly the same image.');
  assert.equal(describeVerdict({ verdict: 'identical', evidence }), 'Identical: the same image.');
});
