/** Groups from links, the threshold from marks, and which picture of a group to keep. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitThreshold, groupsOf, suggestKept } from 'image-likeness/grouping';

const invalid = { code: 'invalid-argument' };

test('links make groups, whatever their order', () => {
  const links = [
    { a: 4, b: 2 },
    { a: 5, b: 6 },
    { a: 0, b: 4 },
    { a: 3, b: 3 },
  ];
  const expected = [
    [0, 2, 4],
    [5, 6],
  ];
  assert.deepEqual(groupsOf(8, links), expected);
  assert.deepEqual(groupsOf(8, links.toReversed()), expected);
  assert.deepEqual(groupsOf(0, []), []);
  assert.throws(() => groupsOf(2, [{ a: 0, b: 2 }]), invalid);
});

test('the threshold has the smallest balanced error', () => {
  const mark = (score: number, right: boolean) => ({ score, right });
  assert.deepEqual(fitThreshold([mark(90, true), mark(70, true), mark(50, false)]), {
    threshold: 60,
    balancedError: 0,
  });
  // 85 and 40 are equally good: the highest.
  const mixed = [mark(90, true), mark(80, false), mark(70, true), mark(10, false)];
  assert.deepEqual(fitThreshold(mixed), { threshold: 85, balancedError: 0.25 });
  assert.deepEqual(fitThreshold(mixed.toReversed()), fitThreshold(mixed));
  // Equal scores stand and fall together.
  assert.equal(fitThreshold([mark(80, true), mark(80, false)]).balancedError, 0.5);
  assert.throws(() => fitThreshold([mark(80, true)]), invalid);
  assert.throws(() => fitThreshold([mark(80, true), mark(NaN, false)]), invalid);
});

test('resolution counts before sharpness, and sharpness before the size of the file', () => {
  const small = { width: 10, height: 10, sharpness: 900, bytes: 9000 };
  const soft = { width: 20, height: 10, sharpness: 5, bytes: 9000 };
  const sharp = { width: 10, height: 20, sharpness: 6, bytes: 100 };
  const unknown = { width: 10, height: 20, bytes: 101 };
  assert.equal(suggestKept([small, soft, sharp]), 2);
  assert.equal(suggestKept([sharp, unknown]), 1);
  assert.equal(suggestKept([soft, { ...soft }]), 0);
  assert.equal(suggestKept([]), -1);
});
