/** An index on the other side of a message port. */
import { disposedIndexError, type IndexStore, type Rows } from '../core/index-store.js';
import type { WireNeighbours } from '../core/wire.js';
import { asLikenessError, type ErrorCode, LikenessError } from '../errors.js';

/** The calls of an index: what each takes and gives. */
interface Calls {
  add: { argument: Rows; result: number };
  keepFirst: { argument: number; result: undefined };
  nearest: { argument: readonly [query: Rows, k: number]; result: WireNeighbours };
  pairwise: { argument: readonly [number, number]; result: Float32Array };
  bytes: { argument: undefined; result: number };
  dispose: { argument: undefined; result: undefined };
}

type Call = {
  [N in keyof Calls]: {
    readonly type: N;
    readonly id: number;
    readonly argument: Calls[N]['argument'];
  };
}[keyof Calls];

type Request = Call | { readonly type: 'abort'; readonly id: number };

type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly code: ErrorCode; readonly message: string };

/**
 * Answers the calls that come through `port`, until it is closed.
 * @param opening the index; a rejection is the answer to every call
 */
export function serveIndex(port: MessagePort, opening: Promise<IndexStore>): void {
  const underWay = new Map<number, AbortController>();
  // Whoever calls learns of it.
  opening.catch(() => undefined);
  port.addEventListener('message', ({ data }: MessageEvent<Request>) => {
    if (data.type === 'abort') underWay.get(data.id)?.abort();
    else void answer(data);
  });
  port.start();

  async function answer(call: Call): Promise<void> {
    const { id } = call;
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      const value = await perform(await opening, call, controller.signal);
      const transfer = value instanceof Float32Array ? [value.buffer as ArrayBuffer] : [];
      port.postMessage({ id, value } satisfies Reply, transfer);
    } catch (error) {
      const { code, message } = asLikenessError(error, 'backend-failed', 'The index failed');
      port.postMessage({ id, code, message } satisfies Reply);
    } finally {
      underWay.delete(id);
    }
  }
}

function perform(index: IndexStore, call: Call, signal: AbortSignal): Promise<unknown> {
  switch (call.type) {
    case 'add':
      return index.add(call.argument);
    case 'keepFirst':
      return index.keepFirst(call.argument);
    case 'nearest':
      return index.nearest(...call.argument, signal);
    case 'pairwise':
      return index.pairwise(call.argument, signal);
    case 'bytes':
      return index.bytes();
    case 'dispose':
      return index.dispose();
  }
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: LikenessError): void;
}

/** The index that `serveIndex` serves at the other end of `port`. */
export class RemoteIndex implements IndexStore {
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private failure: LikenessError | undefined;

  /** @param onClose told when the index goes */
  constructor(
    private readonly port: MessagePort,
    private readonly onClose: () => void = () => undefined,
  ) {
    port.addEventListener('message', ({ data }: MessageEvent<Reply>) => this.receive(data));
    port.start();
    keepAlive(port, false);
  }

  add(rows: Rows): Promise<number> {
    return this.call('add', rows, undefined, [rows.values.buffer as ArrayBuffer]);
  }

  keepFirst(count: number): Promise<void> {
    return this.call('keepFirst', count);
  }

  nearest(query: Rows, k: number, signal?: AbortSignal): Promise<WireNeighbours> {
    return this.call('nearest', [query, k], signal);
  }

  pairwise(rows: readonly [number, number], signal?: AbortSignal): Promise<Float32Array> {
    return this.call('pairwise', rows, signal);
  }

  bytes(): Promise<number> {
    return this.call('bytes', undefined);
  }

  async dispose(): Promise<void> {
    if (this.failure !== undefined) return;
    const freed = this.call('dispose', undefined);
    this.failure = disposedIndexError();
    // Where the call fails, the other side is no more, and the memory with it.
    await freed.catch(() => undefined);
    this.close(disposedIndexError());
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

  private call<N extends keyof Calls>(
    type: N,
    argument: Calls[N]['argument'],
    signal?: AbortSignal,
    transfer: Transferable[] = [],
  ): Promise<Calls[N]['result']> {
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
      this.port.postMessage({ type, id, argument } as Request, transfer);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    }) as Promise<Calls[N]['result']>;
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
