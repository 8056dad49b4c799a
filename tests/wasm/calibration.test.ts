/** The calibrations that ship: strictly monotone, 100 at cosine 1, finite everywhere. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { internalModule } from '../support/internal.js';

const { startModule } =
  await internalModule<typeof import('../../dist/package/binding/module.js')>(
    './binding/module.js',
  );
const { knownModels } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );

const STEPS = 20_000;

for (const { id, calibration } of knownModels()) {
  test(`the calibration of ${id}`, async () => {
    const wasm = readFileSync('dist/package/likeness-core.wasm');
    const module = await startModule(await WebAssembly.compile(wasm));
    const outcome = module.createScorer(calibration);
    assert.ok(outcome.ok);
    const scorer = outcome.value;
    const at = (cosine: number) => {
      const rating = scorer.rate([cosine], [cosine], null, null);
      assert.ok(rating.ok, `cosine ${cosine}`);
      return rating.value;
    };
    try {
      let previous = { score: -1, probability: -1 };
      for (let step = -STEPS; step <= STEPS; step += 1) {
        const { score, probability } = at(step / STEPS);
        assert.ok(score > previous.score, `score at ${step / STEPS}`);
        assert.ok(probability > previous.probability, `probability at ${step / STEPS}`);
        previous = { score, probability };
      }
      assert.equal(at(-1).score, 0);
      // What nothing proves stays below the scores of copies.
      assert.deepEqual(previous, { score: 87.9, probability: 1 });
      for (const cosine of [-1e300, -1, -Number.MIN_VALUE, 0, 1 - 2 ** -53, 1, 1e300]) {
        const { score, probability } = at(cosine);
        assert.ok(score >= 0 && score <= 100 && probability >= 0 && probability <= 1);
      }
    } finally {
      scorer.delete();
    }
  });
}
