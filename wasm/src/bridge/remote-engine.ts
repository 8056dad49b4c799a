import type { PooledEngine } from '../api/host.js';
import type { Analysis, EngineConfig, EngineInfo, Wanted } from '../engine/engine.js';
import type { EngineAssets, PreparedImage } from '../engine/realm.js';
import { abortedError, EngineLostError, LikenessError, throwIfAborted } from '../errors.js';
import type {
  Embedding,
  MatchMap,
  MemoryUse,
  PictureDetail,
  Region,
  Similarity,
  Tensor,
} from '../types.js';
import { RemoteCollection } from './collection-port.js';
import { RemoteIndex } from './index-port.js';
import type { CallName, Calls, Reply, Request } from './protocol.js';

/** A worker, of a browser or of Node. */
export interface WorkerPort {
  post(request: Request, transfer: readonly Transferable[]): void;
  /**
   * @param receive takes the worker's messages
   * @param died told why, when the worker has ended by itself
   */
  listen(receive: (reply: Reply) => void, died: (reason: string) => void): void;
  /** Called with true before the first and false after the last of the calls that wait. */
  busy(waiting: boolean): void;
  terminate(): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: LikenessError): void;
}

/** A worker and the calls that wait for its answers. */
class WorkerConnection {
  private readonly pending = new Map<number, Pending>();
  private readonly stores = new Set<RemoteIndex | RemoteCollection>();
  private nextId = 0;
  private failure: LikenessError | undefined;
  private lostListener: ((reason: EngineLostError) => void) | undefined;

  constructor(private readonly port: WorkerPort) {
    port.listen(
      (reply) => this.receive(reply),
      (reason) => this.lose(new EngineLostError(`The worker stopped: ${reason}.`)),
    );
  }

  onLost(listener: (reason: EngineLostError) => void): void {
    this.lostListener = listener;
    if (this.failure instanceof EngineLostError) listener(this.failure);
  }

  /** Rejects at once when the signal fires; the worker drops the call at its next phase. */
  call<N extends CallName>(
    name: N,
    argument: Calls[N]['argument'],
    signal?: AbortSignal | undefined,
    transfer: readonly Transferable[] = [],
  ): Promise<Calls[N]['result']> {
    return new Promise<unknown>((resolve, reject) => {
      throwIfAborted(signal);
      if (this.failure !== undefined) throw this.failure;
      const id = this.nextId;
      this.nextId += 1;
      const onAbort = (): void => {
        this.settle(id);
        this.port.post({ type: 'abort', id }, []);
        if (signal !== undefined) reject(abortedError(signal));
      };
      const finish = (settle: () => void): void => {
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      this.port.post({ type: 'call', id, name, argument } as Request, transfer);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (this.pending.size === 0) this.port.busy(true);
      this.pending.set(id, {
        resolve: (value) => finish(() => resolve(value)),
        reject: (error) => finish(() => reject(error)),
      });
    }) as Promise<Calls[N]['result']>;
  }

  /** An empty index in the worker; it ends with it. */
  openIndex(): RemoteIndex {
    if (this.failure !== undefined) throw this.failure;
    const { port1, port2 } = new MessageChannel();
    const index = new RemoteIndex(port1, () => this.stores.delete(index));
    this.stores.add(index);
    this.port.post({ type: 'index', port: port2 }, [port2]);
    return index;
  }

  /** An empty collection in the worker; it ends with it. */
  openCollection(onClose: () => void): RemoteCollection {
    if (this.failure !== undefined) throw this.failure;
    const { port1, port2 } = new MessageChannel();
    const collection = new RemoteCollection(port1, () => {
      this.stores.delete(collection);
      onClose();
    });
    this.stores.add(collection);
    this.port.post({ type: 'collection', port: port2 }, [port2]);
    return collection;
  }

  /** Ends the worker; every call that waits rejects with `reason`. */
  close(reason: LikenessError): void {
    if (this.failure !== undefined) return;
    this.failure = reason;
    this.port.terminate();
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
    for (const store of this.stores) store.close(lostStoreError());
  }

  /** Ends the worker and tells whoever wants to put another one in its place. */
  private lose(reason: EngineLostError): void {
    if (this.failure !== undefined) return;
    this.close(reason);
    this.lostListener?.(reason);
  }

  private receive(reply: Reply): void {
    if (reply.type === 'alive') return;
    const call = this.settle(reply.id);
    if (reply.type === 'result') {
      call?.resolve(reply.value);
      return;
    }
    const { code, message, lost } = reply;
    const error = lost ? new EngineLostError(message) : new LikenessError(code, message);
    call?.reject(error);
    if (error instanceof EngineLostError) this.lose(error);
  }

  private settle(id: number): Pending | undefined {
    const call = this.pending.get(id);
    if (this.pending.delete(id) && this.pending.size === 0) this.port.busy(false);
    return call;
  }
}

/** An engine in a worker of its own. */
export class RemoteEngine implements PooledEngine {
  private constructor(
    private readonly connection: WorkerConnection,
    readonly info: EngineInfo,
  ) {}

