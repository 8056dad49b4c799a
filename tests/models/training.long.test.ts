/** The same seed trains the same model. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TemporaryDirectory } from '../support/temporary.js';
import { runRecipe, withoutTraining } from '../support/training.js';

/** Largest relative difference of two runs' losses: threads add up in another order each time. */
const TOLERANCE = 0.02;

/** What a training of 200 steps logs. */
async function lossesOf(work: TemporaryDirectory) {
  await runRecipe('train', work.path, '--steps', '200');
  const lines = readFileSync(work.file('student/log.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line)).filter((entry) => entry.loss !== undefined);
}

test('two runs of 200 steps with one seed log the same losses', {
  skip: withoutTraining,
}, async (t) => {
  using first = new TemporaryDirectory();
  using second = new TemporaryDirectory();
  const [a, b] = [await lossesOf(first), await lossesOf(second)];
  assert.ok(a.length >= 40 && a.length === b.length);
  let largest = 0;
  for (const [index, { step, size, lr, images, minutes: _, ...losses }] of a.entries()) {
    const other = b[index];
    const schedule = [other.step, other.size, other.lr, other.images];
    assert.deepEqual(schedule, [step, size, lr, images], 'the schedule goes by steps');
    for (const name of Object.keys(losses)) {
      const difference = Math.abs(losses[name] - other[name]) / Math.abs(losses[name]);
      largest = Math.max(largest, difference);
    }
  }
  assert.ok(largest <= TOLERANCE, `a loss differs by ${(100 * largest).toFixed(2)} %`);
  t.diagnostic(`largest difference of a logged loss: ${(100 * largest).toFixed(4)} %`);
});
