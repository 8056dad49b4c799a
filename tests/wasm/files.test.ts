/** The files that the package needs, from where the caller says: models, ONNX Runtime, the core; bombs among them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createGzip, gzipSync } from 'node:zlib';
import { createLikeness, type LikenessOptions, type LoadProgress } from 'image-likeness';
import { codeOf } from '../support/errors.js';
import { type LocalServer, startServer } from '../support/file-server.js';
import { tellOutcome } from '../support/outcomes.js';
import { testPixels } from '../support/pixels.js';
import { TemporaryDirectory } from '../support/temporary.js';
import { tinyModel } from '../support/tiny-model.js';

const pixels = testPixels(320, 240);

const runtimePath = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';

/** The options for one file, how progress calls it, and what an unusable one is called. */
const FILES = [
  {
    name: 'model',
    path: 'models/mobilenetv2-lite.onnx',
    backend: 'core',
    from: (modelUrl: string | URL): LikenessOptions => ({ modelUrl }),
    holding: (modelBinary: Uint8Array | ArrayBuffer): LikenessOptions => ({ modelBinary }),
    unusable: 'model-load-failed',
    altered: 'model-hash-mismatch',
  },
  {
    name: 'runtime',
    path: runtimePath,
    backend: 'wasm',
    from: (runtimeUrl: string | URL): LikenessOptions => ({
      runtimeUrl,
      backend: 'wasm',
    }),
    holding: (runtimeBinary: Uint8Array | ArrayBuffer): LikenessOptions => ({
      runtimeBinary,
      backend: 'wasm',
    }),
    unusable: 'wasm-load-failed',
    altered: 'wasm-load-failed',
  },
] as const;

/** An ArrayBuffer that holds these bytes and no others. */
const bufferOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

/** One byte in the middle is another. */
function alter(bytes: Uint8Array): Uint8Array {
  const altered = new Uint8Array(bytes);
  const at = altered.length >> 1;
  altered[at] = (altered[at] ?? 0) ^ 1;
  return altered;
}

