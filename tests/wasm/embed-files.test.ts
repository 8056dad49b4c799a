/** `embedFiles`: read once, looked up, embedded where it must be. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createLikeness, type Embedding } from 'image-likeness';
import { type EmbeddedFile, type EmbeddingStore, embedFiles } from 'image-likeness/grouping';
import { codeOf } from '../support/errors.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { tinyModel } from '../support/tiny-model.js';

const pngs = [1, 2, 3].map((seed) => new Uint8Array(writePng(testPixels(60, 40, seed))));
const files = pngs.map((png, at) => new File([png], `${at}.png`));

async function all<F extends File>(
  results: AsyncGenerator<EmbeddedFile<F>>,
): Promise<EmbeddedFile<F>[]> {
  const found: EmbeddedFile<F>[] = [];
  for await (const result of results) found.push(result);
  return found;
}

/** A store that remembers what it was asked for. */
class MapStore implements EmbeddingStore {
  readonly kept = new Map<string, Embedding>();
  readonly asked: string[] = [];

  async get(sha256: string): Promise<Embedding | undefined> {
    this.asked.push(sha256);
    return this.kept.get(sha256);
  }

  put(sha256: string, embedding: Embedding): void {
    this.kept.set(sha256, embedding);
  }
}

test('files are embedded once and known the next time', async () => {
  await using likeness = await createLikeness({ model: tinyModel });
  const store = new MapStore();
  const first = await all(embedFiles(likeness, files, { store }));
  const hashes = pngs.map((png) => createHash('sha256').update(png).digest('hex'));
  // Files are hashed side by side, so that a later one may be asked for first.
  assert.deepEqual([...store.asked].sort(), [...hashes].sort());
  assert.deepEqual([...store.kept.keys()].sort(), [...hashes].sort());
  for (const [at, { file, embedding, error }] of first.entries()) {
    assert.equal(error, undefined);
    assert.equal(file, files[at]);
    const png = pngs[at] ?? new Uint8Array();
    assert.deepEqual(embedding, await likeness.embed(png, { sketch: true }));
  }
  const again = await all(embedFiles(likeness, files, { store }));
  assert.deepEqual(
    again.map(
      (result) => result.error === undefined && [result.sha256, result.bytes, result.known],
    ),
    pngs.map(({ byteLength }, at) => [hashes[at], byteLength, true]),
  );
  assert.equal(again[0]?.embedding, first[0]?.embedding, 'as the store gives it');
  const anew = await all(embedFiles(likeness, files));
  assert.deepEqual(
    anew.map(({ embedding }) => embedding),
    first.map(({ embedding }) => embedding),
  );
});

test('a file that can’t be read is a result, with what was wrong', async () => {
  await using likeness = await createLikeness({ model: tinyModel });
  const gone = Object.assign(new File([], 'gone.png'), {
    arrayBuffer: () => Promise.reject(new RangeError('it was moved')),
  });
  const text = new File(['no picture'], 'notes.txt');
  const store = new MapStore();
  const results = await all(embedFiles(likeness, [text, gone, ...files], { store }));
  assert.deepEqual(
    results.map(({ error }) => error?.code),
    ['unsupported-format', 'invalid-argument', undefined, undefined, undefined],
  );
  assert.match(results[0]?.error?.message ?? '', /^notes\.txt: /);
  assert.ok(results[1]?.error?.cause instanceof RangeError);
  assert.equal(store.kept.size, files.length);
});

test('an abort, an end and a broken store end it', async () => {
  await using likeness = await createLikeness({ model: tinyModel });
  const controller = new AbortController();
  let read = 0;
  async function* endless(): AsyncGenerator<File> {
    for (;;) {
      read += 1;
      yield files[read % files.length] ?? new File([], '');
    }
  }
  const aborted = (async () => {
    for await (const _ of embedFiles(likeness, endless(), controller)) controller.abort();
  })();
  assert.equal(await codeOf(aborted), 'aborted');
  assert.ok(read <= 3, `${read} files were asked for`);
  const store: EmbeddingStore = {
    get: () => undefined,
    put: () => Promise.reject(new Error('no room')),
  };
  await assert.rejects(all(embedFiles(likeness, files, { store })), /^Error: no room$/);
  for await (const { error } of embedFiles(likeness, files)) {
    assert.equal(error, undefined);
    await likeness.dispose();
    break;
  }
  assert.equal(await codeOf(all(embedFiles(likeness, files))), 'disposed');
});
