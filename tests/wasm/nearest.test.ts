/** The nearest embeddings and all pairs: what similarity says, faster, and nothing left behind. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLikeness, type Embedding, type Likeness } from 'image-likeness';
import { randomEmbeddings } from '../support/embeddings.js';
import { codeOf } from '../support/errors.js';
import { internalModule } from '../support/internal.js';

type ModuleFile = typeof import('../../dist/package/binding/module.js');
type CoreIndexFile = typeof import('../../dist/package/binding/core-index.js');

const { startModule } = await internalModule<ModuleFile>('./binding/module.js');
const { CoreIndex } = await internalModule<CoreIndexFile>('./binding/core-index.js');
const compiled = await WebAssembly.compile(
  readFileSync(new URL('./likeness-core.wasm', import.meta.resolve('image-likeness'))),
);

const DIMENSION = 1280;

/** Embeddings that `likeness` takes for its own. */
function embeddingsFor({ info }: Likeness, count: number, seed: number): Embedding[] {
  return randomEmbeddings(info.model, count, DIMENSION, seed);
}

async function plainNearest(likeness: Likeness, query: Embedding, embeddings: Embedding[]) {
  const all: { index: number; cosine: number }[] = [];
  for (const [index, embedding] of embeddings.entries()) {
    all.push({ index, cosine: (await likeness.similarity(query, embedding)).cosine });
  }
  return all.sort((a, b) => b.cosine - a.cosine || a.index - b.index);
}

function rowsOf(embeddings: readonly Embedding[]) {
  const values = new Float32Array(embeddings.length * DIMENSION);
  for (const [row, { vector }] of embeddings.entries()) values.set(vector, row * DIMENSION);
  return { model: 'm@1', dimension: DIMENSION, values };
}

test('nearest gives the cosines of similarity, to the bit, best first', async () => {
  await using likeness = await createLikeness();
  const embeddings = embeddingsFor(likeness, 200, 1);
  embeddings.push(...embeddings.slice(0, 3));
  const [other] = embeddingsFor(likeness, 1, 77);
  for (const query of [other, embeddings[1]]) {
    assert.ok(query !== undefined);
    const expected = await plainNearest(likeness, query, embeddings);
    for (const k of [1, 7, 203]) {
      const found = await likeness.nearest(query, embeddings, k);
      assert.deepEqual(found, expected.slice(0, k));
    }
    assert.deepEqual(await likeness.nearest(query, embeddings, 1e12), expected);
    assert.deepEqual(await likeness.nearest(query, embeddings, 0), []);
    assert.deepEqual(await likeness.nearest(query, [], 5), []);
  }
  // Equal ones in the order they were added.
  const [query] = embeddings;
  assert.ok(query !== undefined);
  const [first, second] = await likeness.nearest(query, embeddings, 2);
  assert.deepEqual(
    [first, second].map((found) => found?.index),
    [0, 200],
  );
  assert.deepEqual(
    [first, second].map((found) => found?.cosine),
    [1, 1],
  );
});

test('pairwise gives all cosines in the order of pdist', async () => {
  await using likeness = await createLikeness();
  const embeddings = embeddingsFor(likeness, 30, 5);
  const cosines = await likeness.pairwise(embeddings);
  assert.equal(cosines.length, (30 * 29) / 2);
  for (const [i, a] of embeddings.entries()) {
    for (const [j, b] of embeddings.entries()) {
      if (j <= i) continue;
      const { cosine } = await likeness.similarity(a, b);
      assert.equal(cosines[i * 30 - (i * (i + 1)) / 2 + j - i - 1], Math.fround(cosine));
    }
  }
  assert.equal((await likeness.pairwise([])).length, 0);
  assert.equal((await likeness.pairwise(embeddings.slice(0, 1))).length, 0);
});

test('an index takes embeddings in many calls and more than one pack', async () => {
  await using likeness = await createLikeness();
  const embeddings = embeddingsFor(likeness, 2000, 9);
  await using index = await likeness.createIndex(embeddings.slice(0, 3));
  assert.equal(index.size, 3);
  await Promise.all([index.add(embeddings.slice(3, 1500)), index.add(embeddings.slice(1500))]);
  assert.equal(index.size, 2000);
  assert.ok((await index.bytes()) > 2000 * DIMENSION * 5);
  for (const place of [0, 2, 3, 1499, 1500, 1999]) {
    const query = embeddings[place];
    assert.ok(query !== undefined);
    assert.deepEqual(await index.nearest(query, 1), [{ index: place, cosine: 1 }]);
  }
});

test('what does not fit is refused, nothing is added, and the next call works', async (t) => {
  await using likeness = await createLikeness();
  const embeddings = embeddingsFor(likeness, 1000, 3);
  const [a] = embeddings;
  assert.ok(a !== undefined);
  await using index = await likeness.createIndex(embeddings);
  const changed = (change: Partial<Embedding>): Embedding => ({ ...a, ...change });
  const bad: [string, Embedding, string][] = [
    ['another model', changed({ model: 'resnet50@1' }), 'model-mismatch'],
    ['another length', changed({ vector: a.vector.subarray(1) }), 'invalid-argument'],
    ['no length', changed({ vector: new Float32Array() }), 'invalid-argument'],
    ['zeros', changed({ vector: new Float32Array(DIMENSION) }), 'zero-embedding'],
    ['NaN', changed({ vector: a.vector.map(() => Number.NaN) }), 'invalid-argument'],
    ['a plain array', JSON.parse(JSON.stringify({ ...a, vector: [1, 2] })), 'invalid-argument'],
  ];
  for (const [name, embedding, code] of bad) {
    await t.test(name, async () => {
      assert.equal(await codeOf(index.nearest(embedding, 1)), code);
      // The bad one comes last, when others have been handed over already.
      assert.equal(await codeOf(index.add([...embeddings, embedding])), code);
      assert.equal(await codeOf(likeness.nearest(a, [a, embedding], 1)), code);
      assert.equal(await codeOf(likeness.pairwise([a, embedding])), code);
      assert.equal(index.size, 1000);
      assert.deepEqual(await index.nearest(a, 1), [{ index: 0, cosine: 1 }]);
      assert.equal((await index.nearest(a, 5000)).length, 1000);
    });
  }
  for (const k of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(await codeOf(index.nearest(a, k)), 'invalid-argument');
  }
  await assert.rejects(
    index.add([...embeddings, changed({ vector: new Float32Array(DIMENSION) })]),
    {
      message: 'embedding 2000 is all zeros and has no direction',
    },
  );
});

