/** Engines in worker threads: the same bits, side by side, replaced when they die. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createLikeness, LikenessError, type LoadProgress } from 'image-likeness';
import { randomEmbeddings } from '../support/embeddings.js';
import { codeOf } from '../support/errors.js';
import { internalModule } from '../support/internal.js';
import { tellOutcome } from '../support/outcomes.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { killAt, killWorkers, takeCrossings } from '../support/workers.js';

/** The typed arrays in plain data. */
function arraysIn(value: unknown): ArrayBufferView[] {
  if (ArrayBuffer.isView(value)) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(arraysIn) : [];
}

const pixels = testPixels(320, 240);
const other = testPixels(300, 200, 7);

test('worker threads give the bits of this thread', async (t) => {
  await using here = await createLikeness();
  await using likeness = await createLikeness({ workers: 2 });
  const expected = await here.embed(pixels);

  await t.test('for embeddings, comparisons and maps', async () => {
    assert.deepEqual(await likeness.embed(pixels), expected);
    const options = { explain: true, orientations: true };
    const { timings: _, ...comparison } = await likeness.compare(pixels, other, options);
    const { timings: __, ...alone } = await here.compare(pixels, other, options);
    assert.deepEqual(comparison, alone);
    assert.equal(likeness.info.workers, 2);
  });

  await t.test('whichever of them answers', async () => {
    const { handles: ofOne } = await here.memory();
    // The second worker joins when it is ready, be the machine ever so slow.
    for (let handles = 0; handles < 2 * ofOne; { handles } = await likeness.memory()) {
      const answers = await Promise.all(Array.from({ length: 4 }, () => likeness.embed(pixels)));
      for (const answer of answers) assert.deepEqual(answer, expected);
    }
  });

  await t.test('in order, through embedAll', async () => {
    const images = Array.from({ length: 9 }, (_, seed) => testPixels(90 + seed, 70, seed));
    let index = 0;
    for await (const result of likeness.embedAll(images)) {
      assert.equal(result.index, index);
      assert.deepEqual(result.embedding, await here.embed(images[index] ?? pixels));
      index += 1;
    }
    assert.equal(index, images.length);
  });

  await t.test('progress comes once, however many there are', async () => {
    const seen: LoadProgress[] = [];
    await using _ = await createLikeness({ workers: 3, onProgress: (step) => seen.push(step) });
    for (const phase of ['core', 'model', 'session']) {
      const steps = seen.filter((step) => step.phase === phase);
      assert.ok(steps.length > 0);
      for (const [at, { loaded, total }] of steps.entries()) {
        assert.ok(loaded <= total && loaded > (steps[at - 1]?.loaded ?? -1));
      }
      assert.equal(steps.at(-1)?.loaded, steps.at(-1)?.total);
    }
  });
});

test('as many engines start at once as are asked for', async () => {
  const { EnginePool } =
    await internalModule<typeof import('../../dist/package/api/pool.js')>('api/pool.js');
  const { BackendLadder } =
    await internalModule<typeof import('../../dist/package/api/ladder.js')>('api/ladder.js');
  const known = await createLikeness();
  const { model, info } = known;
  await known.dispose();
  /** Engines that come up, or fail, when they are told to. */
  const starts: { resolve(): void; reject(error: Error): void }[] = [];
  let disposed = 0;
  const ladder = new BackendLadder(async () => {
    await new Promise<void>((resolve, reject) => starts.push({ resolve, reject }));
    const dispose = async () => {
      disposed += 1;
    };
    return { info: { model, info }, onLost: () => undefined, dispose } as never;
  }, ['core']);
  const starting = EnginePool.start(ladder, 3, 2, undefined);
  assert.equal(starts.length, 2);
  starts[1]?.resolve();
  starts[0]?.resolve();
  const pool = await starting;
  await Promise.all([pool.run(async () => {}, undefined), pool.run(async () => {}, undefined)]);
  assert.equal(starts.length, 2, 'there is room for both');
  await pool.dispose();
  assert.equal(disposed, 2);

  // There is no pool without the first one, and without the second one there is.
  const failure = new LikenessError('wasm-load-failed', 'It did not come up.');
  const failing = EnginePool.start(ladder, 2, 2, undefined);
  starts[2]?.reject(failure);
  await assert.rejects(failing, failure);
  starts[3]?.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(disposed, 3);
  const alone = EnginePool.start(ladder, 2, 2, undefined);
  starts[5]?.reject(failure);
  starts[4]?.resolve();
  await (await alone).run(async () => {}, undefined);
  await (await alone).dispose();
  assert.equal(disposed, 4);
});

test('buffers stay the caller’s, unless given away', async () => {
  await using likeness = await createLikeness({ workers: 1 });
  const expected = await likeness.embed(pixels);
  const png = new Uint8Array(writePng(pixels));
  const copy = png.slice();
  assert.deepEqual(await likeness.embed(png), expected);
  assert.deepEqual(png, copy);
  const kept = testPixels(320, 240);
  await likeness.embed(kept);
  assert.deepEqual(kept, pixels);

  assert.deepEqual(await likeness.embed(png, { transfer: true }), expected);
  assert.equal(png.byteLength, 0);
  assert.deepEqual(await likeness.embed(copy.buffer, { transfer: true }), expected);
  assert.equal(copy.byteLength, 0);
  assert.deepEqual(await likeness.embed(kept, { transfer: true }), expected);
  assert.equal(kept.data.length, 0);
  assert.equal(await codeOf(likeness.embed(copy, { transfer: true })), 'corrupt-image');
  assert.equal(await codeOf(likeness.embed(copy)), 'corrupt-image');
  assert.equal(await codeOf(likeness.embed(kept)), 'invalid-argument');
  assert.deepEqual(await likeness.embed(pixels), expected);
});

