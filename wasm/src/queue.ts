/** Runs tasks one after the other, in the order they were handed in. */
export class SerialQueue {
  private tail: Promise<unknown> = Promise.resolve();

  /** The task's own promise; a task that fails does not hold up the next one. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(task);
    this.tail = result.catch(() => undefined);
    return result;
  }
}
