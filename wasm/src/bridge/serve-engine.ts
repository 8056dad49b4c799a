import { Engine } from '../engine/engine.js';
import type { EngineEnvironment } from '../engine/environment.js';
import type { Reply, Request } from './messages.js';
import { serve } from './serve.js';
import { ENGINE, type WorkerEngine } from './services.js';

/**
 * The worker's side of the conversation: one engine, called by messages.
 * @param post posts an answer
 * @returns what takes the messages
 */
export function serveEngine(
  createEnvironment: () => Promise<EngineEnvironment>,
  post: (reply: Reply, transfer: readonly Transferable[]) => void,
): (request: Request) => void {
  let engine: Partial<WorkerEngine> = {
    async start(config, assets, signal) {
      const started = await Engine.create(await createEnvironment(), config, assets, signal);
      engine = started;
      return started.info;
    },
  };
  return serve<WorkerEngine>(ENGINE, () => engine, post);
}
