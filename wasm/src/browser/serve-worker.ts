import type { Reply, Request } from '../bridge/messages.js';
import { serveEngine } from '../bridge/serve-engine.js';
import type { RuntimeLoader } from '../engine/environment.js';
import { createEngineEnvironment } from './engine-environment.js';
import type { Alive } from './worker.js';

/** The part of DedicatedWorkerGlobalScope used here (the DOM library types know windows only). */
interface WorkerScope {
  postMessage(message: Reply | Alive, transfer?: readonly Transferable[]): void;
  addEventListener(
    type: 'message' | 'messageerror',
    listener: (event: MessageEvent<Request>) => void,
  ): void;
  close(): void;
}

/**
 * What a worker of the package does: it runs an engine for the thread that started it.
 * @param loadRuntime loads ONNX Runtime Web, in workers that have it
 */
export function serveWorker(loadRuntime?: RuntimeLoader): void {
  const scope = globalThis as unknown as WorkerScope;
  const receive = serveEngine(
    () => createEngineEnvironment(loadRuntime),
    (reply, transfer) => scope.postMessage(reply, transfer),
  );
  scope.addEventListener('message', ({ data }) => receive(data));
  // A message that can't be read has no id to answer to: the worker ends, and the call is made again.
  scope.addEventListener('messageerror', () => scope.close());

  // A worker can die without a word (close(), or the browser takes its memory). A lock is given back
  // whatever happens to its holder, so whoever waits for this one learns of it.
  const { locks } = globalThis.navigator;
  if (locks !== undefined) {
    const lock = `image-likeness ${crypto.randomUUID()}`;
    void locks.request(lock, () => {
      scope.postMessage({ type: 'alive', lock });
      return new Promise<never>(() => undefined);
    });
  }
}
