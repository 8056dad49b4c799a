/** models/manifest.json, and what its reader says to broken ones. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DEFAULT_MODEL } from 'image-likeness';
import { internalModule } from '../support/internal.js';

const { embeddedModelUrl } =
  await internalModule<typeof import('../../dist/package/models/embedded.js')>(
    './models/embedded.js',
  );
const { findModel, knownModels, parseEntry, parseManifest, sideOf, strideOf, withView } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );

const manifest = JSON.parse(readFileSync('models/manifest.json', 'utf8'));

test('the package knows the models of models/manifest.json', () => {
  assert.deepEqual(knownModels(), manifest.models);
  assert.deepEqual(parseManifest(manifest), manifest.models, 'fields that nobody reads');
  assert.equal(findModel('mobilenetv2'), findModel('mobilenetv2'), 'nothing is read at each call');
  const lengths = Object.fromEntries(knownModels().map(({ id, dimension }) => [id, dimension]));
  assert.equal(lengths['mobilenetv2'], 1280);
  assert.equal(lengths['resnet50'], 2048);
});

test('ranges of scores are those of the reports', () => {
  const fitted = knownModels().filter(({ calibration }) => calibration.fitted);
  assert.ok(fitted.length >= 2);
  for (const { id, calibration } of fitted) {
    const { labels } = JSON.parse(readFileSync(`models/reports/${id}.json`, 'utf8'));
    for (const kind of ['different', 'similar', 'edited'] as const) {
      assert.deepEqual(calibration.ranges?.[kind], [labels[kind].score5, labels[kind].score95]);
    }
  }
});

test('every mirror is https, and every file has a hash', () => {
  for (const { id, sources, accepted } of knownModels()) {
    assert.ok(sources.length + accepted.length > 0, `${id} comes from nowhere`);
    for (const { urls } of sources) assert.ok(urls.every((url) => url.startsWith('https://')));
  }
});

test('the model in the package is the one in models/, and the manifest knows its hash', () => {
  const url = embeddedModelUrl(DEFAULT_MODEL);
  assert.ok(url !== undefined);
  const bytes = readFileSync(url);
  assert.deepEqual(bytes, readFileSync(`models/${DEFAULT_MODEL}.onnx`));
  const sent = gzipSync(bytes, { level: 9 }).length;
  assert.ok(sent <= 1_000_000, `${sent} bytes as it is sent`);
  const { accepted, fullModel, weightsVersion } = findModel(DEFAULT_MODEL);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  assert.deepEqual(
    accepted.map((file) => [file.sha256, file.bytes]),
    [[sha256, bytes.length]],
  );
  assert.equal(weightsVersion, sha256.slice(0, 8), 'embeddings of other weights never compare');
  assert.ok(fullModel !== undefined && embeddedModelUrl(fullModel) === undefined);
});

test('the whole view has a side of its own where an entry says so', () => {
  const lite = findModel(DEFAULT_MODEL);
  const { name, size } = lite.input;
  const sides = (input: unknown): unknown => {
    const entry = parseEntry({ ...lite, input }, 'model');
    assert.deepEqual(entry.input, input);
    assert.equal(strideOf(entry), 32);
    const centre = withView(entry, 'centre');
    return [entry, centre, withView(centre, 'whole')].map(sideOf);
  };
  assert.deepEqual(sides({ name, size }), [size, size, size]);
  assert.deepEqual(sides({ name, size, wholeSize: 144 }), [144, size, 144]);
  assert.deepEqual(sides({ name, size, wholeSize: 32 }), [32, size, 32]);
});

test('a broken manifest is refused, and the field named', () => {
  const broken: [path: string, value: unknown][] = [
    ['version', 2],
    ['models', 'none'],
    ['models[0].id', 'No Such Id'],
    ['models[0].goodFor', ''],
    ['models[0].fullModel', 'No Such Id'],
    ['models[0].input', null],
    ['models[0].input.size', 0],
    ['models[0].input.wholeSize', 31],
    ['models[0].input.wholeSize', 144.5],
    ['models[0].input.wholeSize', '144'],
    ['models[0].input.wholeSize', null],
    ['models[0].view', 'middle'],
    ['models[0].pooling', 'max'],
    ['models[0].mean', [0.5, 0.5]],
    ['models[1].sources[0].urls[0]', 'http://insecure.example/model.onnx'],
    ['models[1].sources[0].sha256', 'abc'],
    ['models[0].accepted[0].bytes', -1],
    ['models[0].meanEmbedding', [0.1, 0.2]],
    ['models[0].meanEmbedding', '0.1'],
    ['models[0].calibration.score', [100]],
    ['models[0].calibration.fitted', 'yes'],
  ];
  for (const [path, value] of broken) {
    const copy = structuredClone(manifest);
    const keys = path.split(/[.[\]]+/).filter(Boolean);
    const last = keys.pop() ?? '';
    const parent = keys.reduce((object, key) => object[key], copy);
    parent[last] = value;
    assert.throws(
      () => parseManifest(copy),
      ({ code, message }) => code === 'invalid-argument' && message.includes(`manifest.${path}`),
      path,
    );
  }
});
