import type { PooledEngine } from '../api/host.js';
import { Engine, type EngineConfig } from './engine.js';
import type { EngineAssets, EngineEnvironment } from './environment.js';

/**
 * Starts an engine in this thread. It can't be lost: whatever ended it would end the caller as well.
 * @throws LikenessError as Engine.create
 */
export async function startHere(
  environment: EngineEnvironment,
  config: EngineConfig,
  assets: EngineAssets,
  signal: AbortSignal | undefined,
): Promise<PooledEngine> {
  const engine = await Engine.create(environment, config, assets, signal);
  return Object.assign(engine, { onLost: () => undefined });
}
