/** Entry point of the package's worker: one engine, called by messages. */
import { Engine } from './engine.js';
import { asLikenessError, LikenessError } from './errors.js';
import { createBrowserRealm } from './platform/browser-realm.js';
import type { Call, Reply, Request } from './platform/protocol.js';

/** The part of DedicatedWorkerGlobalScope used here (the DOM library types know windows only). */
interface WorkerScope {
  postMessage(message: Reply, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<Request>) => void): void;
}

const scope = globalThis as unknown as WorkerScope;
const underWay = new Map<number, AbortController>();
let engine: Engine | undefined;

scope.addEventListener('message', ({ data }) => {
  if (data.type === 'abort') underWay.get(data.id)?.abort();
  else void answer(data);
});

async function answer(call: Call): Promise<void> {
  const { id } = call;
  const controller = new AbortController();
  underWay.set(id, controller);
  try {
    const value = await perform(call, controller.signal);
    scope.postMessage({ type: 'result', id, value }, []);
  } catch (error) {
    const { code, message } = asLikenessError(error, 'backend-failed', 'The worker failed');
    scope.postMessage({ type: 'error', id, code, message }, []);
  } finally {
    underWay.delete(id);
  }
}

async function perform(call: Call, signal: AbortSignal): Promise<unknown> {
  if (call.name === 'start') {
    const realm = await createBrowserRealm();
    engine = await Engine.create(
      realm,
      call.argument,
      (progress) => scope.postMessage({ type: 'progress', id: call.id, progress }, []),
      signal,
    );
    return engine.info;
  }
  if (engine === undefined) throw new LikenessError('backend-failed', 'The engine did not start.');
  switch (call.name) {
    case 'analyse':
      return engine.analyse(...call.argument, signal);
    case 'preprocess':
      return engine.preprocess(call.argument, signal);
    case 'similarity':
      return engine.similarity(...call.argument);
    case 'matchMap':
      return engine.matchMap(...call.argument);
    case 'memory':
      return engine.memory();
  }
}
