import type { Reply, Request } from '../bridge/protocol.js';
import type { WorkerPort } from '../bridge/remote-engine.js';

/** A worker of a browser. */
export function browserPort(worker: Worker): WorkerPort {
  const watch = new AbortController();
  return {
    post: (request: Request, transfer) => worker.postMessage(request, [...transfer]),
    listen(receive, died) {
      worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
        if (data.type === 'alive') awaitEnd(data.lock, watch.signal, died);
        receive(data);
      });
      worker.addEventListener('messageerror', () => died('its answer could not be read'));
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        died(event.message || 'its script did not load or run');
      });
    },
    busy: () => undefined,
    terminate() {
      watch.abort();
      worker.terminate();
    },
  };
}

/** The lock is the worker's until it ends, however it ends. */
function awaitEnd(lock: string, signal: AbortSignal, died: (reason: string) => void): void {
  navigator.locks
    .request(lock, { signal }, () => died('it was closed or killed'))
    .catch(() => undefined);
}
