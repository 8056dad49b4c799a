/** The worker threads that the package starts, and the messages that cross. */
import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { type TransferListItem, type Worker } from 'node:worker_threads';

/** One message, to a worker or from it. */
export interface Crossing {
  readonly to: 'worker' | 'caller';
  /** As it arrives: what was moved into it can be seen in `moved`. */
  readonly message: Readonly<Record<string, unknown>>;
  /** Buffers and ports that moved; known of what goes to workers. */
  readonly moved?: readonly TransferListItem[];
}

const started = new Set<Worker>();
const crossings: Crossing[] = [];
let fatal: string | undefined;

class WatchedWorker extends workerThreads.Worker {
  constructor(...args: ConstructorParameters<typeof workerThreads.Worker>) {
    super(...args);
    started.add(this);
    this.on('message', (message) => crossings.push({ to: 'caller', message }));
    this.on('exit', () => started.delete(this));
  }

  override postMessage(
    message: Crossing['message'],
    moved: readonly TransferListItem[] = [],
  ): void {
    crossings.push({ to: 'worker', message, moved });
    super.postMessage(message, moved);
    if (message['name'] !== fatal || fatal === undefined) return;
    fatal = undefined;
    void this.terminate();
  }
}

workerThreads.Worker = WatchedWorker;
syncBuiltinESMExports();

/** Ends all worker threads from outside, as a lack of memory would. */
export async function killWorkers(): Promise<void> {
  await Promise.all([...started].map((worker) => worker.terminate()));
}

/** Ends the next worker that gets the call of this name, together with what moved there. */
export function killAt(call: string): void {
  fatal = call;
}

/** What has crossed since the last time this was asked. */
export function takeCrossings(): Crossing[] {
  return crossings.splice(0);
}
