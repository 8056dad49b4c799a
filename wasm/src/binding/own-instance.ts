import { LikenessError } from '../errors.js';
import { abandon, trapError } from './trap.js';
import type { CoreModule, Handle } from './wire.js';

/** A C++ object in a WebAssembly instance of its own: its memory goes when the object does. */
export class OwnInstance<H extends Handle> {
  private running: { readonly module: CoreModule; readonly handle: H } | undefined;

  /**
   * @param module an instance that nobody else uses
   * @param name what the object is called in messages
   * @param failure of calls after `dispose`
   */
  constructor(
    module: CoreModule,
    handle: H,
    private readonly name: string,
    private failure: LikenessError,
  ) {
    this.running = { module, handle };
  }

  /** Undefined once it is disposed of, or lost. */
  get handle(): H | undefined {
    return this.running?.handle;
  }

  /**
   * A trap leaves the instance in an unknown state: the object is lost.
   * @throws LikenessError what `work` throws; as trapError for a trap, and ever after
   */
  call<T>(work: (handle: H) => T): T {
    if (this.running === undefined) throw this.failure;
    try {
      return work(this.running.handle);
    } catch (error) {
      if (error instanceof LikenessError) throw error;
      abandon(this.running.module, [this.running.handle]);
      this.running = undefined;
      this.failure = trapError(error, `The ${this.name}`, 'and is lost', 'Create a smaller one.');
      throw this.failure;
    }
  }

  /** Size of the WebAssembly memory. */
  bytes(): number {
    return this.running?.module.memoryBytes() ?? 0;
  }

  dispose(): void {
    this.running?.handle.delete();
    this.running = undefined;
  }
}
