import { LikenessError } from '../errors.js';

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
