import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on the loopback interface, for as long as its scope lasts. */
export interface LocalServer extends AsyncDisposable {
  /** Its address, without a slash at the end. */
  readonly origin: string;
  /** What was asked for, in order: `/path` or `/path bytes=5-`. */
  readonly asked: readonly string[];
}

/** Starts a server that answers as told. */
export async function startServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LocalServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    asked.push(range === undefined ? `${request.url}` : `${request.url} ${range}`);
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** Sends a file as a server that knows ranges does. */
export function sendWithRanges(
  file: Uint8Array,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  if (start >= file.length) {
    response.writeHead(416, { 'content-range': `bytes */${file.length}` });
    response.end();
    return;
  }
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': file.length - start,
    'content-range': `bytes ${start}-${file.length - 1}/${file.length}`,
  });
  response.end(file.subarray(start));
}
