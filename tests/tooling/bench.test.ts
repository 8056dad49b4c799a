/** What `npm run bench` makes of its measurements, and when it complains. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaints, PEERS, readSkippedPeers } from '../../scripts/bench/peers.mjs';
import { takeTurns } from '../../scripts/bench/rounds.mjs';
import { ratiosOf, spreadOf, summaryOf, sumsOf } from '../../scripts/bench/statistics.mjs';

test('a median is told with its spread', () => {
  assert.deepEqual(summaryOf([9, 1, 5]), { median: 5, least: 1, most: 9 });
  assert.equal(spreadOf([30, 10, 20], 'ms'), '20 (10–30) ms');
  assert.equal(spreadOf([1500, 2500, 1000], 'kB', 1000, 1), '1.5 (1.0–2.5) kB');
  assert.throws(() => summaryOf([]), /nothing/);
});

test('ratios are taken within a round', () => {
  // The machine was ten times as busy in the second round; the ratio does not show it.
  assert.deepEqual(ratiosOf([2, 20, 2], sumsOf([[1, 10, 1]])), [2, 2, 2]);
  assert.deepEqual(
    ratiosOf(
      [6, 60],
      sumsOf([
        [1, 10],
        [2, 20],
      ]),
    ),
    [2, 2],
  );
  assert.throws(() => ratiosOf([1, 2], [1]), /2 rounds/);
});

test('contestants take turns, and their first turn does not count', async () => {
  const order: string[] = [];
  const contestant = (name: string) => {
    let turns = 0;
    return {
      turn: () => {
        order.push(name);
        turns += 1;
        return Promise.resolve({ [name]: turns });
      },
    };
  };
  const figures = await takeTurns([contestant('a'), contestant('b')], 2);
  assert.deepEqual(order, ['a', 'b', 'a', 'b', 'a', 'b']);
  assert.deepEqual(figures, { a: [2, 3], b: [2, 3] });
});

test('a peer that did not run is complained of, unless it was to be skipped', () => {
  const skipped = readSkippedPeers(['--skip-peer', 'pillow', '--skip-peer', 'native']);
  assert.deepEqual([...skipped], ['pillow', 'native']);
  const ran = new Set(PEERS.filter((peer) => !['mediapipe', 'pillow', 'native'].includes(peer)));
  assert.deepEqual(complaints(skipped, { mediapipe: 'no model' }, ran), [
    'mediapipe did not run: no model',
  ]);
  assert.deepEqual(complaints(new Set(PEERS), {}, new Set()), []);
});

test('unknown peers and measurements are refused', () => {
  assert.throws(() => readSkippedPeers(['--skip-peer', 'nobody']), /no peer "nobody"/);
  assert.throws(() => readSkippedPeers(['--skip-peer']), /no peer/);
  assert.throws(() => readSkippedPeers(['--fast']), /no measurement "--fast"/);
});
