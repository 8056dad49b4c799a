/** Has items worked on in their order, all those together that came while others were being worked on. */
export class Batches<T> {
  #waiting: T[] = [];
  #running: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(private readonly work: (batch: readonly T[]) => Promise<void>) {}

  /** @throws what work on an earlier item rejected with */
  add(item: T): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#waiting.push(item);
    if (this.#waiting.length > 1) return;
    this.#running = this.#running.then(() => this.work(this.#waiting.splice(0)));
    this.#running.catch((error: unknown) => {
      this.#failure = { error };
    });
  }

  /** Resolves when all has been worked on. */
  finish(): Promise<void> {
    return this.#running;
  }
}