for (const { name, path, from, holding, unusable, altered, backend } of FILES) {
  const bytes = new Uint8Array(readFileSync(path));
  const packed = gzipSync(bytes, { level: 1 });

  test(`${name}: by address, compressed or not, or by its bytes`, async (t) => {
    await using usual = await createLikeness({ backend });
    const expected = await usual.embed(pixels);
    await using server = await startServer((request, response) => {
      if (request.url === '/on-the-way') response.setHeader('content-encoding', 'gzip');
      response.end(request.url === '/plain' ? bytes : packed);
    });
    using directory = new TemporaryDirectory();
    writeFileSync(directory.file('packed'), packed);
    const ways: [string, LikenessOptions][] = [
      ['an address', from(`${server.origin}/plain`)],
      [
        'an address of a gzip file, whatever its name',
        from(new URL(`${server.origin}/packed.bin`)),
      ],
      ['a server that compresses on the way', from(`${server.origin}/on-the-way`)],
      ['a file', from(pathToFileURL(resolve(path)))],
      ['a gzip file', from(pathToFileURL(directory.file('packed')))],
      ['a Uint8Array', holding(bytes)],
      ['an ArrayBuffer', holding(bufferOf(bytes))],
    ];
    for (const [way, options] of ways) {
      await t.test(way, async () => {
        const seen: LoadProgress[] = [];
        await using likeness = await createLikeness({
          ...options,
          onProgress: (step) => seen.push(step),
        });
        assert.deepEqual(await likeness.embed(pixels), expected);
        const steps = seen.filter(({ phase }) => phase === name);
        const { length } = bytes;
        assert.deepEqual(steps.at(-1), { phase: name, loaded: length, total: length });
        assert.ok(steps.every(({ loaded, total }) => loaded <= length && total === length));
      });
    }
  });

  test(`${name}: what it is not is refused, and the next call works`, async (t) => {
    await using server = await startServer((request, response) => {
      const answers: Record<string, Uint8Array | string> = {
        '/altered': alter(bytes),
        '/altered.gz': gzipSync(alter(bytes), { level: 1 }),
        '/cut': bytes.subarray(0, bytes.length - 1000),
        '/cut.gz': packed.subarray(0, packed.length - 1000),
        '/longer': Buffer.concat([bytes, bytes]),
        '/page': '<!doctype html><title>not found</title>',
        '/empty': '',
      };
      const answer = answers[request.url ?? ''];
      if (answer === undefined) response.statusCode = 404;
      response.end(answer);
    });
    const cases: [string, LikenessOptions, string][] = [
      ['one byte altered', from(`${server.origin}/altered`), altered],
      ['one byte altered, compressed', from(`${server.origin}/altered.gz`), altered],
      ['its end missing', from(`${server.origin}/cut`), altered],
      ['its end missing, compressed', from(`${server.origin}/cut.gz`), unusable],
      ['twice as long', from(`${server.origin}/longer`), unusable],
      ['a page', from(`${server.origin}/page`), altered],
      ['nothing', from(`${server.origin}/empty`), altered],
      ['status 404', from(`${server.origin}/gone`), unusable],
      ['no file', from(pathToFileURL(resolve('build/gone'))), unusable],
      ['altered bytes', holding(alter(bytes)), altered],
      ['compressed bytes', holding(new Uint8Array(packed)), altered],
      ['both', { ...from(`${server.origin}/plain`), ...holding(bytes) }, 'invalid-argument'],
    ];
    for (const [what, options, code] of cases) {
      await t.test(what, async () => assert.equal(await codeOf(createLikeness(options)), code));
    }
    await using likeness = await createLikeness(holding(bytes));
    assert.equal((await likeness.compare(pixels, pixels)).score, 100);
  });

  test(`${name}: a gzip file that unpacks to more is read no further`, async (t) => {
    const unpacked = countUnpacked(t);
    for (const packedBy of ['file', 'server'] as const) {
      await using server = await startBomb(packedBy);
      assert.equal(await codeOf(createLikeness(from(`${server.origin}/bomb`))), unusable);
    }
    // What the server packs on the way is unpacked by Node's fetch, which nobody counts.
    assert.ok(unpacked() > bytes.length, 'read up to its limit');
    assert.ok(unpacked() < bytes.length * 1.5 + 1_000_000, `${unpacked()} bytes unpacked`);
    tellOutcome(t, `a ${name} without end, as a gzip file`, `${unusable}, read up to its limit`);
  });
}

/** Sends a gzip file of zeros that has no end: read without a limit, it would fill the memory. */
function startBomb(packedBy: 'file' | 'server'): Promise<LocalServer> {
  return startServer((_request, response: ServerResponse) => {
    if (packedBy === 'server') response.setHeader('content-encoding', 'gzip');
    const gzip = createGzip({ level: 1 });
    const zeros = Buffer.alloc(1 << 20);
    const feed = (): void => {
      if (response.destroyed) return;
      gzip.write(zeros, () => setImmediate(feed));
    };
    response.on('close', () => gzip.destroy());
    gzip.on('error', () => undefined);
    gzip.pipe(response);
    feed();
  });
}

/** Counts, until the test ends, what comes out of gzip streams. */
function countUnpacked(t: TestContext): () => number {
  const { DecompressionStream: original } = globalThis;
  let count = 0;
  globalThis.DecompressionStream = class extends original {
    override readonly readable = super.readable.pipeThrough(
      new TransformStream({
        transform(chunk: Uint8Array<ArrayBuffer>, controller) {
          count += chunk.byteLength;
          controller.enqueue(chunk);
        },
      }),
    ) as typeof original.prototype.readable;
  };
  t.after(() => {
    globalThis.DecompressionStream = original;
  });
  return () => count;
}

test('a model of the caller’s own has its file in its description', async () => {
  const modelUrl = 'https://example.org/other.onnx';
  assert.equal(await codeOf(createLikeness({ model: tinyModel, modelUrl })), 'invalid-argument');
});
