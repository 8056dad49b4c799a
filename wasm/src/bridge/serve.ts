import type { CollectionStore } from '../binding/collection-store.js';
import type { IndexStore } from '../binding/index-store.js';
import { Engine } from '../engine/engine.js';
import type { Realm } from '../engine/realm.js';
import { asLikenessError, EngineLostError, LikenessError } from '../errors.js';
import { serveCollection } from './collection-port.js';
import { serveIndex } from './index-port.js';
import type { Call, Reply, Request } from './protocol.js';

/**
 * The worker's side of the conversation: one engine, called by messages.
 * @param reply posts an answer
 * @returns what takes the messages
 */
export function serveEngine(
  createRealm: () => Promise<Realm>,
  reply: (reply: Reply) => void,
): (request: Request) => void {
  const underWay = new Map<number, AbortController>();
  let engine: Engine | undefined;

  async function perform(call: Call, signal: AbortSignal): Promise<unknown> {
    if (call.name === 'start') {
      engine = await Engine.create(await createRealm(), ...call.argument, signal);
      return engine.info;
    }
    switch (call.name) {
      case 'analyse':
        return started().analyse(...call.argument, signal);
      case 'detail':
        return started().detail(...call.argument, signal);
      case 'preprocess':
        return started().preprocess(...call.argument, signal);
      case 'similarity':
        return started().similarity(...call.argument);
      case 'matchMap':
        return started().matchMap(...call.argument);
      case 'memory':
        return started().memory();
    }
  }

  function started(): Engine {
    if (engine !== undefined) return engine;
    throw new LikenessError('backend-failed', 'The engine did not start.');
  }

  async function openIndex(): Promise<IndexStore> {
    return started().openIndex();
  }

  /** The other end of its port hears of it when it goes. */
  async function openCollection(): Promise<CollectionStore> {
    return started().openCollection(() => undefined);
  }

  async function answer(call: Call): Promise<void> {
    const { id } = call;
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      reply({ type: 'result', id, value: await perform(call, controller.signal) });
    } catch (error) {
      const failure = asLikenessError(error, 'backend-failed', 'The worker failed');
      const { code, message } = failure;
      reply({ type: 'error', id, code, message, lost: failure instanceof EngineLostError });
    } finally {
      underWay.delete(id);
    }
  }

  return (request) => {
    if (request.type === 'abort') underWay.get(request.id)?.abort();
    else if (request.type === 'index') serveIndex(request.port, openIndex());
    else if (request.type === 'collection') serveCollection(request.port, openCollection());
    else void answer(request);
  };
}
