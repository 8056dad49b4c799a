/** Finding, downloading and making models: only files with a known hash are ever used. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { buildClassifier } from '../support/classifier.js';
import { codeOf } from '../support/errors.js';
import { sendWithRanges, startServer } from '../support/file-server.js';
import { internalModule } from '../support/internal.js';
import { tellOutcome } from '../support/outcomes.js';
import { TemporaryDirectory } from '../support/temporary.js';

const { fetchModel } =
  await internalModule<typeof import('../../dist/package/cli/models/fetch.js')>(
    './cli/models/fetch.js',
  );
const { locateModel } =
  await internalModule<typeof import('../../dist/package/node/locate.js')>('./node/locate.js');
const { writeOnnx } =
  await internalModule<typeof import('../../dist/package/cli/models/onnx.js')>(
    './cli/models/onnx.js',
  );
const { findModel } =
  await internalModule<typeof import('../../dist/package/models/manifest.js')>(
    './models/manifest.js',
  );

const source = writeOnnx(buildClassifier({ size: 28, channels: 16, stride: 4, classes: 10 }));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A manifest entry whose source is the classifier above. */
const entryFrom = (...urls: string[]) => ({
  ...findModel('mobilenetv2'),
  id: 'tiny',
  sources: [
    { urls, bytes: source.length, sha256: sha256(source), made: 'cut-classifier' as const },
  ],
  accepted: [],
  input: { name: 'input', size: 28 },
  output: { name: 'features', channels: 16, cells: 49 },
});

let directory: TemporaryDirectory;
const environment = { ...process.env };

beforeEach(() => {
  directory = new TemporaryDirectory();
  process.env['XDG_CACHE_HOME'] = directory.file('cache');
  delete process.env['LIKENESS_MODEL_DIR'];
});

afterEach(() => {
  directory[Symbol.dispose]();
  process.env['XDG_CACHE_HOME'] = environment['XDG_CACHE_HOME'];
  process.env['LIKENESS_MODEL_DIR'] = environment['LIKENESS_MODEL_DIR'];
});

test('a model is downloaded, cut, and found by its hash from then on', async () => {
  await using server = await startServer((request, response) =>
    sendWithRanges(source, request, response),
  );
  const entry = entryFrom(`${server.origin}/m`);
  const out = directory.file('out');
  const fetched = await fetchModel(entry, out);
  assert.equal(fetched.downloaded, true);
  assert.equal(sha256(readFileSync(fetched.path)), fetched.sha256);
  assert.deepEqual(readdirSync(out), ['tiny.onnx', 'tiny.onnx.json']);
  assert.equal((await locateModel(entry, [out]))?.sha256, fetched.sha256);

  const again = await fetchModel(entry, out);
  assert.deepEqual(again, { ...fetched, downloaded: false });
  const elsewhere = directory.file('elsewhere');
  process.env['LIKENESS_MODEL_DIR'] = out;
  assert.equal((await fetchModel(entry, elsewhere)).downloaded, false);
  assert.deepEqual(readdirSync(elsewhere), ['tiny.onnx', 'tiny.onnx.json']);
  assert.equal(server.asked.length, 1);
});

test('a source with another hash is refused, and the old model stays', async () => {
  await using server = await startServer((_request, response) =>
    response.end(Buffer.alloc(source.length)),
  );
  const entry = entryFrom(`${server.origin}/m`);
  writeFileSync(directory.file('tiny.onnx'), 'the old file');
  assert.equal(await codeOf(fetchModel(entry, directory.path)), 'model-hash-mismatch');
  assert.equal(readFileSync(directory.file('tiny.onnx'), 'utf8'), 'the old file');
});

test('a file altered by one byte is not the model', async (t) => {
  await using server = await startServer((request, response) =>
    sendWithRanges(source, request, response),
  );
  const entry = entryFrom(`${server.origin}/m`);
  const { path } = await fetchModel(entry, directory.path);
  const altered = readFileSync(path);
  altered[altered.length >> 1] = (altered[altered.length >> 1] ?? 0) ^ 1;
  writeFileSync(path, altered);
  assert.equal(await codeOf(locateModel(entry, [directory.path])), 'model-hash-mismatch');
  assert.equal((await fetchModel(entry, directory.path)).downloaded, true);
  assert.ok(await locateModel(entry, [directory.path]));
  tellOutcome(t, 'a model file on the disk altered by one byte', 'refused; it is fetched anew');
});

test('a record that names an unknown source counts for nothing', async () => {
  await using server = await startServer((request, response) =>
    sendWithRanges(source, request, response),
  );
  const entry = entryFrom(`${server.origin}/m`);
  const { path } = await fetchModel(entry, directory.path);
  const record = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
  writeFileSync(`${path}.json`, JSON.stringify({ ...record, source: { sha256: '0'.repeat(64) } }));
  assert.equal(await codeOf(locateModel(entry, [directory.path])), 'model-hash-mismatch');
});

test('a model that the manifest knows by hash is found under any name', async () => {
  const bytes = Buffer.from('made elsewhere');
  const accepted = [{ sha256: sha256(bytes), bytes: bytes.length, note: 'test' }];
  const entry = { ...entryFrom(), accepted };
  writeFileSync(directory.file('other-name.onnx'), bytes);
  const found = await locateModel(entry, [directory.file('missing'), directory.path]);
  assert.equal(found?.path, directory.file('other-name.onnx'));
});

test('without a mirror that answers, the error says so and nothing is left', async () => {
  await using server = await startServer((_request, response) => response.writeHead(404).end());
  const entry = entryFrom(`${server.origin}/m`);
  const fetched = fetchModel(entry, directory.path, { tries: 1 });
  assert.equal(await codeOf(fetched), 'fetch-failed');
  assert.equal(existsSync(directory.file('tiny.onnx')), false);
});
