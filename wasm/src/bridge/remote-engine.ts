import type { PooledEngine } from '../api/host.js';
import type { EngineConfig } from '../engine/engine.js';
import type { EngineAssets } from '../engine/environment.js';
import { EngineLostError, LikenessError } from '../errors.js';
import { Channel, type Port } from './channel.js';
import { ENGINE, type WorkerEngine } from './services.js';

/**
 * Starts an engine in a worker of its own. A failed start is final in a worker (ONNX Runtime never
 * recovers), so the worker goes with it.
 * @param assets may still be on their way
 * @throws LikenessError `wasm-load-failed`, `backend-failed`, `aborted`; what the assets reject with
 */
export async function startRemoteEngine(
  port: Port,
  config: EngineConfig,
  assets: EngineAssets | Promise<EngineAssets>,
  signal: AbortSignal | undefined,
): Promise<PooledEngine> {
  const channel = new Channel<WorkerEngine>(port, ENGINE);
  const { start, ...calls } = channel.remote;
  try {
    return {
      ...calls,
      info: await start(config, await assets, signal),
      onLost: (listener) =>
        channel.onClose((reason) => {
          if (reason instanceof EngineLostError) listener(reason);
        }),
      dispose: async () =>
        channel.close(
          new LikenessError(
            'disposed',
            'This Likeness was disposed of while the call was under way.',
          ),
        ),
    };
  } catch (error) {
    channel.close(new LikenessError('backend-failed', 'The worker did not start.'));
    throw error;
  }
}
