import { abortedError, EngineLostError, LikenessError, throwIfAborted } from '../errors.js';
import { messagePort } from './message-port.js';
import {
  type AnyMethod,
  copy,
  methodsOf,
  type Reply,
  type Request,
  type Service,
} from './messages.js';

/** One end of a connection to another thread. */
export interface Port {
  post(request: Request, transfer: readonly Transferable[]): void;
  /**
   * @param receive takes the other end's messages
   * @param died told why, when the other thread has ended by itself
   */
  listen(receive: (reply: Reply) => void, died: (reason: string) => void): void;
  /** Called with true before the first and false after the last of the calls that wait. */
  busy(waiting: boolean): void;
  close(): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: LikenessError): void;
}

/** The caller's end: an object in another thread, and the calls that wait for its answers. */
export class Channel<T extends object> {
  /** Calls the object at the other end, method by method. */
  readonly remote: T;
  private readonly pending = new Map<number, Pending>();
  private readonly opened = new Set<Channel<object>>();
  private nextId = 0;
  /** Why calls reject. */
  private failure: LikenessError | undefined;
  private closed = false;
  private closeListener: (reason: LikenessError) => void = () => undefined;

  /** @param service what the other end answers; see `serve` */
  constructor(
    private readonly port: Port,
    service: Service<T>,
  ) {
    port.listen(
      (reply) => this.receive(reply),
      (reason) => this.close(new EngineLostError(`The worker stopped: ${reason}.`)),
    );
    this.remote = Object.fromEntries(
      Object.entries(methodsOf(service)).map(([name, method]) => [
        name,
        (...args: unknown[]) => this.call(name, method, args),
      ]),
    ) as T;
  }

  /** @param listener told once, when the channel is closed */
  onClose(listener: (reason: LikenessError) => void): void {
    this.closeListener = listener;
    if (this.closed && this.failure !== undefined) listener(this.failure);
  }

  /** Ends the other side, and whatever was opened through it; every call that waits rejects. */
  close(reason: LikenessError): void {
    if (this.closed) return;
    this.closed = true;
    this.failure ??= reason;
    this.port.close();
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
    for (const channel of this.opened) channel.close(endedError());
    this.closeListener(this.failure);
  }

  private async call(
    name: string,
    { post = copy, opens, awaitsStop = false, ends }: AnyMethod,
    given: unknown[],
  ): Promise<unknown> {
    if (ends !== undefined) return this.end(name, ends());
    const last = given.at(-1);
    const signal = isSignal(last) ? last : undefined;
    throwIfAborted(signal);
    if (this.failure !== undefined) throw this.failure;
    const { args, transfer } = post(signal === undefined ? given : given.slice(0, -1));
    const answer = await this.request(name, args, transfer, signal, awaitsStop);
    return opens === undefined ? answer : this.open(answer as MessagePort, opens);
  }

  private request(
    name: string,
    args: readonly unknown[],
    transfer: readonly Transferable[] = [],
    signal?: AbortSignal,
    awaitsStop = false,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.nextId;
      this.nextId += 1;
      this.port.post({ type: 'call', id, name, args, abortable: signal !== undefined }, transfer);
      const onAbort = (): void => {
        this.port.post({ type: 'abort', id }, []);
        if (signal !== undefined && !awaitsStop) this.settle(id)?.reject(abortedError(signal));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const finish = (settle: () => void): void => {
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      if (this.pending.size === 0) this.port.busy(true);
      this.pending.set(id, {
        resolve: (value) => finish(() => resolve(value)),
        reject: (error) => finish(() => reject(error)),
      });
    });
  }

  private open(port: MessagePort, service: Service<object>): object {
    const channel = new Channel(messagePort(port), service);
    this.opened.add(channel);
    channel.onClose(() => this.opened.delete(channel));
    // It may have ended since the answer came.
    if (this.closed) channel.close(endedError());
    return channel.remote;
  }

  /** Has the object freed; where the call fails, the other side is no more, and the memory with it. */
  private async end(name: string, reason: LikenessError): Promise<void> {
    if (this.failure !== undefined) return;
    const freed = this.request(name, []);
    this.failure = reason;
    await freed.catch(() => undefined);
    this.close(reason);
  }

  private receive(reply: Reply): void {
    const call = this.settle(reply.id);
    if (reply.type === 'result') {
      call?.resolve(reply.value);
      return;
    }
    const { code, message, lost } = reply;
    const error = lost ? new EngineLostError(message) : new LikenessError(code, message);
    call?.reject(error);
    if (lost) this.close(error);
  }

  private settle(id: number): Pending | undefined {
    const call = this.pending.get(id);
    if (this.pending.delete(id) && this.pending.size === 0) this.port.busy(false);
    return call;
  }
}

/** By its shape: one of another window is an instance of another class. */
function isSignal(value: unknown): value is AbortSignal {
  return typeof value === 'object' && value !== null && 'aborted' in value;
}

function endedError(): LikenessError {
  return new LikenessError(
    'backend-failed',
    'The worker that held this index or collection has ended, and it with the worker. Create it again.',
  );
}
