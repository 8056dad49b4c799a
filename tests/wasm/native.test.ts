/** The same pixels give the same tensor, bit for bit, in native code and in WebAssembly. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
import { fnv1a } from '../support/fnv.js';
import { nativeTensorHashes, withoutNative } from '../support/native.js';
import { referencePngs, withoutModel, withoutReference } from '../support/reference.js';

test('Node makes the tensors that the native core makes', {
  skip: withoutReference || withoutModel || withoutNative,
}, async () => {
  const paths = referencePngs();
  const native = nativeTensorHashes(paths);
  assert.equal(native.length, paths.length);
  await using likeness = await createLikeness();
  for (const [index, path] of paths.entries()) {
    const tensor = await likeness.preprocess(readFileSync(path));
    assert.equal(fnv1a(tensor), native[index], path);
  }
});
