/** What WebAssembly ends with: a lack of memory is told from a fault, and the next call works after both. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLikeness, type Likeness, LikenessError } from 'image-likeness';
import type { WireImageProcessor } from '../../dist/package/binding/wire.js';
import { codeOf } from '../support/errors.js';
import { ANY_CALIBRATION } from '../support/golden.js';
import { internalModule } from '../support/internal.js';
import { tellOutcome } from '../support/outcomes.js';
import { testPixels } from '../support/pixels.js';

type ModuleFile = typeof import('../../dist/package/binding/module.js');
type CollectionFile = typeof import('../../dist/package/binding/core-collection.js');
type IndexFile = typeof import('../../dist/package/binding/core-index.js');
type UnwrapFile = typeof import('../../dist/package/binding/unwrap.js');

const { startModule } = await internalModule<ModuleFile>('./binding/module.js');
const { CoreCollection } = await internalModule<CollectionFile>('./binding/core-collection.js');
const { CoreIndex } = await internalModule<IndexFile>('./binding/core-index.js');
const { unwrap } = await internalModule<UnwrapFile>('./binding/unwrap.js');
const wasm = new Uint8Array(
  readFileSync(new URL('./likeness-core.wasm', import.meta.resolve('image-likeness'))),
);

const MEMORY_SECTION = 5;

/** The core with no more memory than it starts with, and `pages` of 64 KiB. */
function withLittleMemory(pages: number): Uint8Array<ArrayBuffer> {
  let at = 8;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at] ?? 0;
      at += 1;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (wasm[at] !== MEMORY_SECTION) {
    at += 1;
    const length = number();
    at += length;
  }
  const start = at;
  at += 1;
  const end = number() + at;
  assert.deepEqual([wasm[at], wasm[at + 1]], [1, 1], 'one memory with a maximum');
  at += 2;
  const least = number();
  const leb = (value: number): number[] => [(value & 127) | 128, value >> 7];
  const section = [1, 1, ...leb(least), ...leb(least + pages)];
  const patch = [MEMORY_SECTION, section.length, ...section];
  return Uint8Array.from([...wasm.subarray(0, start), ...patch, ...wasm.subarray(end)]);
}

/** Overwrites all memory that a view shows a part of, as a wild pointer might. */
function ruin({ buffer }: ArrayBufferView): void {
  new Uint8Array(buffer).fill(255);
}

/** The C++ objects of an engine in this thread. */
function runningIn(likeness: Likeness): { readonly processor: WireImageProcessor } {
  const [member] = Reflect.get(Reflect.get(likeness, 'pool'), 'members') as Set<object>;
  const engine: object = Reflect.get(member ?? {}, 'engine');
  return Reflect.get(Reflect.get(engine, 'core'), 'running');
}

const SPACE = {
  model: 'm@1/whole',
  dimension: 1280,
  mean: null,
  calibration: ANY_CALIBRATION,
} as const;

const pixels = testPixels(64, 48);

test('a collection at the end of its memory is lost', async () => {
  const compiled = await WebAssembly.compile(withLittleMemory(64));
  const collection = await CoreCollection.open(compiled, SPACE);
  const refused = Array.from({ length: 2 ** 20 }, () => ({ a: 0, b: 1 }));
  await assert.rejects(collection.groups(refused), {
    code: 'out-of-memory',
    message: /^The collection ran out of memory and is lost/,
  });
  assert.equal(await codeOf(collection.search(1)), 'out-of-memory');
  await collection.dispose();
});

test('a core at the end of its memory starts anew', async (t) => {
  await using likeness = await createLikeness({ wasmBinary: withLittleMemory(96) });
  const expected = await likeness.embed(pixels);
  let traps = 0;
  for (let side = 800; side <= 1300; side += 20) {
    const call = likeness.embed(testPixels(side, side), { detail: true, sketch: true });
    const error = await call.catch((thrown: unknown) => thrown);
    if (!(error instanceof LikenessError)) continue;
    assert.equal(error.code, 'out-of-memory');
    if (error.message.startsWith('The core ran out of memory and will be restarted')) traps += 1;
    assert.deepEqual(await likeness.embed(pixels), expected);
  }
  assert.ok(traps > 0, 'in C++ that has no other way to say so');
  tellOutcome(t, 'a core with 6 MiB beside itself', 'out-of-memory; the next call works');
});

test('a core that stops at a fault starts anew', async (t) => {
  await using likeness = await createLikeness();
  const expected = await likeness.embed(pixels);
  ruin(unwrap(runningIn(likeness).processor.stage(4)));
  await assert.rejects(likeness.embed(pixels), { code: 'internal', message: /Please report this/ });
  assert.deepEqual(await likeness.embed(pixels), expected);
  tellOutcome(t, 'the core’s memory overwritten', 'internal; the next call works');
});

/** Its module is known to nobody else, so that no finalizer of Embind meets the ruins. */
async function ruinedIndex(): Promise<InstanceType<typeof CoreIndex>> {
  const module = await startModule(await WebAssembly.compile(wasm));
  const other = module.createIndex();
  const view = unwrap(other.stage(4));
  other.delete();
  const index = new CoreIndex(module);
  ruin(view);
  return index;
}

test('an index that stops at a fault is lost', async () => {
  const index = await ruinedIndex();
  const rows = { model: 'm@1', dimension: 2, values: Float32Array.of(1, 0) };
  assert.equal(await codeOf(index.add(rows)), 'internal');
  assert.equal(await codeOf(index.add(rows)), 'internal');
  assert.equal(await index.bytes(), 0);
});
