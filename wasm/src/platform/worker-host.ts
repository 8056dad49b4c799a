import type { Analysis, EngineConfig, EngineInfo, Wanted } from '../engine.js';
import { abortedError, LikenessError, throwIfAborted } from '../errors.js';
import type { PreparedImage } from '../realm.js';
import type { Embedding, LoadProgress, MatchMap, MemoryUse, Similarity } from '../types.js';
import type { EngineHost } from './host.js';
import type { CallName, Calls, Reply, Request } from './protocol.js';

interface Pending {
  resolve(value: unknown): void;
  reject(error: LikenessError): void;
  onProgress?(progress: LoadProgress): void;
}

/** A worker and the calls that wait for its answers. */
class WorkerConnection {
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private failure: LikenessError | undefined;

  constructor(private readonly worker: Worker) {
    worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => this.receive(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      const reason = event.message || 'its script did not load or run';
      this.close(new LikenessError('backend-failed', `The worker stopped: ${reason}.`));
    });
  }

  get closed(): boolean {
    return this.failure !== undefined;
  }

  /** Rejects at once when the signal fires; the worker drops the call at its next phase. */
  call<N extends CallName>(
    name: N,
    argument: Calls[N]['argument'],
    options: {
      readonly signal?: AbortSignal | undefined;
      readonly transfer?: readonly Transferable[];
      readonly onProgress?: (progress: LoadProgress) => void;
    } = {},
  ): Promise<Calls[N]['result']> {
    const { signal, transfer = [], onProgress } = options;
    return new Promise<unknown>((resolve, reject) => {
      throwIfAborted(signal);
      if (this.failure !== undefined) throw this.failure;
      const id = this.nextId;
      this.nextId += 1;
      const onAbort = (): void => {
        this.pending.delete(id);
        this.post({ type: 'abort', id });
        if (signal !== undefined) reject(abortedError(signal));
      };
      const finish = (settle: () => void): void => {
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.pending.set(id, {
        resolve: (value) => finish(() => resolve(value)),
        reject: (error) => finish(() => reject(error)),
        ...(onProgress && { onProgress }),
      });
      this.post({ type: 'call', id, name, argument } as Request, transfer);
    }) as Promise<Calls[N]['result']>;
  }

  /** Ends the worker; every call that waits rejects with `reason`. */
  close(reason: LikenessError): void {
    if (this.failure !== undefined) return;
    this.failure = reason;
    this.worker.terminate();
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
  }

  private post(request: Request, transfer: readonly Transferable[] = []): void {
    this.worker.postMessage(request, [...transfer]);
  }

  private receive(reply: Reply): void {
    const call = this.pending.get(reply.id);
    if (call === undefined) return;
    if (reply.type === 'progress') {
      call.onProgress?.(reply.progress);
      return;
    }
    this.pending.delete(reply.id);
    if (reply.type === 'result') call.resolve(reply.value);
    else call.reject(new LikenessError(reply.code, reply.message));
  }
}

/** An engine in a worker. When the worker dies, the next call starts another one. */
export class WorkerHost implements EngineHost {
  private disposed = false;
  private restart: Promise<WorkerConnection> | undefined;

  private constructor(
    private readonly spawn: () => Worker,
    private readonly config: EngineConfig,
    private connection: WorkerConnection,
    readonly info: EngineInfo,
  ) {}

  /** @param spawn makes a worker that runs worker.ts */
  static async start(
    spawn: () => Worker,
    config: EngineConfig,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal | undefined,
  ): Promise<WorkerHost> {
    const { connection, info } = await connect(spawn, config, onProgress, signal);
    return new WorkerHost(spawn, config, connection, info);
  }

  async analyse(image: PreparedImage, wanted: Wanted, signal?: AbortSignal): Promise<Analysis> {
    const transfer = transferOf(image);
    return (await this.alive()).call('analyse', [image, wanted], { signal, transfer });
  }

  async preprocess(image: PreparedImage, signal?: AbortSignal): Promise<Float32Array> {
    return (await this.alive()).call('preprocess', image, { signal, transfer: transferOf(image) });
  }

  async similarity(
    a: Embedding,
    b: Embedding,
    turned?: readonly Float32Array[],
  ): Promise<Similarity> {
    return (await this.alive()).call('similarity', [a, b, turned]);
  }

  async matchMap(featuresA: Float32Array, featuresB: Float32Array): Promise<MatchMap> {
    return (await this.alive()).call('matchMap', [featuresA, featuresB]);
  }

  async memory(): Promise<MemoryUse> {
    return (await this.alive()).call('memory', undefined);
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.connection.close(disposedError());
  }

  private async alive(): Promise<WorkerConnection> {
    if (this.disposed || !this.connection.closed) return this.connection;
    this.restart ??= this.reconnect();
    return this.restart;
  }

  private async reconnect(): Promise<WorkerConnection> {
    try {
      const { connection } = await connect(this.spawn, this.config, () => undefined, undefined);
      this.connection = connection;
      if (this.disposed) connection.close(disposedError());
      return connection;
    } finally {
      this.restart = undefined;
    }
  }
}

/** A failed start is final in a worker (ONNX Runtime never recovers), so the worker goes with it. */
async function connect(
  spawn: () => Worker,
  config: EngineConfig,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal | undefined,
): Promise<{ connection: WorkerConnection; info: EngineInfo }> {
  const connection = new WorkerConnection(spawn());
  try {
    return { connection, info: await connection.call('start', config, { signal, onProgress }) };
  } catch (error) {
    connection.close(new LikenessError('backend-failed', 'The worker did not start.'));
    throw error;
  }
}

function disposedError(): LikenessError {
  return new LikenessError(
    'disposed',
    'This Likeness was disposed of while the call was under way.',
  );
}

/** Bitmaps are the package's own copies, so they move; everything else is the caller's. */
function transferOf(image: PreparedImage): Transferable[] {
  return image.kind === 'bitmap' ? [image.bitmap] : [];
}
