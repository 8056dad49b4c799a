/** The same pixels give the same tensor, bit for bit, in native code and in WebAssembly. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
import { fnv1a } from '../support/fnv.js';
import { nativeTensorHashes, withoutNative } from '../support/native.js';
import { FULL_MODEL, referencePngs, withoutModel, withoutReference } from '../support/reference.js';

/** Short side and crop of both MobileNetV2s, in pixels, as models/manifest.json has them. */
const INPUTS = { 'mobilenetv2-lite': [146, 128], mobilenetv2: [256, 224] } as const;

for (const [model, [resize, crop]] of Object.entries(INPUTS)) {
  test(`Node makes the tensors that the native core makes: ${model}`, {
    skip: withoutReference || withoutNative || (model === FULL_MODEL && withoutModel),
  }, async () => {
    const paths = referencePngs();
    const native = nativeTensorHashes(resize, crop, paths);
    assert.equal(native.length, paths.length);
    await using likeness = await createLikeness({ model });
    for (const [index, path] of paths.entries()) {
      const tensor = await likeness.preprocess(readFileSync(path));
      assert.equal(tensor.length, 3 * crop * crop);
      assert.equal(fnv1a(tensor), native[index], path);
    }
  });
}