test('calls that wait can be aborted, and dispose ends them', async () => {
  const likeness = await createLikeness({ workers: 1 });
  const controller = new AbortController();
  const first = likeness.embed(pixels);
  const waiting = codeOf(likeness.embed(other, { signal: controller.signal }));
  const last = codeOf(likeness.embed(other));
  controller.abort();
  assert.equal(await waiting, 'aborted');
  await first;
  const disposed = likeness.dispose();
  assert.equal(await last, 'disposed');
  await disposed;
  assert.equal(await codeOf(likeness.memory()), 'disposed');
});

test('where threads can’t share memory, workers take their place', async () => {
  await using likeness = await createLikeness({ threads: 2 });
  const { threads, workers } = likeness.info;
  assert.deepEqual({ threads, workers }, { threads: 1, workers: 2 });
});

test('a killed worker is replaced, idle or in the middle of a call', async (t) => {
  await using likeness = await createLikeness({ workers: 1 });
  const expected = await likeness.embed(pixels);
  void killWorkers();
  assert.deepEqual(await likeness.embed(pixels), expected);
  const underWay = likeness.compare(pixels, other, { orientations: true });
  const second = likeness.embed(pixels);
  await new Promise((resolve) => setImmediate(resolve));
  void killWorkers();
  assert.ok((await underWay).score < 100);
  assert.deepEqual(await second, expected);
  assert.deepEqual(likeness.info.demoted, []);
  tellOutcome(t, 'a worker thread killed, idle or in a call', 'replaced, the call made again');
});

test('a compared pair crosses threads in six messages, and its arrays move', async () => {
  await using likeness = await createLikeness({ workers: 2 });
  for (const options of [{}, { explain: true, orientations: true }] as const) {
    takeCrossings();
    await likeness.compare(pixels, other, options);
    const crossings = takeCrossings().filter(({ message: { name } }) => name !== 'start');
    const calls = crossings.flatMap(({ to, message }) => (to === 'worker' ? [message] : []));
    // Number 0 is the answer to `start`, of a worker that joins.
    const answers = crossings.filter(({ to, message }) => to === 'caller' && message['id'] !== 0);
    assert.deepEqual(
      calls.map(({ name }) => name),
      ['analyse', 'analyse', 'relate'],
    );
    assert.equal(answers.length, 3);
    assert.deepEqual(
      arraysIn(calls.at(-1)?.['args'])
        .map(({ byteLength }) => byteLength)
        .filter((bytes) => bytes > 0),
      [],
    );
  }
  const embedding = await likeness.embed(pixels);
  await likeness.similarity(embedding, embedding);
  assert.equal(embedding.vector.length, 1280, 'what is the caller’s is copied');
});

test('what a lost worker took with it is made again', async (t) => {
  await using here = await createLikeness();
  await using likeness = await createLikeness({ workers: 1 });
  const options = { explain: true, orientations: true } as const;
  const { timings: _, ...expected } = await here.compare(pixels, other, options);
  for (const transfer of [false, true]) {
    killAt('relate');
    const [a, b] = [testPixels(320, 240), testPixels(300, 200, 7)];
    const { timings: __, ...comparison } = await likeness.compare(a, b, { ...options, transfer });
    assert.deepEqual(comparison, expected);
  }
  tellOutcome(
    t,
    'a worker thread killed as it relates a pair',
    'replaced, the pair analysed again',
  );
});

test('idle workers do not keep a process alive', async () => {
  const script = `
    import { createLikeness } from 'image-likeness';
    const likeness = await createLikeness({ workers: 1 });
    const data = new Uint8ClampedArray(40 * 30 * 4).fill(99);
    const { dimension } = await likeness.embed({ width: 40, height: 30, data });
    process.stdout.write(String(dimension));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
  ]);
  assert.equal(stdout, '1280');
});

test('an index in a worker thread answers as one in this thread, and ends with its worker', async () => {
  await using here = await createLikeness();
  await using likeness = await createLikeness({ workers: 1 });
  const embeddings = randomEmbeddings('m@1', 1500, 1280, 12);
  const [query] = embeddings;
  assert.ok(query !== undefined);
  const index = await likeness.createIndex(embeddings);
  const expected = await here.nearest(query, embeddings, 9);
  assert.deepEqual(await index.nearest(query, 9), expected);
  const underWay = codeOf(index.pairwise());
  void killWorkers();
  assert.equal(await underWay, 'backend-failed');
  assert.equal(await codeOf(index.nearest(query, 9)), 'backend-failed');
  await index.dispose();
  assert.deepEqual(await likeness.nearest(query, embeddings, 9), expected);
});

test('an index in a worker does not keep a process alive', async () => {
  const script = `
    import { createLikeness } from 'image-likeness';
    const likeness = await createLikeness({ workers: 1 });
    const vector = new Float32Array(4).fill(1);
    const index = await likeness.createIndex([{ model: 'm@1', dimension: 4, vector }]);
    console.log(index.size);`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
  ]);
  assert.equal(stdout, '1\n');
});