test('calls can be aborted, and the next one works', async () => {
  await using likeness = await createLikeness();
  const embeddings = embeddingsFor(likeness, 1500, 4);
  const [a] = embeddings;
  assert.ok(a !== undefined);
  const fired = { signal: AbortSignal.abort() };
  assert.equal(await codeOf(likeness.createIndex(embeddings, fired)), 'aborted');
  assert.equal(await codeOf(likeness.nearest(a, embeddings, 1, fired)), 'aborted');
  assert.equal(await codeOf(likeness.pairwise(embeddings, fired)), 'aborted');
  await using index = await likeness.createIndex(embeddings);
  assert.equal(await codeOf(index.add(embeddings, fired)), 'aborted');
  assert.equal(await codeOf(index.nearest(a, 1, fired)), 'aborted');
  const controller = new AbortController();
  const pairwise = codeOf(index.pairwise({ signal: controller.signal }));
  const next = index.nearest(a, 1);
  await after(5);
  controller.abort();
  assert.equal(await pairwise, 'aborted');
  assert.deepEqual(await next, [{ index: 0, cosine: 1 }]);
  assert.equal(index.size, 1500);
});

test('an aborted call stops between two bands', async () => {
  const module = await startModule(compiled);
  let bands = 0;
  const index = new CoreIndex({
    ...module,
    createIndex() {
      const wire = module.createIndex();
      const { pairwise } = wire;
      wire.pairwise = (first, last) => {
        bands += 1;
        return pairwise.call(wire, first, last);
      };
      return wire;
    },
  });
  const rows = 1500;
  await index.add(rowsOf(randomEmbeddings('m@1', rows, DIMENSION, 6)));
  const controller = new AbortController();
  const call = codeOf(index.pairwise([0, rows], controller.signal));
  setTimeout(() => controller.abort(), 0);
  assert.equal(await call, 'aborted');
  const until = bands;
  assert.ok(until > 0 && until < rows / 8, `${until} bands`);
  await after(50);
  assert.equal(bands, until);
  assert.equal((await index.pairwise([0, rows])).length, (rows * (rows - 1)) / 2);
  await index.dispose();
});

test('disposing ends what is under way', async () => {
  await using likeness = await createLikeness();
  const embeddings = embeddingsFor(likeness, 1500, 8);
  const [a] = embeddings;
  assert.ok(a !== undefined);
  const index = await likeness.createIndex(embeddings);
  const underWay = codeOf(index.pairwise());
  await after(5);
  await index.dispose();
  await index.dispose();
  assert.equal(await underWay, 'disposed');
  assert.equal(await codeOf(index.nearest(a, 1)), 'disposed');
  assert.equal(await codeOf(index.add([a])), 'disposed');
  assert.equal(await codeOf(index.bytes()), 'disposed');

  let kept: Awaited<ReturnType<Likeness['createIndex']>>;
  {
    using scoped = await likeness.createIndex([a]);
    kept = scoped;
    assert.equal((await scoped.nearest(a, 1)).length, 1);
  }
  assert.equal(await codeOf(kept.nearest(a, 1)), 'disposed');

  const last = await likeness.createIndex([a]);
  await likeness.dispose();
  assert.equal(await codeOf(last.nearest(a, 1)), 'disposed');
  assert.equal(await codeOf(likeness.createIndex([a])), 'disposed');
  assert.equal(await codeOf(likeness.nearest(a, [a], 1)), 'disposed');
});

test('no C++ object outlives its index, and neither does the memory', async () => {
  const collectGarbage = exposedGc();
  const disposed: WeakRef<object>[] = [];
  const indexes: object[] = [];
  for (let cycle = 0; cycle < 5; cycle += 1) {
    const module = await startModule(compiled);
    const index = new CoreIndex(module);
    assert.equal(module.handlesAlive(), 1);
    const rows = rowsOf(randomEmbeddings('m@1', 100, DIMENSION, 2));
    await index.add(rows);
    const query = { ...rows, values: rows.values.slice(0, DIMENSION) };
    assert.equal((await index.nearest(query, 3)).rows[0], 0);
    await codeOf(index.nearest({ ...query, model: 'other@1' }, 3));
    await codeOf(index.add({ ...rows, dimension: 7 }));
    await codeOf(index.pairwise([0, 1], AbortSignal.abort()));
    assert.equal(module.handlesAlive(), 1);
    await index.dispose();
    assert.equal(module.handlesAlive(), 0);
    assert.equal(await index.bytes(), 0);
    disposed.push(new WeakRef(module));
    indexes.push(index);
  }
  // A disposed index that is still referred to holds no instance.
  await after(10);
  collectGarbage();
  assert.deepEqual(
    disposed.slice(0, -1).map((module) => module.deref()),
    [undefined, undefined, undefined, undefined],
  );
  assert.equal(indexes.length, 5);
});

function exposedGc(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
