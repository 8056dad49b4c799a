/** Networks that ONNX Runtime Web computes. */
import { internalModule } from './internal.js';

const { OrtNetwork } =
  await internalModule<typeof import('../../dist/package/engine/ort-network.js')>(
    './engine/ort-network.js',
  );
const { loadRuntime } = await internalModule<
  typeof import('../../dist/package/node/engine-environment.js')
>('./node/engine-environment.js');

/** A network on one thread of the processor. */
export function openOrtNetwork(
  model: Uint8Array,
  entry: Parameters<typeof OrtNetwork.create>[2],
): ReturnType<typeof OrtNetwork.create> {
  return OrtNetwork.create(loadRuntime, model, entry);
}
