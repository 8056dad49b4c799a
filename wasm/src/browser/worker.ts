import type { Port } from '../bridge/channel.js';
import type { Reply } from '../bridge/messages.js';

/** A worker's first message: it holds this lock for as long as it lives. */
export interface Alive {
  readonly type: 'alive';
  readonly lock: string;
}

/** A worker of a browser. */
export function browserPort(worker: Worker): Port {
  const watch = new AbortController();
  return {
    post: (request, transfer) => worker.postMessage(request, [...transfer]),
    listen(receive, died) {
      worker.addEventListener('message', ({ data }: MessageEvent<Reply | Alive>) => {
        if (data.type === 'alive') awaitEnd(data.lock, watch.signal, died);
        else receive(data);
      });
      worker.addEventListener('messageerror', () => died('its answer could not be read'));
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        died(event.message || 'its script did not load or run');
      });
    },
    busy: () => undefined,
    close() {
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
