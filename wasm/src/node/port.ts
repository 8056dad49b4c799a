import type { TransferListItem, Worker } from 'node:worker_threads';
import type { Port } from '../bridge/channel.js';
import type { Reply } from '../bridge/messages.js';

/** A worker thread of Node. While no call waits for it, it does not keep the process alive. */
export function nodePort(worker: Worker): Port {
  worker.unref();
  return {
    post: (request, transfer) =>
      worker.postMessage(request, transfer as readonly TransferListItem[]),
    listen(receive, died) {
      worker.on('message', (reply: Reply) => receive(reply));
      worker.on('messageerror', () => died('its answer could not be read'));
      worker.on('error', (error: Error) => died(error.message));
      worker.on('exit', (code) => died(`it ended with exit code ${code}`));
    },
    busy(waiting) {
      if (waiting) worker.ref();
      else worker.unref();
    },
    close: () => void worker.terminate(),
  };
}
