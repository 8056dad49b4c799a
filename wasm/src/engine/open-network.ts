import type { Core } from '../binding/core.js';
import { unpackWeights } from '../models/unpack.js';
import { weightsOf } from '../models/weights.js';
import type { EngineConfig } from './engine.js';
import type { EngineAssets, EngineEnvironment } from './environment.js';
import type { Network } from './network.js';
import { OrtNetwork } from './ort-network.js';

/** A network that is to be tested before it is used. */
export interface OpenedNetwork {
  readonly network: Network;
  /** Opens the same network where it is known to be right; undefined where that is here. */
  readonly reference: (() => Promise<Network>) | undefined;
}

/**
 * Opens the network that an engine is configured for.
 * @throws LikenessError `backend-failed`, `out-of-memory`
 */
export async function openNetwork(
  { loadRuntime }: EngineEnvironment,
  core: Core,
  config: EngineConfig,
  { model, runtime }: EngineAssets,
): Promise<OpenedNetwork> {
  const file = await bytesOf(model);
  if (config.backend === 'core') {
    return { network: await core.openNetwork(weightsOf(file)), reference: undefined };
  }
  const unpacked = unpackWeights(file);
  const binary = runtime && (await bytesOf(runtime));
  const network = await OrtNetwork.create(loadRuntime, unpacked, config.entry, config, binary);
  // ONNX Runtime would keep the file for ever, though it has been compiled.
  if (runtime instanceof Blob && binary !== undefined) detach(binary);
  const processor = config.backend === 'wasm';
  return { network, reference: processor ? undefined : () => network.reference(unpacked) };
}

async function bytesOf(file: Uint8Array | Blob): Promise<Uint8Array> {
  return file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : file;
}

/** Frees the memory behind a file that nobody reads any more. */
function detach({ buffer }: Uint8Array): void {
  structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
}
