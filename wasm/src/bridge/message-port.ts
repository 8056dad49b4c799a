import type { Port } from './channel.js';
import type { Reply } from './messages.js';

/** A message port as the caller's end. In Node it keeps the process alive only while a call waits. */
export function messagePort(port: MessagePort): Port {
  const keepAlive = (waiting: boolean): void => {
    const { ref, unref } = port as { ref?: () => void; unref?: () => void };
    (waiting ? ref : unref)?.call(port);
  };
  return {
    post: (request, transfer) => port.postMessage(request, [...transfer]),
    listen(receive) {
      port.addEventListener('message', ({ data }: MessageEvent<Reply>) => receive(data));
      port.start();
      keepAlive(false);
    },
    busy: keepAlive,
    close: () => port.close(),
  };
}
