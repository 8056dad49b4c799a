/** Damaged and hostile files through WebAssembly: a result or a clear error each, nothing else. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLikeness, LikenessError } from 'image-likeness';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { referencePath, withoutReference } from '../support/reference.js';

const png = writePng(testPixels(64, 48));

test('every malformed file ends in a result or a code', {
  skip: withoutReference,
}, async (t) => {
  await using likeness = await createLikeness();
  const good = await likeness.preprocess(png);
  const outcomes = new Map<string, number>();
  for (const name of readdirSync(referencePath('images/malformed'))) {
    const outcome = await likeness
      .preprocess(readFileSync(referencePath(`images/malformed/${name}`)))
      .then(
        ({ data }) => {
          assert.ok(data.every(Number.isFinite), `${name} gives a number that is not finite`);
          return 'tensor';
        },
        (error: unknown) => {
          assert.ok(error instanceof LikenessError, `${name} rejects with ${error}`);
          return error.code;
        },
      );
    assert.ok(
      ['tensor', 'corrupt-image', 'unsupported-format', 'image-too-large'].includes(outcome),
      `${name} ends in ${outcome}`,
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    assert.deepEqual(await likeness.preprocess(png), good, `the image after ${name}`);
  }
  t.diagnostic(JSON.stringify(Object.fromEntries(outcomes)));
});

test('a file cut off anywhere ends in a result or a code', async () => {
  await using likeness = await createLikeness();
  for (let length = 0; length < png.length; length += 7) {
    await assert.rejects(likeness.preprocess(png.subarray(0, length)), LikenessError);
  }
  await likeness.preprocess(png);
});
