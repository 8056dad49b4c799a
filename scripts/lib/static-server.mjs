/** A small static file server for the built page and for tests. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { Transform } from 'node:stream';
import { StepError } from './process.mjs';

/** @type {Readonly<Record<string, string>>} */
const MEDIA_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.onnx': 'application/octet-stream',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** Headers that make a page cross-origin isolated, which threads need. */
export const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * @typedef {object} ServedDirectory
 * @property {string} url address of the directory, with a slash at its end
 * @property {() => number} sent bytes of files sent so far
 * @property {() => Promise<void>} close
 */

/** @typedef {ServedDirectory & AsyncDisposable} StaticServer */

/**
 * Serves a directory on the loopback interface.
 * @param {string} directory
 * @param {{ port?: number, basePath?: string, isolated?: boolean, shared?: boolean, mounts?: Readonly<Record<string, string>>, bytesPerSecond?: number }} [options] port 0 (the default)
 *   takes any free one; basePath starts and ends with a slash; isolated (the default) sends the
 *   COOP and COEP headers; shared lets pages of other origins read; mounts are further directories, by the path they are served under;
 *   bytesPerSecond is what all answers together may take
 * @returns {Promise<StaticServer>}
 */
export function serveDirectory(directory, options = {}) {
  const { port = 0, basePath = '/', isolated = true, shared = false, mounts = {} } = options;
  const line = new Line(options.bytesPerSecond ?? Number.POSITIVE_INFINITY);
  const directories = [...Object.entries(mounts), [basePath, directory]];
  const server = createServer(async (request, response) => {
    const headers = {
      'cache-control': 'no-cache',
      ...(isolated ? ISOLATION : {}),
      ...(shared ? { 'access-control-allow-origin': '*' } : {}),
    };
    const file = await findFirst(directories, request.url ?? '/');
    if (file === undefined) {
      response.writeHead(404, { ...headers, 'content-type': 'text/plain; charset=utf-8' });
      response.end('Not found\n');
      return;
    }
    const type = MEDIA_TYPES[extname(file.path)] ?? 'application/octet-stream';
    const etag = `"${file.size}-${file.changed}"`;
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { ...headers, etag });
      response.end();
      return;
    }
    const about = { 'content-type': type, 'content-length': file.size, etag };
    response.writeHead(200, { ...headers, ...about });
    if (request.method === 'HEAD') response.end();
    else createReadStream(file.path).pipe(line.through()).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      const close = () =>
        /** @type {Promise<void>} */ (
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          })
        );
      const url = `http://127.0.0.1:${bound}${basePath}`;
      resolve({ url, sent: () => line.sent, close, [Symbol.asyncDispose]: close });
    });
  });
}

/** What all answers go through: it counts them, and is as fast as it is told to be. */
class Line {
  /** When what has been sent will have arrived, in ms. */
  #free = 0;
  /** In bytes. */
  sent = 0;

  /** @param {number} bytesPerSecond */
  constructor(bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  through() {
    return new Transform({
      transform: (chunk, _encoding, pass) => {
        this.sent += chunk.length;
        const now = performance.now();
        this.#free = Math.max(this.#free, now) + (chunk.length / this.bytesPerSecond) * 1000;
        if (this.#free - now < 1) pass(null, chunk);
        else setTimeout(() => pass(null, chunk), this.#free - now);
      },
    });
  }
}

/**
 * The file that the first directory to have one has for a request.
 * @param {readonly (readonly string[])[]} directories the path each is served under, and its place
 * @param {string} requestUrl
 */
async function findFirst(directories, requestUrl) {
  for (const [basePath = '/', directory = ''] of directories) {
    const file = await findFile(directory, basePath, requestUrl);
    if (file !== undefined) return file;
  }
  return undefined;
}

/**
 * The file behind a request, or undefined; nothing outside the directory is ever found.
 * @param {string} directory
 * @param {string} basePath
 * @param {string} requestUrl
 */
async function findFile(directory, basePath, requestUrl) {
  let path;
  try {
    path = decodeURIComponent(new URL(requestUrl, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
  if (!path.startsWith(basePath) || path.includes('\0')) return undefined;
  const inside = normalize(join(directory, path.slice(basePath.length)));
  if (inside !== normalize(directory) && !inside.startsWith(normalize(directory + sep))) {
    return undefined;
  }
  const target = path.endsWith('/') ? join(inside, 'index.html') : inside;
  try {
    const status = await stat(target);
    return status.isFile()
      ? { path: target, size: status.size, changed: status.mtimeMs }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The port to serve on, as the environment has it.
 * @param {number} usual
 */
export function readPort(usual) {
  const port = Number(process.env['PORT'] ?? usual);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new StepError(`PORT=${process.env['PORT']} is no port.`, 'set it to 1-65535.');
}
