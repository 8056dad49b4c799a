/** The recipe of the embedded model, whole, on a few pictures: it runs, goes on and repeats itself. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { internalModule } from '../support/internal.js';
import { TemporaryDirectory } from '../support/temporary.js';
import { runRecipe, withoutTraining } from '../support/training.js';

const { FeatureExtractor } =
  await internalModule<typeof import('../../dist/package/inference.js')>('./inference.js');
const { parseManifest } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );

test('from pictures to a model that ONNX Runtime runs and the manifest names', {
  skip: withoutTraining,
}, async () => {
  using work = new TemporaryDirectory();
  using models = new TemporaryDirectory();
  runRecipe('all', work.path);
  copyFileSync('models/manifest.json', models.file('manifest.json'));
  runRecipe('publish', work.path, '--models', models.path);

  const bytes = readFileSync(models.file('mobilenetv2-lite.onnx'));
  const [entry] = parseManifest(JSON.parse(readFileSync(models.file('manifest.json'), 'utf8')));
  assert.ok(entry !== undefined);
  assert.equal(entry.id, 'mobilenetv2-lite');
  assert.equal(entry.accepted[0]?.bytes, bytes.length);
  assert.ok(bytes.length <= 1_000_000, `${bytes.length} bytes`);
  const network = await FeatureExtractor.create(bytes, entry);
  const { size } = entry.input;
  const grey = new Float32Array(3 * size ** 2).fill(0.5);
  const { data: features } = await network.run({ data: grey, dims: [1, 3, size, size] });
  assert.equal(features.length, entry.output.channels * entry.output.cells);
  assert.ok(features.every((value) => Number.isFinite(value) && value >= 0));
  assert.ok(features.some((value) => value > 0));
  await network.release();

  const report = JSON.parse(readFileSync(work.file('export.json'), 'utf8'));
  assert.ok(report.cosine_to_float_student >= 0.995, `${report.cosine_to_float_student}`);
  const log = readFileSync(work.file('student/log.jsonl'), 'utf8').trim().split('\n');
  const losses = log.map((line) => JSON.parse(line).loss).filter((loss) => loss !== undefined);
  assert.ok(losses.at(-1) < losses[0], `losses ${losses}`);

  runRecipe('export', work.path);
  assert.deepEqual(readFileSync(work.file('mobilenetv2-lite.onnx')), bytes, 'the same bytes again');
});
