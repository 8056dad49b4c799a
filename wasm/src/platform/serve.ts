import { Engine } from '../engine.js';
import { asLikenessError, EngineLostError, LikenessError } from '../errors.js';
import type { Realm } from '../realm.js';
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
    if (engine === undefined) {
      throw new LikenessError('backend-failed', 'The engine did not start.');
    }
    switch (call.name) {
      case 'analyse':
        return engine.analyse(...call.argument, signal);
      case 'preprocess':
        return engine.preprocess(...call.argument, signal);
      case 'similarity':
        return engine.similarity(...call.argument);
      case 'matchMap':
        return engine.matchMap(...call.argument);
      case 'memory':
        return engine.memory();
    }
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
    else void answer(request);
  };
}
