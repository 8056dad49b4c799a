import { EngineLostError, LikenessError } from '../errors.js';
import type { Backend, Demotion } from '../types.js';
import type { PooledEngine } from './host.js';

/** Starts an engine on a backend. */
export type Launch = (backend: Backend, signal: AbortSignal | undefined) => Promise<PooledEngine>;

/** An engine and what it computes with. */
export interface Launched {
  readonly engine: PooledEngine;
  readonly backend: Backend;
}

/** The backends that may be used, in order of preference; the first one is in use. */
export class BackendLadder {
  private readonly given: Demotion[] = [];
  private readonly backends: Backend[];

  constructor(
    private readonly launch: Launch,
    backends: readonly Backend[],
  ) {
    this.backends = [...backends];
  }

  get current(): Backend | undefined {
    return this.backends[0];
  }

  /** The backends that failed. */
  get demotions(): readonly Demotion[] {
    return [...this.given];
  }

  /**
   * Starts an engine on the current backend, or on the first of the next ones that works.
   * @throws LikenessError of the last backend; its message has the errors of the others, too
   */
  async start(signal: AbortSignal | undefined): Promise<Launched> {
    for (;;) {
      const backend = this.current ?? 'wasm';
      try {
        return { backend, engine: await this.launch(backend, signal) };
      } catch (error) {
        if (!(error instanceof LikenessError) || error.code !== 'backend-failed') throw error;
        if (!this.demote(backend, error)) throw this.explained(error);
      }
    }
  }

  /** Gives a backend up. @returns whether there is another one */
  demote(backend: Backend, { message }: LikenessError): boolean {
    if (this.current !== backend) return true;
    if (this.backends.length === 1) return false;
    this.backends.shift();
    this.given.push({ backend, reason: message });
    return true;
  }

  private explained(error: LikenessError): LikenessError {
    if (this.given.length === 0 || error instanceof EngineLostError) return error;
    const before = this.given.map(({ backend, reason }) => `${backend}: ${reason}`).join(' ');
    return new LikenessError(error.code, `${error.message} Given up before: ${before}`, {
      cause: error,
    });
  }
}
