/** The same pixels give the same tensor, bit for bit, in native code and in WebAssembly. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLikeness } from 'image-likeness';
import { fnv1a } from '../support/fnv.js';
import { nativeTensorHashes, withoutNative } from '../support/native.js';
import { testPixels } from '../support/pixels.js';
import { writePng } from '../support/png.js';
import { FULL_MODEL, referencePngs, withoutModel, withoutReference } from '../support/reference.js';
import { SHAPES } from '../support/shapes.js';
import { TemporaryDirectory } from '../support/temporary.js';

/** Side, and stride or resized short side, of both MobileNetV2s, as models/manifest.json has them. */
const INPUTS = [
  { model: 'mobilenetv2-lite', view: 'whole', input: [144, 32] },
  { model: 'mobilenetv2-lite', view: 'centre', input: [128, 146] },
  { model: FULL_MODEL, view: 'whole', input: [224, 32] },
  { model: FULL_MODEL, view: 'centre', input: [224, 256] },
] as const;

/** PNG files of ten shapes. */
function writeShapes(directory: TemporaryDirectory): string[] {
  return SHAPES.map(([width, height], seed) => {
    const path = directory.file(`${width}-${height}.png`);
    writeFileSync(path, writePng(testPixels(width, height, seed)));
    return path;
  });
}

for (const { model, view, input } of INPUTS) {
  test(`Node makes the tensors that the native core makes: ${model}, ${view}`, {
    skip: withoutNative || (model === FULL_MODEL && withoutModel),
  }, async () => {
    using directory = new TemporaryDirectory();
    const paths = [...writeShapes(directory), ...(withoutReference ? [] : referencePngs())];
    const native = nativeTensorHashes(view, input, paths);
    assert.equal(native.length, paths.length);
    await using likeness = await createLikeness({ model, view });
    for (const [index, path] of paths.entries()) {
      const { data, dims } = await likeness.preprocess(readFileSync(path));
      assert.equal(
        data.length,
        dims.reduce((product, length) => product * length, 1),
      );
      if (view === 'centre') assert.deepEqual(dims, [1, 3, input[0], input[0]]);
      assert.equal(fnv1a(data), native[index], path);
    }
  });
}