  /**
   * A failed start is final in a worker (ONNX Runtime never recovers), so the worker goes with it.
   * @throws LikenessError `wasm-load-failed`, `backend-failed`, `aborted`
   */
  static async start(
    port: WorkerPort,
    config: EngineConfig,
    assets: EngineAssets,
    signal: AbortSignal | undefined,
  ): Promise<RemoteEngine> {
    const connection = new WorkerConnection(port);
    try {
      return new RemoteEngine(connection, await connection.call('start', [config, assets], signal));
    } catch (error) {
      connection.close(new LikenessError('backend-failed', 'The worker did not start.'));
      throw error;
    }
  }

  onLost(listener: (reason: EngineLostError) => void): void {
    this.connection.onLost(listener);
  }

  analyse(image: PreparedImage, wanted: Wanted, signal?: AbortSignal): Promise<Analysis> {
    const [posted, transfer] = toPost(image);
    return this.connection.call('analyse', [posted, wanted], signal, transfer);
  }

  detail(image: PreparedImage, signal?: AbortSignal): Promise<PictureDetail> {
    const [posted, transfer] = toPost(image);
    return this.connection.call('detail', [posted], signal, transfer);
  }

  preprocess(
    image: PreparedImage,
    region: Region | undefined,
    signal?: AbortSignal,
  ): Promise<Tensor> {
    const [posted, transfer] = toPost(image);
    return this.connection.call('preprocess', [posted, region], signal, transfer);
  }

  similarity(a: Embedding, b: Embedding, turned?: readonly Float32Array[]): Promise<Similarity> {
    return this.connection.call('similarity', [a, b, turned]);
  }

  matchMap(featuresA: Tensor, featuresB: Tensor): Promise<MatchMap> {
    return this.connection.call('matchMap', [featuresA, featuresB]);
  }

  async openIndex(): Promise<RemoteIndex> {
    return this.connection.openIndex();
  }

  async openCollection(onClose: () => void): Promise<RemoteCollection> {
    return this.connection.openCollection(onClose);
  }

  memory(): Promise<MemoryUse> {
    return this.connection.call('memory', []);
  }

  async dispose(): Promise<void> {
    this.connection.close(
      new LikenessError('disposed', 'This Likeness was disposed of while the call was under way.'),
    );
  }
}

function lostStoreError(): LikenessError {
  return new LikenessError(
    'backend-failed',
    'The worker that held this index or collection has ended, and it with the worker. Create it again.',
  );
}

/** What is posted, and what of it moves; a view is cut out, or its whole buffer would be copied. */
function toPost(image: PreparedImage): [PreparedImage, Transferable[]] {
  switch (image.kind) {
    case 'bitmap':
      return [image, [image.bitmap]];
    case 'url':
      return [image, []];
    case 'file': {
      if (image.file instanceof Blob) return [image, []];
      const file = image.transfer ? image.file : new Uint8Array(image.file);
      return [{ kind: 'file', file }, movable(file)];
    }
    case 'pixels': {
      const { width, height } = image;
      const data = image.transfer ? image.data : new Uint8ClampedArray(image.data);
      return [{ kind: 'pixels', width, height, data }, movable(data)];
    }
  }
}

/** Shared memory is not moved: both sides see it. */
function movable({ buffer }: Uint8Array | Uint8ClampedArray): Transferable[] {
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}
