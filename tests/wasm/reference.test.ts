/** The package against PyTorch's embeddings of the same weights and images. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createLikeness, type Embedding, type Likeness } from 'image-likeness';
import { plainCosine } from '../support/cosine.js';
import { readNpy } from '../support/npy.js';
import {
  FULL_MODEL,
  referenceLines,
  referencePath,
  withoutModel,
  withoutReference,
} from '../support/reference.js';

const skip = withoutReference || withoutModel;

test('embeddings of the reference images', { skip }, async (t) => {
  let likeness: Likeness;
  before(async () => {
    likeness = await createLikeness({ model: FULL_MODEL, view: 'centre' });
  });
  after(() => likeness.dispose());

  await t.test('are the ones that PyTorch computes', async (t) => {
    const { rows } = readNpy(referencePath('reference/embeddings.npy'));
    const paths = referenceLines('reference/embeddings.txt');
    assert.equal(paths.length, rows.length);
    let largestLossless = 0;
    let largestJpeg = 0;
    for (const [index, path] of paths.entries()) {
      const { vector } = await likeness.embed(readFileSync(referencePath(path)));
      const expected = rows[index];
      assert.ok(expected !== undefined && vector.length === expected.length);
      const deviation = 1 - plainCosine(vector, expected);
      const lossless = path.endsWith('.png');
      assert.ok(deviation <= (lossless ? 1e-5 : 5e-4), `${path} deviates by ${deviation}`);
      if (lossless) largestLossless = Math.max(largestLossless, deviation);
      else largestJpeg = Math.max(largestJpeg, deviation);
    }
    t.diagnostic(
      `largest 1 - cosine: PNG ${largestLossless.toExponential(2)}, JPEG ${largestJpeg.toExponential(2)}`,
    );
  });

  await t.test('score 100 against themselves', async () => {
    for (const path of referenceLines('reference/embeddings.txt')) {
      const bytes = readFileSync(referencePath(path));
      const { score, verdict, cosine } = await likeness.compare(bytes, bytes);
      assert.deepEqual({ score, verdict, cosine }, { score: 100, verdict: 'identical', cosine: 1 });
    }
  });

  await t.test('have the same bits whenever they are computed', async () => {
    const bytes = readFileSync(referencePath('reference/pillow/source-00.png'));
    const first: Embedding = await likeness.embed(bytes);
    const second: Embedding = await likeness.embed(bytes);
    assert.deepEqual(first, second);
  });
});
