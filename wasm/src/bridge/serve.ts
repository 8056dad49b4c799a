import { asLikenessError, EngineLostError, LikenessError } from '../errors.js';
import { methodsOf, type Reply, type Request, type Service, transferablesIn } from './messages.js';

/**
 * The other end of a Channel. Whatever a method returns is the caller's alone: its buffers move.
 * @param object whose methods are called; asked for before each call
 * @param post posts an answer
 * @returns what takes the messages
 */
export function serve<T extends object>(
  service: Service<T>,
  object: () => Partial<T>,
  post: (reply: Reply, transfer: readonly Transferable[]) => void,
): (request: Request) => void {
  const underWay = new Map<number, AbortController>();

  async function perform(name: string, args: readonly unknown[]): Promise<unknown> {
    const method = Object.hasOwn(service, name) ? methodsOf(service)[name] : undefined;
    const target = object();
    const work: unknown = Reflect.get(target, name);
    if (method === undefined || typeof work !== 'function') {
      throw new LikenessError('backend-failed', `Nothing here answers to "${name}".`);
    }
    const value: unknown = await Reflect.apply(work, target, args);
    return method.opens === undefined ? value : openPort(method.opens, value as object);
  }

  async function answer({ id, name, args, abortable }: Request & { type: 'call' }): Promise<void> {
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      const value = await perform(name, abortable ? [...args, controller.signal] : args);
      post({ type: 'result', id, value }, transferablesIn(value));
    } catch (error) {
      const failure = asLikenessError(error, 'backend-failed', 'The worker failed');
      const { code, message } = failure;
      post({ type: 'error', id, code, message, lost: failure instanceof EngineLostError }, []);
    } finally {
      underWay.delete(id);
    }
  }

  return (request) => {
    if (request.type === 'abort') underWay.get(request.id)?.abort();
    else void answer(request);
  };
}

/** Answers the calls of a Channel that come through `port`, until it is closed. */
export function serveAt<T extends object>(port: MessagePort, service: Service<T>, object: T): void {
  const receive = serve(
    service,
    () => object,
    (reply, transfer) => port.postMessage(reply, [...transfer]),
  );
  port.addEventListener('message', ({ data }: MessageEvent<Request>) => receive(data));
  port.start();
}

function openPort(service: Service<object>, object: object): MessagePort {
  const { port1, port2 } = new MessageChannel();
  serveAt(port1, service, object);
  return port2;
}
