import type { EngineCalls, EngineInfo } from '../engine/engine.js';
import { abortedError, EngineLostError, LikenessError, throwIfAborted } from '../errors.js';
import type { Backend, MemoryUse, ModelInfo, RuntimeInfo } from '../types.js';
import type { BackendLadder, Launched } from './ladder.js';

interface Member extends Launched {
  lost: boolean;
}

interface Waiting {
  resolve(member: Member): void;
  reject(error: unknown): void;
}

/** How often a call may lose its engine on one backend before the next backend is used. */
const LOSSES_BORNE = 1;

/**
 * Engines that share the work: a call takes the first free one, in the order of the calls. The first
 * engine is started with the pool, each further one when calls find none free. A lost engine is
 * replaced, and the call that lost it is made again; lost once more on the same backend, the next
 * backend takes over.
 */
export class EnginePool {
  private readonly members = new Set<Member>();
  private readonly idle: Member[] = [];
  private readonly queue: Waiting[] = [];
  private readonly end = new AbortController();
  private starting = 0;
  /** What the engine that came last says of itself; there once the first one is. */
  private latest!: EngineInfo;

  private constructor(
    private readonly ladder: BackendLadder,
    private readonly workers: number,
  ) {}

  /**
   * @param workers the most engines there may be; 0 for one that has no worker
   * @param atOnce how many of them start at once; the pool is there as soon as the first one is
   * @throws LikenessError as BackendLadder.start
   */
  static async start(
    ladder: BackendLadder,
    workers: number,
    atOnce: number,
    signal: AbortSignal | undefined,
  ): Promise<EnginePool> {
    const pool = new EnginePool(ladder, workers);
    try {
      const first = pool.take(ladder.start(signal));
      for (let more = Math.min(atOnce, workers); more > 1; more -= 1) pool.startAnother();
      await first;
      return pool;
    } catch (error) {
      await pool.dispose();
      throw error;
    }
  }

  /** What the pool computes with. */
  get info(): { readonly model: ModelInfo; readonly info: RuntimeInfo } {
    const { model, info } = this.latest;
    return { model, info: { ...info, workers: this.workers, demoted: this.ladder.demotions } };
  }

  /**
   * Runs a call on an engine that no other call uses, and once more where that engine is lost.
   * @throws what the call throws; `aborted` and `disposed` while it waits for an engine
   */
  async run<T>(
    call: (engine: EngineCalls) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const losses = new Map<Backend, number>();
    for (;;) {
      const member = await this.acquire(signal);
      try {
        return await call(member.engine);
      } catch (error) {
        if (!(error instanceof EngineLostError)) throw error;
        member.lost = true;
        const lost = (losses.get(member.backend) ?? 0) + 1;
        losses.set(member.backend, lost);
        if (lost > LOSSES_BORNE && !this.ladder.demote(member.backend, error)) throw error;
      } finally {
        this.release(member);
      }
    }
  }

  /** The sum over all engines. */
  async memory(): Promise<MemoryUse> {
    const asked = [...this.members].map(({ engine }) => engine.memory());
    const uses = (await Promise.allSettled(asked)).flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value] : [],
    );
    const sum = (name: keyof MemoryUse): number =>
      uses.reduce((total, use) => total + use[name], 0);
    return { core: sum('core'), corePeak: sum('corePeak'), handles: sum('handles') };
  }

  /** Ends all engines; calls under way and calls that wait reject with `disposed`. */
  async dispose(): Promise<void> {
    this.end.abort();
    this.rejectAll(disposedError());
    const ending = [...this.members].map(({ engine }) => engine.dispose());
    this.members.clear();
    this.idle.length = 0;
    await Promise.all(ending);
  }

  private get disposed(): boolean {
    return this.end.signal.aborted;
  }

  private acquire(signal: AbortSignal | undefined): Promise<Member> {
    return new Promise((resolve, reject) => {
      throwIfAborted(signal);
      if (this.disposed) throw disposedError();
      const free = this.idle.pop();
      if (free !== undefined) {
        resolve(free);
        return;
      }
      const leave = (): void => signal?.removeEventListener('abort', onAbort);
      const waiting: Waiting = {
        resolve(member) {
          leave();
          resolve(member);
        },
        reject(error) {
          leave();
          reject(error);
        },
      };
      const onAbort = (): void => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        if (signal !== undefined) reject(abortedError(signal));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.queue.push(waiting);
      this.grow();
    });
  }

  /** Hands an engine on to the next call that waits; one that is no longer wanted ends. */
  private release(member: Member): void {
    if (this.disposed || member.lost || member.backend !== this.ladder.current) {
      this.members.delete(member);
      void member.engine.dispose();
      this.grow();
      return;
    }
    const next = this.queue.shift();
    if (next !== undefined) next.resolve(member);
    else this.idle.push(member);
  }

  /** Starts engines where calls wait and there may be more. */
  private grow(): void {
    const most = Math.max(1, this.workers);
    while (this.starting < this.queue.length && this.members.size + this.starting < most) {
      this.startAnother();
    }
  }

  private startAnother(): void {
    this.take(this.ladder.start(this.end.signal)).catch(() => undefined);
  }

  /** Takes an engine in once it has started. */
  private async take(start: Promise<Launched>): Promise<void> {
    this.starting += 1;
    try {
      const launched = await start;
      this.starting -= 1;
      this.add(launched);
    } catch (error) {
      this.starting -= 1;
      // As long as there is one engine, calls wait for it.
      if (this.members.size + this.starting === 0) this.rejectAll(error);
      throw error;
    }
  }

  private add(launched: Launched): void {
    const member: Member = { ...launched, lost: false };
    this.latest = launched.engine.info;
    this.members.add(member);
    launched.engine.onLost(() => this.drop(member));
    this.release(member);
  }

  /** An engine that is lost while it is idle is replaced by the next call. */
  private drop(member: Member): void {
    member.lost = true;
    const place = this.idle.indexOf(member);
    if (place < 0) return;
    this.idle.splice(place, 1);
    this.members.delete(member);
  }

  private rejectAll(error: unknown): void {
    for (const { reject } of this.queue.splice(0)) reject(error);
  }
}

function disposedError(): LikenessError {
  return new LikenessError('disposed', 'This Likeness was disposed of. Create a new one.');
}
