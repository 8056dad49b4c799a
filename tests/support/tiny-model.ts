import { createHash } from 'node:crypto';
import type { CustomModel } from 'image-likeness';
import { buildClassifier } from './classifier.js';
import { internalModule } from './internal.js';

const { cutClassifier, writeOnnx } =
  await internalModule<typeof import('../../wasm/src/cli/models/onnx.js')>('./cli/models/onnx.js');

/** A network of seeded random weights: 28 × 28 pixels in, 16 channels × 49 cells out. */
const spec = {
  input: { name: 'input', size: 28 },
  output: { name: 'features', channels: 16, cells: 49 },
};

const bytes = new Uint8Array(
  writeOnnx(
    cutClassifier(buildClassifier({ size: 28, channels: 16, stride: 4, classes: 10 }), spec),
  ),
);

/** A model of the caller's own that is made here, for tests that need no good one. */
export const tinyModel: CustomModel & { readonly bytes: Uint8Array } = {
  id: 'own-model',
  weightsVersion: '1',
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes,
  ...spec,
  resize: 32,
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
};
