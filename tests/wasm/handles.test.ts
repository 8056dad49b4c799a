/** C++ objects that JavaScript holds: counted in C++, and gone after `dispose`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
import { testPixels } from '../support/pixels.js';
import { tinyModel } from '../support/tiny-model.js';

/** The running module of the one engine of a Likeness in this thread. */
function moduleOf(likeness: object): { handlesAlive(): number } {
  const [member] = Reflect.get(Reflect.get(likeness, 'pool'), 'members') as Set<object>;
  const engine: object = Reflect.get(member ?? {}, 'engine');
  return Reflect.get(Reflect.get(Reflect.get(engine, 'core'), 'running'), 'module');
}

test('no C++ object outlives its Likeness, and no call leaves one behind', async () => {
  const likeness = await createLikeness({ model: tinyModel });
  const module = moduleOf(likeness);
  const { handles } = await likeness.memory();
  assert.ok(handles > 0);
  for (let seed = 0; seed < 20; seed += 1) {
    const picture = testPixels(60, 40, seed);
    await likeness.compare(picture, testPixels(40, 60, seed), { explain: true });
    await assert.rejects(likeness.embed(new Uint8Array([1, 2, 3])));
  }
  assert.equal(module.handlesAlive(), handles);
  await likeness.dispose();
  assert.equal(module.handlesAlive(), 0);
});

test('a core that grew large starts afresh and leaves nothing behind', async () => {
  await using likeness = await createLikeness({
    model: tinyModel,
    limits: { maxSide: 25_000_000 },
  });
  const { handles } = await likeness.memory();
  const large = moduleOf(likeness);
  // One band of this picture is a row of 100 MB, more than a core may keep.
  const wide = { width: 25_000_000, height: 1, data: new Uint8ClampedArray(100_000_000) };
  await likeness.embed(wide as unknown as ImageData);
  await likeness.embed(testPixels(60, 40));
  assert.notEqual(moduleOf(likeness), large);
  assert.equal(large.handlesAlive(), 0);
  assert.equal((await likeness.memory()).handles, handles);
});
