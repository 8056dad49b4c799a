import type { Fetched } from '../assets.js';
import { buildInfo } from '../build-info.js';
import { LikenessError } from '../errors.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** The two bytes that every gzip file starts with (RFC 1952, 2.3.1); no model and no .wasm does. */
const GZIP_MAGIC = [0x1f, 0x8b];

/** The four bytes that every WebAssembly file starts with: "\0asm". */
const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];

/**
 * A missing .wasm often arrives as an HTML page with status 200, so the first bytes decide.
 * @throws LikenessError `wasm-load-failed`, naming the address
 */
export function assertWasm(bytes: Uint8Array, address: string): void {
  if (WASM_MAGIC.every((byte, index) => bytes[index] === byte)) return;
  throw new LikenessError(
    'wasm-load-failed',
    `${address} is not a WebAssembly file (is it missing, and the server sends a page instead?). Serve likeness-core.wasm at that address.`,
  );
}

/**
 * Lets ONNX Runtime's .wasm through only when it is the one that this package was built with: another
 * version's would fail much later, and not say why.
 * @throws LikenessError `wasm-load-failed`, naming the address
 */
export async function assertRuntime(bytes: Uint8Array, address: string): Promise<void> {
  if ((await sha256(bytes)) === buildInfo.runtime.sha256) return;
  throw new LikenessError(
    'wasm-load-failed',
    `${address} is not the ort-wasm-simd-threaded.wasm that belongs to this version of the package. Serve the one of onnxruntime-web ${buildInfo.runtime.version} at that address.`,
  );
}

/**
 * SHA-256, hexadecimal.
 * @throws LikenessError `model-load-failed` where the browser keeps its cryptography from the page
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) {
    throw new LikenessError(
      'model-load-failed',
      'The model can only be checked in a secure context: serve the page over https, or from localhost.',
    );
  }
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What can be read; rejects where the server has nothing. */
export async function okResponse<T extends Fetched>(request: Promise<T>): Promise<T> {
  const fetched = await request;
  if (fetched instanceof Uint8Array || fetched.ok) return fetched;
  throw new Error(`the server answered ${fetched.status}`);
}

/**
 * Reads one of the package's own files to its end: decompressed where it is a gzip file, however it is
 * called. A server that decompresses it on the way (`content-encoding`) does no harm.
 * @param limit largest number of bytes accepted, decompressed; a bomb goes no further
 * @param onLoaded called with the number of decompressed bytes so far
 * @returns undefined as soon as the limit is passed
 */
export async function readPackedBody(
  fetched: Fetched,
  limit: number,
  onLoaded: (bytes: number) => void = () => undefined,
): Promise<Uint8Array | undefined> {
  if (fetched instanceof Uint8Array && !isPacked(fetched)) {
    if (fetched.byteLength > limit) return undefined;
    onLoaded(fetched.byteLength);
    return fetched;
  }
  const response = fetched instanceof Uint8Array ? new Response(fetched as Bytes) : fetched;
  const [start, whole] = await peek(response);
  const body = isPacked(start) ? whole.pipeThrough(new DecompressionStream('gzip')) : whole;
  return readBody(new Response(body), limit, onLoaded);
}

function isPacked(start: Uint8Array): boolean {
  return GZIP_MAGIC.every((byte, index) => start[index] === byte);
}

/** The first bytes of a response, at least two unless it is shorter, and a stream of all of it. */
async function peek({ body }: Response): Promise<[Uint8Array, ReadableStream<Bytes>]> {
  const reader = body?.getReader();
  const first: Bytes[] = [];
  let start = new Uint8Array(0);
  while (start.byteLength < GZIP_MAGIC.length) {
    const { value } = (await reader?.read()) ?? {};
    if (value === undefined) break;
    first.push(value as Bytes);
    start = new Uint8Array([...start, ...value.subarray(0, GZIP_MAGIC.length)]);
  }
  const whole = new ReadableStream<Bytes>({
    async pull(controller) {
      const next = first.shift() ?? (await reader?.read())?.value;
      if (next === undefined) controller.close();
      else controller.enqueue(next as Bytes);
    },
    cancel: (reason) => reader?.cancel(reason),
  });
  return [start, whole];
}

/**
 * Reads a response to its end, in one array.
 * @param limit largest number of bytes accepted
 * @param onLoaded called with the number of bytes so far
 * @returns undefined as soon as the limit is passed
 */
export async function readBody(
  response: Response,
  limit: number,
  onLoaded: (bytes: number) => void = () => undefined,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  if (response.body !== null) {
    const reader = response.body.getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      loaded += step.value.byteLength;
      if (loaded > limit) {
        await reader.cancel();
        return undefined;
      }
      chunks.push(step.value);
      onLoaded(loaded);
    }
  }
  const whole = new Uint8Array(loaded);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
