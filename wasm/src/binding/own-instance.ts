import { LikenessError, messageOf } from '../errors.js';
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
   * @throws LikenessError what `work` throws; `out-of-memory` for a trap, and ever after
   */
  call<T>(work: (handle: H) => T): T {
    if (this.running === undefined) throw this.failure;
    try {
      return work(this.running.handle);
    } catch (error) {
      if (error instanceof LikenessError) throw error;
      this.running = undefined;
      this.failure = new LikenessError(
        'out-of-memory',
        `The ${this.name} ran out of memory and is lost (${messageOf(error)}). Create a smaller one.`,
        { cause: error },
      );
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
