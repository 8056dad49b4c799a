/** A store that a worker holds, called through a message port of its own. */
import { asLikenessError, type ErrorCode, LikenessError } from '../errors.js';

/** The calls of a store: what each takes and gives. */
export type StoreCalls = Record<string, { argument: unknown; result: unknown }>;

/** A call by name; the name tells the type of its argument. */
export type StoreCall<C extends StoreCalls> = {
  [N in keyof C]: { readonly type: N; readonly argument: C[N]['argument'] };
}[keyof C];

type Request =
  | { readonly type: 'call'; readonly id: number; readonly call: unknown }
  | { readonly type: 'abort'; readonly id: number };

type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly code: ErrorCode; readonly message: string };

/**
 * Answers the calls that come through `port`, until it is closed.
 * @param opening the store; a rejection is the answer to every call
 */
export function serveStore<S, C extends StoreCalls>(
  port: MessagePort,
  opening: Promise<S>,
  perform: (store: S, call: StoreCall<C>, signal: AbortSignal) => Promise<unknown>,
): void {
  const underWay = new Map<number, AbortController>();
  // Whoever calls learns of it.
  opening.catch(() => undefined);
  port.addEventListener('message', ({ data }: MessageEvent<Request>) => {
    if (data.type === 'abort') underWay.get(data.id)?.abort();
    else void answer(data.id, data.call as StoreCall<C>);
  });
  port.start();

  async function answer(id: number, call: StoreCall<C>): Promise<void> {
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      const value = await perform(await opening, call, controller.signal);
      const transfer = value instanceof Float32Array ? [value.buffer as ArrayBuffer] : [];
      port.postMessage({ id, value } satisfies Reply, transfer);
    } catch (error) {
      const { code, message } = asLikenessError(error, 'backend-failed', 'The worker failed');
      port.postMessage({ id, code, message } satisfies Reply);
    } finally {
      underWay.delete(id);
    }
  }
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: LikenessError): void;
}

/** The other end of a port at which `serveStore` answers. */
export class StorePort<C extends StoreCalls> {
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private failure: LikenessError | undefined;

  /** @param onClose told when the store goes */
  constructor(
    private readonly port: MessagePort,
    private readonly onClose: () => void = () => undefined,
  ) {
    port.addEventListener('message', ({ data }: MessageEvent<Reply>) => this.receive(data));
    port.start();
    keepAlive(port, false);
  }

  call<N extends keyof C>(
    type: N,
    argument: C[N]['argument'],
    signal?: AbortSignal,
    transfer: Transferable[] = [],
  ): Promise<C[N]['result']> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.failure !== undefined) throw this.failure;
      const id = this.nextId;
      this.nextId += 1;
      const onAbort = (): void => this.port.postMessage({ type: 'abort', id });
      const finish = (settle: () => void): void => {
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      if (this.pending.size === 0) keepAlive(this.port, true);
      this.pending.set(id, {
        resolve: (value) => finish(() => resolve(value)),
        reject: (error) => finish(() => reject(error)),
      });
      const call = { type, argument };
      this.port.postMessage({ type: 'call', id, call } satisfies Request, transfer);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    }) as Promise<C[N]['result']>;
  }

  /**
   * Has the store freed; later calls reject with `reason`.
   * @param free the call that does it
   */
  async dispose(free: keyof C, reason: LikenessError): Promise<void> {
    if (this.failure !== undefined) return;
    const freed = this.call(free, undefined);
    this.failure = reason;
    // Where the call fails, the other side is no more, and the memory with it.
    await freed.catch(() => undefined);
    this.close(reason);
  }

  /** To be called when the other side is no more: every call that waits rejects with `reason`. */
  close(reason: LikenessError): void {
    const failure = this.failure ?? reason;
    this.failure = failure;
    for (const { reject } of this.pending.values()) reject(failure);
    this.pending.clear();
    this.port.close();
    this.onClose();
  }

  private receive(reply: Reply): void {
    const call = this.pending.get(reply.id);
    if (call === undefined) return;
    this.pending.delete(reply.id);
    if (this.pending.size === 0) keepAlive(this.port, false);
    if ('code' in reply) call.reject(new LikenessError(reply.code, reply.message));
    else call.resolve(reply.value);
  }
}

/** A port of Node keeps the process alive while it is listened to; only a call that waits should. */
function keepAlive(port: MessagePort, waiting: boolean): void {
  const { ref, unref } = port as { ref?: () => void; unref?: () => void };
  (waiting ? ref : unref)?.call(port);
}
