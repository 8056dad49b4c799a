import type { Core } from '../binding/core.js';
import type { ModelEntry } from '../models/manifest.js';
import { unpackWeights } from '../models/unpack.js';
import { weightsOf } from '../models/weights.js';
import type { EngineEnvironment } from './environment.js';
import type { Network, NetworkOptions } from './network.js';
import { OrtNetwork } from './ort-network.js';

/** A network that is to be tested before it is used. */
export interface OpenedNetwork {
  readonly network: Network;
  /** Opens the same network where it is known to be right; undefined where that is here. */
  readonly reference: (() => Promise<Network>) | undefined;
}

/**
 * @param model an ONNX file whose hash has been checked
 * @param runtime ONNX Runtime's .wasm, if it is not to find it by itself
 * @throws LikenessError `backend-failed`, `out-of-memory`
 */
export async function openNetwork(
  { loadRuntime }: EngineEnvironment,
  core: Core,
  entry: ModelEntry,
  options: NetworkOptions,
  model: Uint8Array | Blob,
  runtime: Uint8Array | Blob | undefined,
): Promise<OpenedNetwork> {
  const file = await bytesOf(model);
  if (options.backend === 'core') {
    return { network: await core.openNetwork(weightsOf(file)), reference: undefined };
  }
  const unpacked = unpackWeights(file);
  const binary = runtime && (await bytesOf(runtime));
  const network = await OrtNetwork.create(loadRuntime, unpacked, entry, options, binary);
  // ONNX Runtime would keep the file for ever, though it has been compiled.
  if (runtime instanceof Blob && binary !== undefined) detach(binary);
  const processor = options.backend === 'wasm';
  return { network, reference: processor ? undefined : () => network.reference(unpacked) };
}

async function bytesOf(file: Uint8Array | Blob): Promise<Uint8Array> {
  return file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : file;
}

/** Frees the memory behind a file that nobody reads any more. */
function detach({ buffer }: Uint8Array): void {
  structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
}
