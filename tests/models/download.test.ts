/** Downloads from a local server that misbehaves in every way that servers do. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { codeOf } from '../support/errors.js';
import { sendWithRanges, startServer } from '../support/file-server.js';
import { internalModule } from '../support/internal.js';
import { tellOutcome } from '../support/outcomes.js';
import { TemporaryDirectory } from '../support/temporary.js';

const { downloadFile } = await internalModule<
  typeof import('../../dist/package/cli/models/download.js')
>('./cli/models/download.js');

const content = Buffer.from(
  Uint8Array.from({ length: 300_000 }, (_, index) => (index * index) >> 3),
);
const sha256 = createHash('sha256').update(content).digest('hex');
const known = (...urls: string[]) => ({ urls, bytes: content.length, sha256 });
const quickly = { backoff: 1 };

test('a whole file arrives, with progress that never goes back', async () => {
  using directory = new TemporaryDirectory();
  const path = directory.file('new/model.onnx');
  await using server = await startServer((request, response) =>
    sendWithRanges(content, request, response),
  );
  const seen: number[] = [];
  await downloadFile(known(`${server.origin}/m`), path, {
    onProgress: (loaded, total) => {
      assert.equal(total, content.length);
      seen.push(loaded);
    },
  });
  assert.deepEqual(readFileSync(path), content);
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  assert.equal(seen.at(-1), content.length);
  assert.equal(existsSync(`${path}.part`), false);
});

test('redirects are followed', async () => {
  using directory = new TemporaryDirectory();
  const path = directory.file('model.onnx');
  await using server = await startServer((request, response) => {
    if (request.url === '/here') sendWithRanges(content, request, response);
    else response.writeHead(302, { location: '/here' }).end();
  });
  await downloadFile(known(`${server.origin}/moved`), path, quickly);
  assert.deepEqual(readFileSync(path), content);
  assert.deepEqual(server.asked, ['/moved', '/here']);
});

test('a connection that breaks off is taken up where it broke', async (t) => {
  using directory = new TemporaryDirectory();
  const path = directory.file('model.onnx');
  await using server = await startServer((request, response) => {
    if (request.headers.range !== undefined) return sendWithRanges(content, request, response);
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
  });
  await downloadFile(known(`${server.origin}/m`), path, quickly);
  assert.deepEqual(readFileSync(path), content);
  assert.equal(server.asked.length, 2);
  assert.match(server.asked[1] ?? '', /^\/m bytes=[1-9]\d*-$/);
  tellOutcome(t, 'the network gone half-way through `models fetch`', 'taken up where it broke');
});

test('what an earlier run left behind is used', async () => {
  using directory = new TemporaryDirectory();
  const path = directory.file('model.onnx');
  writeFileSync(`${path}.part`, content.subarray(0, 120_000));
  await using server = await startServer((request, response) =>
    sendWithRanges(content, request, response),
  );
  await downloadFile(known(`${server.origin}/m`), path, quickly);
  assert.deepEqual(readFileSync(path), content);
  assert.deepEqual(server.asked, ['/m bytes=120000-']);
});

test('a server without ranges sends the file anew', async () => {
  using directory = new TemporaryDirectory();
  const path = directory.file('model.onnx');
  writeFileSync(`${path}.part`, 'something else');
  await using server = await startServer((_request, response) => response.end(content));
  await downloadFile(known(`${server.origin}/m`), path, quickly);
  assert.deepEqual(readFileSync(path), content);
});

test('a file that ends too early, again and again, is a failure', async () => {
  using directory = new TemporaryDirectory();
  const path = directory.file('model.onnx');
  writeFileSync(path, 'the old file');
  await using server = await startServer((_request, response) =>
    response.end(content.subarray(0, 1000)),
  );
  const download = downloadFile(known(`${server.origin}/m`), path, { ...quickly, tries: 2 });
  assert.equal(await codeOf(download), 'fetch-failed');
  assert.equal(server.asked.length, 2);
  assert.equal(readFileSync(path, 'utf8'), 'the old file');
});

test('a mirror that is down is passed over, after some tries', async () => {
  using directory = new TemporaryDirectory();
  const path = directory.file('model.onnx');
  await using server = await startServer((request, response) => {
    if (request.url === '/good') sendWithRanges(content, request, response);
    else response.writeHead(503).end();
  });
  const { origin } = server;
  await downloadFile(known(`${origin}/down`, `${origin}/good`), path, { ...quickly, tries: 2 });
  assert.deepEqual(readFileSync(path), content);
  assert.deepEqual(server.asked, ['/down', '/down', '/good']);
});

test('wrong bytes are refused, and the old file stays', async (t) => {
  const wrong = {
    'of the right length': Buffer.alloc(content.length),
    'too many': Buffer.concat([content, Buffer.alloc(1)]),
  };
  for (const [name, bytes] of Object.entries(wrong)) {
    await t.test(name, async () => {
      using directory = new TemporaryDirectory();
      const path = directory.file('model.onnx');
      writeFileSync(path, 'the old file');
      await using server = await startServer((_request, response) => response.end(bytes));
      const download = downloadFile(known(`${server.origin}/m`), path, quickly);
      assert.equal(await codeOf(download), 'model-hash-mismatch');
      assert.equal(server.asked.length, 1, 'another try would bring the same');
      assert.equal(readFileSync(path, 'utf8'), 'the old file');
      assert.equal(existsSync(`${path}.part`), false);
    });
  }
});

test('a download can be aborted, and goes on later', async () => {
  using directory = new TemporaryDirectory();
  const path = directory.file('model.onnx');
  const controller = new AbortController();
  await using server = await startServer((request, response) => {
    if (request.headers.range !== undefined) return sendWithRanges(content, request, response);
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 100_000));
  });
  const file = known(`${server.origin}/m`);
  const aborted = downloadFile(file, path, {
    ...quickly,
    signal: controller.signal,
    onProgress: (loaded) => loaded >= 100_000 && setTimeout(() => controller.abort(), 50),
  });
  assert.equal(await codeOf(aborted), 'aborted');
  await downloadFile(file, path, quickly);
  assert.deepEqual(readFileSync(path), content);
});
